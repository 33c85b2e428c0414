import type { Id } from '../format/restic/id.ts'
import { type PackIndex, readIndex } from '../format/restic/index-file.ts'
import type { BlobKind, PackedBlob } from '../format/restic/pack.ts'
import { parallel } from './parallel.ts'
import { guarded, type Repository } from './repository.ts'

/** One copy of a blob. */
export interface BlobPlace {
  readonly pack: Id
  readonly blob: PackedBlob
}

/** The union of all index files: where every blob lies. Grows as this process stores more. */
export class BlobIndex {
  /** Index files that were read. */
  readonly files: Id[] = []
  /** What each index file said, pack by pack: a pack may be in several. */
  readonly packs = new Map<Id, readonly PackedBlob[]>()
  /** Packs that more than one index file lists. */
  readonly repeated = new Set<Id>()
  readonly #first: Readonly<Record<BlobKind, Map<Id, BlobPlace>>> = { data: new Map(), tree: new Map() }
  readonly #further = new Map<string, BlobPlace[]>()

  static async load(repository: Repository, signal?: AbortSignal): Promise<BlobIndex> {
    const index = new BlobIndex()
    const { backend, config } = repository
    await parallel(backend.list('index', signal), backend.connections, async ({ name }) => {
      const json = await repository.readJson('index', name, signal)
      const packs = await guarded(`index/${name.slice(0, 8)}`, () => readIndex(json, config.version))
      index.files.push(name as Id)
      for (const pack of packs) index.add(pack)
    })
    return index
  }

  add(pack: PackIndex): void {
    if (this.packs.has(pack.id)) this.repeated.add(pack.id)
    else this.packs.set(pack.id, pack.blobs)
    for (const blob of pack.blobs) this.#addBlob({ pack: pack.id, blob })
  }

  #addBlob(place: BlobPlace): void {
    const { kind, id } = place.blob
    const first = this.#first[kind].get(id)
    if (first === undefined) this.#first[kind].set(id, place)
    else if (first.pack !== place.pack || first.blob.offset !== place.blob.offset) this.#addFurther(place)
  }

  #addFurther(place: BlobPlace): void {
    const key = `${place.blob.kind} ${place.blob.id}`
    const known = this.#further.get(key) ?? []
    if (known.some((one) => one.pack === place.pack && one.blob.offset === place.blob.offset)) return
    this.#further.set(key, [...known, place])
  }

  has(kind: BlobKind, id: Id): boolean {
    return this.#first[kind].has(id)
  }

  find(kind: BlobKind, id: Id): BlobPlace | null {
    return this.#first[kind].get(id) ?? null
  }

  /** Every copy: when one is damaged another may be whole. */
  findAll(kind: BlobKind, id: Id): readonly BlobPlace[] {
    const first = this.#first[kind].get(id)
    return first === undefined ? [] : [first, ...(this.#further.get(`${kind} ${id}`) ?? [])]
  }

  get blobs(): number {
    return this.#first.data.size + this.#first.tree.size
  }
}
