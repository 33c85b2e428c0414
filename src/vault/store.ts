import { failpoint } from '../disk/failpoint.ts'
import { type Id, idOf } from '../format/restic/id.ts'
import { type PackIndex, writeIndex } from '../format/restic/index-file.ts'
import type { BlobKind } from '../format/restic/pack.ts'
import type { BlobIndex } from './blobs.ts'
import { PackWriter } from './pack-writer.ts'
import type { Repository } from './repository.ts'
import { Sealers } from './sealers.ts'

/** An index file is written when so many packs or blobs wait for one: what an interruption costs is bounded. */
const packsPerIndex = 16
const blobsPerIndex = 50_000

export interface Added {
  readonly blobs: Readonly<Record<BlobKind, number>>
  readonly plainBytes: number
  readonly storedBytes: number
}

/**
 * Adds blobs that are not there yet: packs first, then the index over them. Everything added counts as stored only
 * after `finish`; an interruption leaves packs that the next run finds again, never damage.
 */
export class BlobStore implements AsyncDisposable {
  readonly #repository: Repository
  readonly #index: BlobIndex
  readonly #signal: AbortSignal | undefined
  readonly #sealers: Sealers
  readonly #writers: Readonly<Record<BlobKind, PackWriter>>
  readonly #pending: Readonly<Record<BlobKind, Set<Id>>> = { data: new Set(), tree: new Set() }
  readonly #indexes: boolean
  #unindexed: PackIndex[] = []
  #indexing: Promise<void> = Promise.resolve()
  #added = { blobs: { data: 0, tree: 0 }, plainBytes: 0, storedBytes: 0 }

  /** `indexes: false`: the packs are kept for `takePacks`, and nothing but packs is written. */
  constructor(repository: Repository, index: BlobIndex, signal?: AbortSignal, options: { indexes?: boolean } = {}) {
    this.#indexes = options.indexes ?? true
    this.#repository = repository
    this.#index = index
    this.#signal = signal
    this.#sealers = new Sealers(repository)
    const writer = (kind: BlobKind) =>
      new PackWriter(repository, kind, this.#sealers, (pack) => this.#packStored(pack), signal)
    this.#writers = { data: writer('data'), tree: writer('tree') }
  }

  get added(): Added {
    return this.#added
  }

  /** The blob's id; stores it unless the vault or this run has it. `plain` must not change any more. */
  async add(kind: BlobKind, plain: Uint8Array): Promise<Id> {
    const id = idOf(plain)
    if (!this.#index.has(kind, id) && !this.#pending[kind].has(id)) await this.addAgain(kind, id, plain)
    return id
  }

  /** Stores it even if it is there already: prune moves blobs so. */
  async addAgain(kind: BlobKind, id: Id, plain: Uint8Array): Promise<void> {
    this.#pending[kind].add(id)
    this.#added.blobs[kind]++
    this.#added.plainBytes += plain.length
    await this.#writers[kind].add(id, plain)
  }

  /** A pack that lies there but is in no index yet: it goes into the next one. */
  adopt(pack: PackIndex): void {
    this.#unindexed.push(pack)
    this.#index.add(pack)
  }

  /** All packs stored and in an index; call before the snapshot is written. May be called again after more was added. */
  async finish(): Promise<void> {
    await this.#writers.data.finish()
    await this.#writers.tree.finish()
    await this.#indexing
    if (this.#indexes) await this.#writeIndex()
  }

  /** Packs stored but in no index yet: whoever asks for them writes it. Call after `finish`. */
  takePacks(): readonly PackIndex[] {
    const packs = this.#unindexed
    this.#unindexed = []
    return packs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writers.data.abandon()
    await this.#writers.tree.abandon()
    await this.#sealers[Symbol.asyncDispose]()
    await this.#indexing.catch(() => {
      // The error that ended the run came out already; a failing index write after it adds nothing.
    })
  }

  async #packStored(pack: PackIndex): Promise<void> {
    failpoint('vault.pack')
    this.#index.add(pack)
    for (const { kind, id, length } of pack.blobs) {
      this.#pending[kind].delete(id)
      this.#added.storedBytes += length
    }
    this.#unindexed.push(pack)
    if (!this.#isIndexDue()) return
    // One after another: two at once would both take the same packs.
    this.#indexing = this.#indexing.then(() => (this.#isIndexDue() ? this.#writeIndex() : undefined))
    await this.#indexing
  }

  #isIndexDue(): boolean {
    if (!this.#indexes) return false
    const blobs = this.#unindexed.reduce((sum, pack) => sum + pack.blobs.length, 0)
    return this.#unindexed.length >= packsPerIndex || blobs >= blobsPerIndex
  }

  async #writeIndex(): Promise<void> {
    if (this.#unindexed.length === 0) return
    const packs = this.#unindexed
    this.#unindexed = []
    await this.#repository.writeJson('index', writeIndex(packs), this.#signal)
    failpoint('vault.index')
  }
}
