import type { Range } from '../backend/backend.ts'
import { isPulihError, PulihError } from '../error.ts'
import { RepositoryFault } from '../format/restic/fault.ts'
import { type Id, idOf } from '../format/restic/id.ts'
import { type BlobKind, openBlob, type PackedBlob } from '../format/restic/pack.ts'
import { readTree, type TreeNode } from '../format/restic/tree.ts'
import type { BlobIndex, BlobPlace } from './blobs.ts'
import { guarded, type Repository } from './repository.ts'

/** Neighbours in a pack are fetched together up to this size. */
const maxFetchBytes = 8 << 20
/** restic cuts at 8 MiB, other writers at 250; a blob has to fit into memory, and more than this is a bomb. */
const maxBlobBytes = 512 << 20

/** The plaintext of one blob out of the bytes of its pack, size and hash compared. Throws RepositoryFault. */
export function openChecked(repository: Repository, blob: PackedBlob, sealed: Uint8Array): Buffer {
  if (blob.plainBytes > maxBlobBytes) throw new RepositoryFault('invalid', `a piece of ${blob.plainBytes} bytes`)
  const plain = openBlob(repository.sealer, blob, sealed)
  if (idOf(plain) !== blob.id) throw new RepositoryFault('invalid', `blob ${blob.id.slice(0, 8)} holds other bytes`)
  return plain
}

/** One blob; when its first copy is damaged or gone, from another. Throws vault.damaged. */
export async function readBlob(
  repository: Repository,
  index: BlobIndex,
  kind: BlobKind,
  id: Id,
  signal?: AbortSignal,
): Promise<Buffer> {
  const places = index.findAll(kind, id)
  let failure: unknown = new PulihError('vault.damaged', { file: `${kind} ${id.slice(0, 8)}`, detail: 'in no index' })
  for (const place of places) {
    try {
      return await readPlace(repository, place, signal)
    } catch (error) {
      if (!isDamage(error)) throw error
      failure = error
    }
  }
  throw failure
}

/** Bytes that are wrong, gone or cut off: another copy may be whole. */
export function isDamage(error: unknown): boolean {
  return (['vault.damaged', 'backend.missing', 'backend.short'] as const).some((code) => isPulihError(error, code))
}

async function readPlace(repository: Repository, { pack, blob }: BlobPlace, signal?: AbortSignal): Promise<Buffer> {
  const range = { offset: blob.offset, length: blob.length }
  const sealed = await repository.backend.read({ kind: 'data', name: pack }, range, signal)
  return guarded(`data/${pack.slice(0, 8)}`, () => openChecked(repository, blob, sealed))
}

export async function readTreeBlob(
  repository: Repository,
  index: BlobIndex,
  id: Id,
  signal?: AbortSignal,
): Promise<readonly TreeNode[]> {
  const blob = await readBlob(repository, index, 'tree', id, signal)
  return guarded(`tree ${id.slice(0, 8)}`, () => readTree(blob))
}

/**
 * The bytes of a file, or of a range of it, without fetching the rest: only blobs that overlap the range, neighbours in
 * one request. Throws vault.damaged; ends early only with the file.
 */
export async function* readContent(
  repository: Repository,
  index: BlobIndex,
  content: readonly Id[],
  range: Range = { offset: 0, length: Number.MAX_SAFE_INTEGER },
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  let at = 0
  const end = range.offset + range.length
  const wanted: { place: BlobPlace; at: number }[] = []
  for (const id of content) {
    const place = index.find('data', id)
    if (place === null) throw new PulihError('vault.damaged', { file: `data ${id.slice(0, 8)}`, detail: 'in no index' })
    if (at < end && at + place.blob.plainBytes > range.offset) wanted.push({ place, at })
    at += place.blob.plainBytes
  }
  for (const group of neighbours(wanted)) {
    const plains = await readGroup(repository, index, group, signal)
    for (const [number, plain] of plains.entries()) {
      const start = (group[number] as { at: number }).at
      const cut = plain.subarray(Math.max(0, range.offset - start), Math.min(plain.length, end - start))
      if (cut.length > 0) yield cut
    }
  }
}

interface Wanted {
  readonly place: BlobPlace
  readonly at: number
}

/** Runs of blobs that follow each other in one pack. */
function* neighbours(wanted: readonly Wanted[]): Iterable<readonly Wanted[]> {
  let group: Wanted[] = []
  let bytes = 0
  for (const one of wanted) {
    const last = group.at(-1)
    const follows =
      last !== undefined &&
      last.place.pack === one.place.pack &&
      last.place.blob.offset + last.place.blob.length === one.place.blob.offset &&
      bytes + one.place.blob.length <= maxFetchBytes
    if (!follows && group.length > 0) {
      yield group
      group = []
      bytes = 0
    }
    group.push(one)
    bytes += one.place.blob.length
  }
  if (group.length > 0) yield group
}

async function readGroup(
  repository: Repository,
  index: BlobIndex,
  group: readonly Wanted[],
  signal: AbortSignal | undefined,
): Promise<readonly Buffer[]> {
  const [first] = group as [Wanted, ...Wanted[]]
  const { pack, blob } = first.place
  const last = (group.at(-1) as Wanted).place.blob
  try {
    const range = { offset: blob.offset, length: last.offset + last.length - blob.offset }
    const sealed = await repository.backend.read({ kind: 'data', name: pack }, range, signal)
    return await guarded(`data/${pack.slice(0, 8)}`, () =>
      group.map(({ place }) => {
        const from = place.blob.offset - blob.offset
        return openChecked(repository, place.blob, sealed.subarray(from, from + place.blob.length))
      }),
    )
  } catch (error) {
    if (!isDamage(error)) throw error
    // One of them is damaged here: each alone, from whichever copy is whole.
    return Promise.all(group.map(({ place }) => readBlob(repository, index, 'data', place.blob.id, signal)))
  }
}
