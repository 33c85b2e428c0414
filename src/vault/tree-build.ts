import type { Id } from '../format/restic/id.ts'
import { toGoMode } from '../format/restic/mode.ts'
import { goTime } from '../format/restic/time.ts'
import { type TreeNode, writeTree } from '../format/restic/tree.ts'

/** One file of a snapshot whose blobs are stored. */
export interface SavedFile {
  /** Relative, `/`-separated. */
  readonly path: string
  readonly bytes: number
  /** Permission bits. */
  readonly mode: number
  readonly mtimeMs: number
  readonly content: readonly Id[]
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

interface Folder {
  readonly folders: Map<string, Folder>
  readonly files: Map<string, SavedFile>
}

/**
 * Stores the folders of these files as trees, leaves first, and answers the root's id. A folder's time is the newest of
 * what it holds: archives do not record folders, and equal content must give equal trees.
 */
export async function storeTrees(
  files: readonly SavedFile[],
  owner: Owner,
  store: (tree: Buffer) => Promise<Id>,
): Promise<Id> {
  const root: Folder = { folders: new Map(), files: new Map() }
  for (const file of files) insert(root, file.path.split('/'), file)
  return (await storeFolder(root, owner, store)).id
}

function insert(folder: Folder, [name = '', ...rest]: readonly string[], file: SavedFile): void {
  if (rest.length === 0) {
    folder.files.set(name, file)
    return
  }
  const below = folder.folders.get(name) ?? { folders: new Map(), files: new Map() }
  folder.folders.set(name, below)
  insert(below, rest, file)
}

async function storeFolder(
  folder: Folder,
  owner: Owner,
  store: (tree: Buffer) => Promise<Id>,
): Promise<{ readonly id: Id; readonly mtimeMs: number }> {
  const nodes = [...folder.files].map(([name, file]) => fileNode(name, file, owner))
  let mtimeMs = Math.max(0, ...[...folder.files.values()].map((file) => file.mtimeMs))
  for (const [name, below] of folder.folders) {
    const stored = await storeFolder(below, owner, store)
    mtimeMs = Math.max(mtimeMs, stored.mtimeMs)
    nodes.push(folderNode(name, stored.id, stored.mtimeMs, owner))
  }
  return { id: await store(writeTree(nodes)), mtimeMs }
}

function fileNode(name: string, file: SavedFile, owner: Owner): TreeNode {
  return {
    ...blank(name, file.mtimeMs, owner),
    type: 'file',
    mode: toGoMode('file', file.mode),
    size: file.bytes,
    links: 1,
    content: file.content,
  }
}

function folderNode(name: string, subtree: Id, mtimeMs: number, owner: Owner): TreeNode {
  const mode = toGoMode('dir', name === manifestFolder ? 0o700 : 0o755)
  return { ...blank(name, mtimeMs, owner), type: 'dir', mode, subtree }
}

/** Where a snapshot keeps its manifest, beside the app's own files. */
export const manifestFolder = '.pulih'
export const manifestPath = `${manifestFolder}/backup_info.json`

function blank(name: string, mtimeMs: number, owner: Owner): TreeNode {
  const time = goTime(Math.floor(mtimeMs), Math.round((mtimeMs % 1) * 1e6) % 1_000_000)
  return {
    name: Buffer.from(name),
    type: 'file',
    mode: 0,
    mtime: time,
    atime: time,
    ctime: time,
    ...owner,
    user: '',
    group: '',
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: 0,
    linkTarget: '',
    linkTargetRaw: '',
    extendedAttributes: '',
    genericAttributes: '',
    device: 0n,
    content: null,
    subtree: null,
    error: '',
  }
}
