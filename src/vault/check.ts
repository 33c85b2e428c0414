import { createHash } from 'node:crypto'
import { isPulihError } from '../error.ts'
import { RepositoryFault } from '../format/restic/fault.ts'
import type { Id } from '../format/restic/id.ts'
import { readIndex } from '../format/restic/index-file.ts'
import { headerLength, type PackedBlob, packBytes, readHeader } from '../format/restic/pack.ts'
import { readSnapshot } from '../format/restic/snapshot-file.ts'
import type { Work } from '../snapshot/progress.ts'
import { BlobIndex } from './blobs.ts'
import { parallel } from './parallel.ts'
import { openChecked } from './read.ts'
import { guarded, type JsonKind, type Repository } from './repository.ts'
import { walkTrees } from './walk.ts'

export interface CheckOptions extends Work {
  /** Reads the data: all, a part by pack id (`1/4` … `4/4` make the whole), or none of it. */
  readonly data: 'all' | 'none' | { readonly part: number; readonly of: number }
}

export interface CheckProblem {
  readonly code:
    | 'snapshot-damaged'
    | 'index-damaged'
    | 'pack-missing'
    | 'pack-size'
    | 'pack-damaged'
    | 'tree-damaged'
    | 'blob-missing'
  readonly file: string
  readonly detail: string
}

export interface CheckResult {
  readonly snapshots: number
  readonly packs: number
  readonly packsRead: number
  readonly bytesRead: number
  /** What is wrong; empty means whole, as far as was read. */
  readonly problems: readonly CheckProblem[]
  /** Harmless: packs in no index (an interrupted run; prune removes them), packs in two, mixed packs. */
  readonly hints: readonly { readonly code: 'pack-unindexed' | 'pack-repeated' | 'pack-mixed'; readonly file: string }[]
}

/**
 * Looks at everything: every snapshot, index, tree and pack, and by default every stored byte. Damage is in the answer;
 * throws only when the place cannot be reached. Callers hold a shared lock, so that nobody prunes meanwhile.
 */
export async function checkVault(repository: Repository, options: CheckOptions): Promise<CheckResult> {
  const check = new Check(repository, options)
  const trees = await check.snapshots()
  await check.indexes()
  await check.packs()
  await check.trees(trees)
  await check.data()
  return check.result()
}

class Check {
  readonly #repository: Repository
  readonly #options: CheckOptions
  readonly #index = new BlobIndex()
  readonly #problems: CheckProblem[] = []
  readonly #hints: CheckResult['hints'][number][] = []
  readonly #sizes = new Map<Id, number>()
  #snapshots = 0
  #packsRead = 0
  #bytesRead = 0

  constructor(repository: Repository, options: CheckOptions) {
    this.#repository = repository
    this.#options = options
  }

