import type { Id } from '../format/restic/id.ts'
import { headerLength, type PackedBlob, readHeader } from '../format/restic/pack.ts'
import { guarded, type Repository } from './repository.ts'

/** Enough for the header of most small packs: one request instead of two. */
const tailBytes = 64 << 10

/** The blobs of a pack by its own header, without an index. Throws vault.damaged. */
export async function readPackHeader(
  repository: Repository,
  pack: Id,
  packBytes: number,
  signal?: AbortSignal,
): Promise<readonly PackedBlob[]> {
  const file = `data/${pack.slice(0, 8)}`
  const { backend, sealer, config } = repository
  const readEnd = (length: number) =>
    backend.read({ kind: 'data', name: pack }, { offset: packBytes - length, length }, signal)
  const tail = await readEnd(Math.min(packBytes, tailBytes))
  const length = await guarded(file, () => headerLength(tail.subarray(-4), packBytes))
  const end = length + 4 <= tail.length ? tail.subarray(-length - 4) : await readEnd(length + 4)
  return guarded(file, () => readHeader(sealer, config.version, end.subarray(0, length), packBytes))
}
