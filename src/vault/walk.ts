import type { Id } from '../format/restic/id.ts'
import type { TreeNode } from '../format/restic/tree.ts'
import type { BlobIndex } from './blobs.ts'
import { readTreeBlob } from './read.ts'
import type { Repository } from './repository.ts'

/** What a walk meets: a tree's nodes, or the error of a tree that cannot be read. */
export interface WalkVisitor {
  tree(id: Id, nodes: readonly TreeNode[]): void
  /** Answering ends the walk of this branch; throwing ends the whole walk. */
  broken(id: Id, error: unknown): void
}

/** Visits every tree below these roots exactly once, several at a time. */
export async function walkTrees(
  repository: Repository,
  index: BlobIndex,
  roots: readonly Id[],
  visitor: WalkVisitor,
  signal?: AbortSignal,
): Promise<void> {
  const seen = new Set<Id>()
  const waiting = [...roots]
  const visit = async (id: Id): Promise<void> => {
    let nodes: readonly TreeNode[]
    try {
      nodes = await readTreeBlob(repository, index, id, signal)
    } catch (error) {
      signal?.throwIfAborted()
      visitor.broken(id, error)
      return
    }
    visitor.tree(id, nodes)
    waiting.push(...nodes.flatMap(({ subtree }) => (subtree === null ? [] : [subtree])))
  }
  while (waiting.length > 0) {
    const batch = waiting.splice(0, repository.backend.connections).filter((id) => !seen.has(id))
    const fresh = [...new Set(batch)]
    for (const id of fresh) seen.add(id)
    await Promise.all(fresh.map(visit))
  }
}