  /** First, before the index is read: then nothing newer than the index is asked for. */
  async snapshots(): Promise<readonly Id[]> {
    const trees: Id[] = []
    await this.#eachJson('snapshots', 'snapshot-damaged', (json) => {
      trees.push(readSnapshot(json).tree)
      this.#snapshots++
    })
    return trees
  }

  async indexes(): Promise<void> {
    await this.#eachJson('index', 'index-damaged', (json) => {
      for (const pack of readIndex(json, this.#repository.config.version)) this.#index.add(pack)
    })
  }

  async #eachJson(kind: JsonKind, code: CheckProblem['code'], use: (json: unknown) => void): Promise<void> {
    const { backend } = this.#repository
    await parallel(backend.list(kind, this.#signal), backend.connections, async ({ name }) => {
      const file = `${kind}/${name.slice(0, 8)}`
      try {
        const json = await this.#repository.readJson(kind, name, this.#signal)
        await guarded(file, () => use(json))
      } catch (error) {
        this.#note(code, file, error)
      }
    })
  }

  async packs(): Promise<void> {
    for await (const { name, bytes } of this.#repository.backend.list('data', this.#signal))
      this.#sizes.set(name as Id, bytes)
    for (const [id, blobs] of this.#index.packs) this.#comparePack(id, blobs)
    for (const id of this.#sizes.keys()) if (!this.#index.packs.has(id)) this.#hint('pack-unindexed', id)
    for (const id of this.#index.repeated) this.#hint('pack-repeated', id)
  }

  #comparePack(id: Id, blobs: readonly PackedBlob[]): void {
    const file = `data/${id.slice(0, 8)}`
    const bytes = this.#sizes.get(id)
    const wanted = packBytes(blobs)
    if (bytes === undefined) this.#problems.push({ code: 'pack-missing', file, detail: `${wanted} bytes` })
    else if (bytes !== wanted) this.#problems.push({ code: 'pack-size', file, detail: `${bytes} bytes, not ${wanted}` })
    if (new Set(blobs.map(({ kind }) => kind)).size > 1) this.#hint('pack-mixed', id)
  }

  #hint(code: CheckResult['hints'][number]['code'], id: Id): void {
    this.#hints.push({ code, file: `data/${id.slice(0, 8)}` })
  }

  async trees(roots: readonly Id[]): Promise<void> {
    const missing = new Set<Id>()
    await walkTrees(
      this.#repository,
      this.#index,
      roots,
      {
        tree: (_id, nodes) => {
          for (const id of nodes.flatMap(({ content }) => content ?? []))
            if (!this.#index.has('data', id)) missing.add(id)
        },
        broken: (id, error) => this.#note('tree-damaged', `tree ${id.slice(0, 8)}`, error),
      },
      this.#signal,
    )
    for (const id of missing)
      this.#problems.push({ code: 'blob-missing', file: `data ${id.slice(0, 8)}`, detail: 'in no index' })
  }

  async data(): Promise<void> {
    // One of another size is a problem already, and its ranges would reach past its end.
    const isWhole = (id: Id, blobs: readonly PackedBlob[]) => this.#sizes.get(id) === packBytes(blobs)
    const packs = [...this.#index.packs].filter(([id, blobs]) => this.#isPart(id) && isWhole(id, blobs))
    const total = packs.reduce((sum, [id]) => sum + (this.#sizes.get(id) ?? 0), 0)
    await parallel(packs, Math.min(3, this.#repository.backend.connections), async ([id, blobs]) => {
      this.#signal?.throwIfAborted()
      const file = `data/${id.slice(0, 8)}`
      try {
        await this.#readPack(id, blobs, this.#sizes.get(id) ?? 0)
      } catch (error) {
        this.#note('pack-damaged', file, error)
      }
      this.#packsRead++
      this.#options.progress?.({ step: 'check', subject: file, done: this.#bytesRead, total, unit: 'bytes' })
    })
  }

  #isPart(id: Id): boolean {
    const { data } = this.#options
    if (data === 'all' || data === 'none') return data === 'all'
    return Number.parseInt(id.slice(0, 4), 16) % data.of === data.part - 1
  }

  /** Every byte once, in pieces that hold whole blobs: a pack may be larger than memory should be. */
  async #readPack(id: Id, blobs: readonly PackedBlob[], bytes: number): Promise<void> {
    const hash = createHash('sha256')
    let end = 0
    for (const group of groupsOf(blobs)) {
      const first = group[0] as PackedBlob
      if (first.offset !== end) throw new RepositoryFault('invalid', `the index leaves a gap at ${end}`)
      end = lastByte(group)
      const piece = await this.#read(id, end - first.offset, first.offset)
      hash.update(piece)
      for (const blob of group)
        openChecked(
          this.#repository,
          blob,
          piece.subarray(blob.offset - first.offset, blob.offset - first.offset + blob.length),
        )
    }
    const tail = await this.#read(id, bytes - end, end)
    if (hash.update(tail).digest('hex') !== id)
      throw new RepositoryFault('invalid', 'its bytes are not those its name speaks of')
    this.#compareHeader(tail, blobs, bytes)
  }

  async #read(id: Id, length: number, offset: number): Promise<Buffer> {
    if (length <= 0) throw new RepositoryFault('invalid', 'shorter than its index says')
    const piece = await this.#repository.backend.read({ kind: 'data', name: id }, { offset, length }, this.#signal)
    this.#bytesRead += length
    return piece
  }

  #compareHeader(tail: Buffer, indexed: readonly PackedBlob[], bytes: number): void {
    const length = headerLength(tail.subarray(-4), bytes)
    if (length + 4 !== tail.length) throw new RepositoryFault('invalid', 'header and index disagree about its blobs')
    const { sealer, config } = this.#repository
    const listed = readHeader(sealer, config.version, tail.subarray(0, length), bytes)
    const key = ({ id, kind, offset, length: stored, plainBytes }: PackedBlob) =>
      `${id} ${kind} ${offset} ${stored} ${plainBytes}`
    const known = new Set(indexed.map(key))
    if (listed.length !== indexed.length || listed.some((blob) => !known.has(key(blob))))
      throw new RepositoryFault('invalid', 'header and index disagree about its blobs')
  }

  /** Damage becomes a problem; anything else (the place is down, cancelled) is thrown on. */
  #note(code: CheckProblem['code'], file: string, error: unknown): void {
    if (error instanceof RepositoryFault) this.#problems.push({ code, file, detail: error.message })
    else if (isPulihError(error, 'vault.damaged')) this.#problems.push({ code, file, detail: error.facts.detail })
    else if (isPulihError(error, 'backend.missing')) this.#problems.push({ code, file, detail: 'missing' })
    else throw error
  }

  get #signal(): AbortSignal | undefined {
    return this.#options.signal
  }

  result(): CheckResult {
    return {
      snapshots: this.#snapshots,
      packs: this.#sizes.size,
      packsRead: this.#packsRead,
      bytesRead: this.#bytesRead,
      problems: this.#problems,
      hints: this.#hints,
    }
  }
}

const maxPieceBytes = 16 << 20

function* groupsOf(blobs: readonly PackedBlob[]): Iterable<readonly PackedBlob[]> {
  let group: PackedBlob[] = []
  for (const blob of blobs.toSorted((a, b) => a.offset - b.offset)) {
    const first = group[0]
    if (first !== undefined && blob.offset + blob.length - first.offset > maxPieceBytes) {
      yield group
      group = []
    }
    group.push(blob)
  }
  if (group.length > 0) yield group
}

function lastByte(group: readonly PackedBlob[]): number {
  const last = group.at(-1) as PackedBlob
  return last.offset + last.length
}
