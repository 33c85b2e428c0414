import type { Id } from '../format/restic/id.ts'
import type { PackIndex } from '../format/restic/index-file.ts'
import { type BlobKind, type PackedBlob, packBytes } from '../format/restic/pack.ts'

/** What is known when a prune is planned. */
export interface PruneFacts {
  /** Packs by the index, all copies. */
  readonly packs: ReadonlyMap<Id, readonly PackedBlob[]>
  /** Packs that lie there, with their sizes. */
  readonly stored: ReadonlyMap<Id, number>
  /** Blobs some snapshot that stays can reach: `blobKey`. */
  readonly used: ReadonlySet<string>
  readonly indexFiles: number
}

export interface PrunePlan {
  /** Pack files to delete without reading: in no index, or without a used blob. */
  readonly remove: readonly Id[]
  /** Packs whose used blobs are written anew, with those blobs. */
  readonly repack: readonly { readonly id: Id; readonly keep: readonly PackedBlob[] }[]
  /** Packs that stay as they are. */
  readonly keep: readonly PackIndex[]
  /** True when the index has to be written anew. */
  readonly reindex: boolean
  readonly freedBytes: number
  /** Bytes of packs that have to be read and written again. */
  readonly movedBytes: number
}

/** The vault is not whole: pruning now could remove the last copy of something. */
export interface PruneRefusal {
  readonly refused: string
}

/** Unused bytes that may stay in data packs, of what stays. */
const tolerated = 0.05
const smallPackBytes = 4 << 20
const smallPacksAtLeast = 10
const manyIndexFiles = 40

export function blobKey(kind: BlobKind, id: Id): string {
  return `${kind === 'tree' ? 't' : 'd'}${id}`
}

interface Weighed {
  readonly id: Id
  readonly blobs: readonly PackedBlob[]
  readonly bytes: number
  /** Blobs that only this pack is counted on for. */
  readonly keep: readonly PackedBlob[]
  readonly usedBytes: number
}

/** What a prune would do: pure. Refuses when a used blob is in no pack that is there at its full size. */
export function planPrune(facts: PruneFacts): PrunePlan | PruneRefusal {
  const whole = [...facts.packs].filter(([id, blobs]) => facts.stored.get(id) === packBytes(blobs))
  const packs = weigh(whole, facts.used)
  const found = new Set(packs.flatMap(({ keep }) => keep.map(({ kind, id }) => blobKey(kind, id))))
  const lost = facts.used.size - found.size
  if (lost > 0) return { refused: `${lost} pieces that snapshots need are in no whole pack` }
  const used = packs.filter(({ keep }) => keep.length > 0)
  const moving = new Set(chooseRepack(used))
  const staying = new Set(used.filter((pack) => !moving.has(pack)).map(({ id }) => id))
  const remove = [...facts.stored.keys()].filter(
    (id) => !staying.has(id) && ![...moving].some((pack) => pack.id === id),
  )
  const unusable = [...facts.packs.keys()].some((id) => !facts.stored.has(id))
  return {
    remove,
    repack: [...moving].map(({ id, keep }) => ({ id, keep })),
    keep: used.filter(({ id }) => staying.has(id)).map(({ id, blobs }) => ({ id, blobs })),
    reindex: remove.length > 0 || moving.size > 0 || unusable || facts.indexFiles > manyIndexFiles,
    freedBytes: freed(facts, remove, [...moving]),
    movedBytes: [...moving].reduce((sum, { usedBytes }) => sum + usedBytes, 0),
  }
}

/** Each used blob counts in one pack: of several copies in that with the most used bytes, so that the others empty. */
function weigh(
  packs: readonly (readonly [Id, readonly PackedBlob[]])[],
  used: ReadonlySet<string>,
): readonly Weighed[] {
  const usedBytes = (blobs: readonly PackedBlob[]) =>
    blobs.reduce((sum, { kind, id, length }) => sum + (used.has(blobKey(kind, id)) ? length : 0), 0)
  const taken = new Set<string>()
  return packs
    .map(([id, blobs]) => ({ id, blobs, potential: usedBytes(blobs) }))
    .sort((a, b) => b.potential - a.potential || (a.id < b.id ? -1 : 1))
    .map(({ id, blobs }) => {
      const keep = blobs.filter(({ kind, id: blob }) => take(taken, used, blobKey(kind, blob)))
      const kept = keep.reduce((sum, { length }) => sum + length, 0)
      return { id, blobs, bytes: packBytes(blobs), keep, usedBytes: kept }
    })
}

function take(taken: Set<string>, used: ReadonlySet<string>, key: string): boolean {
  if (!used.has(key) || taken.has(key)) return false
  taken.add(key)
  return true
}

/** Mixed packs and tree packs with waste always; many small ones; data packs by waste until little of it is left. */
function chooseRepack(packs: readonly Weighed[]): readonly Weighed[] {
  const waste = ({ keep, blobs }: Weighed) => blobs.length - keep.length
  const isTree = ({ blobs }: Weighed) => blobs.some(({ kind }) => kind === 'tree')
  const isMixed = (pack: Weighed) => isTree(pack) && pack.blobs.some(({ kind }) => kind === 'data')
  const chosen = new Set(packs.filter((pack) => isMixed(pack) || (isTree(pack) && waste(pack) > 0)))
  for (const kind of [true, false]) {
    const small = packs.filter((pack) => isTree(pack) === kind && pack.bytes < smallPackBytes)
    if (small.length >= smallPacksAtLeast) for (const pack of small) chosen.add(pack)
  }
  const kept = packs.reduce((sum, { usedBytes }) => sum + usedBytes, 0)
  const wasteful = packs.filter((pack) => !chosen.has(pack) && waste(pack) > 0)
  let wasted = wasteful.reduce((sum, { bytes, usedBytes }) => sum + bytes - usedBytes, 0)
  for (const pack of wasteful.toSorted((a, b) => a.usedBytes / a.bytes - b.usedBytes / b.bytes)) {
    if (wasted <= tolerated * kept) break
    chosen.add(pack)
    wasted -= pack.bytes - pack.usedBytes
  }
  return [...chosen]
}

function freed(facts: PruneFacts, remove: readonly Id[], moving: readonly Weighed[]): number {
  const removed = remove.reduce((sum, id) => sum + (facts.stored.get(id) ?? 0), 0)
  return moving.reduce((sum, { bytes, usedBytes }) => sum + bytes - usedBytes, removed)
}
