import { assert, PulihError } from '../error.ts'
import { type Id, idOf } from '../format/restic/id.ts'
import type { PackIndex } from '../format/restic/index-file.ts'
import { type BlobKind, type PackedBlob, writeHeader } from '../format/restic/pack.ts'
import type { Repository } from './repository.ts'
import type { PlainBatch, SealedBatch } from './seal-batch.ts'
import type { Sealers } from './sealers.ts'

/** restic's usual size of a pack. */
const packBytes = 16 << 20
/** So much plaintext goes to a sealer at once. */
const batchBytes = 1 << 20
const maxUploads = 2

/**
 * Fills one pack after another with blobs of one kind and stores each when it is full; `stored` is called when a pack is
 * durable at its place. What is being sealed and uploaded is bounded: `add` waits then, and throws the first error.
 */
export class PackWriter {
  readonly #repository: Repository
  readonly #kind: BlobKind
  readonly #sealers: Sealers
  readonly #stored: (pack: PackIndex) => Promise<void>
  readonly #signal: AbortSignal | undefined
  readonly #uploads = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined
  #batch: { id: Id; plain: Uint8Array }[] = []
  #batchBytes = 0
  #sealing = 0
  /** Sealed batches are packed in the order they were added. */
  #packing: Promise<void> = Promise.resolve()
  #parts: Uint8Array[] = []
  #blobs: PackedBlob[] = []
  #bytes = 0

  constructor(
    repository: Repository,
    kind: BlobKind,
    sealers: Sealers,
    stored: (pack: PackIndex) => Promise<void>,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository
    this.#kind = kind
    this.#sealers = sealers
    this.#stored = stored
    this.#signal = signal
  }

  /** `plain` must not change any more. */
  async add(id: Id, plain: Uint8Array): Promise<void> {
    this.#batch.push({ id, plain })
    this.#batchBytes += plain.length
    if (this.#batchBytes < batchBytes) return
    this.#sealBatch()
    if (this.#sealing >= this.#sealers.width) await this.#packing
    this.#throwFailure()
  }

  /** Stores what is open and waits for every upload. Throws the first error. */
  async finish(): Promise<void> {
    if (this.#batch.length > 0) this.#sealBatch()
    await this.#packing
    this.#throwFailure()
    if (this.#blobs.length > 0) await this.#close()
    await Promise.all(this.#uploads)
    this.#throwFailure()
  }

  /** Waits for what is under way without storing more: after an error. */
  async abandon(): Promise<void> {
    this.#failure ??= { error: new Error('abandoned') }
    await this.#packing
    await Promise.all(this.#uploads)
  }

  #sealBatch(): void {
    const batch = this.#takeBatch()
    this.#sealing++
    const sealed = this.#sealers.seal(batch)
    // Awaited in its turn below; until then a failure must not count as unhandled.
    sealed.catch(() => undefined)
    const lengths = batch.lengths
    this.#packing = this.#packing
      .then(async () => this.#pack(batch.ids, lengths, await sealed))
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        this.#sealing--
      })
  }

  #takeBatch(): PlainBatch {
    const bytes = new Uint8Array(this.#batchBytes)
    let at = 0
    for (const { plain } of this.#batch) {
      bytes.set(plain, at)
      at += plain.length
    }
    const batch = this.#batch
    this.#batch = []
    this.#batchBytes = 0
    return { kind: this.#kind, ids: batch.map(({ id }) => id), lengths: batch.map(({ plain }) => plain.length), bytes }
  }

  async #pack(ids: readonly Id[], plainBytes: readonly number[], sealed: SealedBatch): Promise<void> {
    if (this.#failure !== undefined) return
    this.#parts.push(sealed.bytes)
    for (const [number, id] of ids.entries()) {
      const length = sealed.lengths[number] as number
      this.#blobs.push({
        id,
        kind: this.#kind,
        offset: this.#bytes,
        length,
        plainBytes: plainBytes[number] as number,
        compressed: sealed.compressed[number] as boolean,
      })
      this.#bytes += length
    }
    if (this.#bytes >= packBytes) await this.#close()
  }

  async #close(): Promise<void> {
    const blobs = this.#blobs
    const bytes = Buffer.concat([...this.#parts, writeHeader(this.#repository.sealer, blobs)])
    this.#parts = []
    this.#blobs = []
    this.#bytes = 0
    while (this.#uploads.size >= maxUploads) await Promise.race(this.#uploads)
    this.#throwFailure()
    this.#signal?.throwIfAborted()
    const task = this.#upload({ id: idOf(bytes), blobs }, bytes)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#uploads.delete(task))
    this.#uploads.add(task)
  }

  async #upload(pack: PackIndex, bytes: Buffer): Promise<void> {
    assert(bytes.length < 2 ** 32, 'a pack of 4 GiB')
    // Once more, when other bytes lie there than were sent: "stored" is not believed.
    if (!(await this.#putAndCompare(pack.id, bytes)) && !(await this.#putAndCompare(pack.id, bytes))) {
      const facts = { place: this.#repository.backend.place, name: `data/${pack.id.slice(0, 8)}` }
      throw new PulihError('backend.unkept', { ...facts, detail: 'other bytes came back' })
    }
    await this.#stored(pack)
  }

  async #putAndCompare(name: Id, bytes: Buffer): Promise<boolean> {
    const { backend } = this.#repository
    const file = { kind: 'data', name } as const
    await backend.put(file, bytes, { signal: this.#signal })
    if (backend.verifiesUploads) return true
    if (bytes.equals(await backend.read(file, null, this.#signal))) return true
    await backend.remove(file, this.#signal)
    return false
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
