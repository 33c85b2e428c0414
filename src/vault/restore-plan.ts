import { PulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import { quoteName } from '../format/restic/name.ts'
import type { TreeNode } from '../format/restic/tree.ts'
import type { BlobIndex } from './blobs.ts'
import { readTreeBlob } from './read.ts'
import type { Repository } from './repository.ts'
import { manifestFolder } from './tree-build.ts'

/** One thing to lay out. */
export interface RestoreEntry {
  /** Raw bytes relative to the target, `/`-separated. */
  readonly path: Buffer
  /** The same for people. */
  readonly shown: string
  readonly node: TreeNode
  /** Of a file, by the index: what its blobs come to. */
  readonly bytes: number
}

export interface RestorePlan {
  /** Parents before what is in them. */
  readonly entries: readonly RestoreEntry[]
  readonly bytes: number
  /** Kinds of files that are not laid out: pipes, sockets, devices. */
  readonly skipped: readonly RestoreEntry[]
}

/** A repository somebody else can write to may hold anything: one tree that names itself a million times is small. */
const maxEntries = 500_000
/** The same folder met again is not read again: it may be met very often. */
const maxTreesKept = 1000
const maxDepth = 200
const maxPathBytes = 4096

/**
 * Looks at every name before anything is written. Throws vault.unsafe for names that lead elsewhere, for more entries or
 * depth than any app has; vault.damaged when a tree or a blob is not there.
 */
export async function planRestore(
  repository: Repository,
  index: BlobIndex,
  tree: Id,
  signal?: AbortSignal,
): Promise<RestorePlan> {
  const all: RestoreEntry[] = []
  const trees = new Map<Id, readonly TreeNode[]>()
  const read = async (id: Id): Promise<readonly TreeNode[]> => {
    const nodes = trees.get(id) ?? (await readTreeBlob(repository, index, id, signal))
    if (trees.size < maxTreesKept) trees.set(id, nodes)
    return nodes
  }
  await collect(index, read, { tree, path: Buffer.alloc(0), depth: 0 }, all)
  const isSpecial = ({ node }: RestoreEntry) => !['file', 'dir', 'symlink'].includes(node.type)
  const entries = all.filter((entry) => !isSpecial(entry))
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  return { entries, bytes, skipped: all.filter(isSpecial) }
}

async function collect(
  index: BlobIndex,
  read: (tree: Id) => Promise<readonly TreeNode[]>,
  folder: { readonly tree: Id; readonly path: Buffer; readonly depth: number },
  into: RestoreEntry[],
): Promise<void> {
  for (const node of await read(folder.tree)) {
    // Our manifest describes the app and is no part of it.
    if (folder.depth === 0 && Buffer.from(node.name).toString() === manifestFolder) continue
    const entry = entryOf(index, folder.path, node)
    refuseUnsafe(entry, folder.depth, into.length)
    into.push(entry)
    if (node.subtree !== null)
      await collect(index, read, { tree: node.subtree, path: entry.path, depth: folder.depth + 1 }, into)
  }
}

function entryOf(index: BlobIndex, folder: Buffer, node: TreeNode): RestoreEntry {
  const path = folder.length === 0 ? Buffer.from(node.name) : Buffer.concat([folder, Buffer.from('/'), node.name])
  const shown = quoteName(path)
  const bytes = (node.content ?? []).reduce((sum, id) => sum + blobBytes(index, id, shown), 0)
  return { path, shown, node, bytes }
}

function blobBytes(index: BlobIndex, id: Id, shown: string): number {
  const place = index.find('data', id)
  if (place !== null) return place.blob.plainBytes
  throw new PulihError('vault.damaged', { file: shown, detail: `its part ${id.slice(0, 8)} is in no index` })
}

function refuseUnsafe({ path, shown, node }: RestoreEntry, depth: number, count: number): void {
  const refuse = (detail: string) => new PulihError('vault.unsafe', { name: shown.slice(0, 200), detail })
  const name = Buffer.from(node.name)
  if (name.includes(0x2f) || name.includes(0)) throw refuse('a name with a slash or a zero byte')
  if (name.equals(Buffer.from('.')) || name.equals(Buffer.from('..'))) throw refuse('a name that leads elsewhere')
  if (name.length > 255 || path.length > maxPathBytes) throw refuse('a name too long for any disk')
  if (depth > maxDepth) throw refuse(`more than ${maxDepth} folders deep`)
  if (count >= maxEntries) throw refuse(`more than ${maxEntries} entries`)
}
