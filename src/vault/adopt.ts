import { isPulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import type { BlobIndex } from './blobs.ts'
import { readPackHeader } from './pack-header.ts'
import { parallel } from './parallel.ts'
import type { Repository } from './repository.ts'
import type { BlobStore } from './store.ts'

/** Smaller than any pack: an interrupted upload on a place that shows such things. */
const leastPackBytes = 36 + 37

/**
 * Packs that an interrupted run stored but no index lists: their blobs need not be sent again. One whose header does not
 * open is left for `prune` to remove. Callers make sure that nobody else is adding packs.
 */
export async function adoptPacks(
  repository: Repository,
  index: BlobIndex,
  store: BlobStore,
  signal?: AbortSignal,
): Promise<void> {
  const { backend } = repository
  await parallel(backend.list('data', signal), backend.connections, async ({ name, bytes }) => {
    const id = name as Id
    if (index.packs.has(id) || bytes < leastPackBytes) return
    try {
      store.adopt({ id, blobs: await readPackHeader(repository, id, bytes, signal) })
    } catch (error) {
      if (!isPulihError(error, 'vault.damaged') && !isPulihError(error, 'backend.missing')) throw error
    }
  })
}
