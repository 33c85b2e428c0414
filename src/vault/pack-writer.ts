import { assert } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import { idOf } from '../format/restic/id.ts'
import type { PackIndex } from '../format/restic/index-file.ts'
import { type BlobKind, type PackedBlob, sealBlob, writeHeader } from '../format/restic/pack.ts'
import { openChecked } from './read.ts'
import type { Repository } from './repository.ts'

/** restic's usual size of a pack. */
const packBytes = 16 << 20

/**
 * Fills one pack after another with blobs of one kind and stores each when it is full; `stored` is called when a pack is
 * durable at its place. At most `uploads` are on their way at once, so memory is bounded; `add` waits then.
 */
export class PackWriter {
  readonly #repository: Repository
  readonly #kind: BlobKind
  readonly #stored: (pack: PackIndex) => Promise<void>
  readonly #signal: AbortSignal | undefined
  readonly #uploads: number
  readonly #running = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined
  #parts: Buffer[] = []
  #blobs: PackedBlob[] = []
  #bytes = 0

  constructor(
    repository: Repository,
    kind: BlobKind,
    stored: (pack: PackIndex) => Promise<void>,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository
    this.#kind = kind
    this.#stored = stored
    this.#signal = signal
    this.#uploads = Math.min(3, repository.backend.connections)
  }

  /** Seals the blob, opens it again to be sure, and puts it into the open pack. Answers its sealed length. */
  async add(id: Id, plain: Uint8Array): Promise<number> {
    const { sealer, config } = this.#repository
    const { sealed, compressed } = sealBlob(sealer, config.version, this.#kind, plain)
    const blob: PackedBlob = {
      id,
      kind: this.#kind,
      offset: this.#bytes,
      length: sealed.length,
      plainBytes: plain.length,
      compressed,
    }
    openChecked(this.#repository, blob, sealed)
    this.#parts.push(sealed)
    this.#blobs.push(blob)
    this.#bytes += sealed.length
    if (this.#bytes >= packBytes) await this.#close()
    return sealed.length
  }

  /** Stores what is open and waits for every upload. Throws the first upload's error. */
  async finish(): Promise<void> {
    if (this.#blobs.length > 0) await this.#close()
    await Promise.all(this.#running)
    this.#throwFailure()
  }

  /** Waits for running uploads without storing more: after an error. */
  async abandon(): Promise<void> {
    await Promise.all(this.#running)
  }

  async #close(): Promise<void> {
    const blobs = this.#blobs
    const bytes = Buffer.concat([...this.#parts, writeHeader(this.#repository.sealer, blobs)])
    this.#parts = []
    this.#blobs = []
    this.#bytes = 0
    while (this.#running.size >= this.#uploads) await Promise.race(this.#running)
    this.#throwFailure()
    this.#signal?.throwIfAborted()
    const task = this.#upload({ id: idOf(bytes), blobs }, bytes)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#running.delete(task))
    this.#running.add(task)
  }

  async #upload(pack: PackIndex, bytes: Buffer): Promise<void> {
    assert(bytes.length < 2 ** 32, 'a pack of 4 GiB')
    await this.#repository.backend.put({ kind: 'data', name: pack.id }, bytes, { signal: this.#signal })
    await this.#stored(pack)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
