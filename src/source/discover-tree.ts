import {
  closeSync,
  constants,
  type Dirent,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { join, sep } from 'node:path'
import { errnoOf } from '../error.ts'
import { headerBytes, readHeader } from '../format/sqlite/header.ts'
import type { LeftOut } from '../snapshot/manifest.ts'

/** One regular file of the app, by its path relative to the app with `/`. */
export interface TreeFile {
  readonly path: string
  readonly bytes: number
  readonly kind: FileKind
}

/**
 * database: begins as SQLite files do · sidecar: `-wal`, `-shm`, `-journal` and the like of a database · ours: what an
 * unfinished restore or write of pulih left · doubtful-…: named like a database, but is none · plain: anything else
 */
export type FileKind =
  | 'database'
  | 'sidecar'
  | 'ours'
  | 'plain'
  | 'doubtful-empty'
  | 'doubtful-encrypted'
  | 'doubtful-other'

export interface Tree {
  readonly files: readonly TreeFile[]
  readonly leftOut: readonly LeftOut[]
  /** Links to a folder, or to settings, outside the app: what they lead to is in no backup. */
  readonly outward: readonly Outward[]
}

export interface Outward {
  readonly path: string
  /** Where it leads, absolute. */
  readonly to: string
}

/** Folders of tools, not of the app: made again by a command, or no part of it. */
const excludedNames = new Set([
  ...['venv', '.venv', 'node_modules', '__pycache__', '.git', 'backups', 'logs', 'dist', 'build'],
  ...['.hg', '.svn', '.tox', '.nox', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.pulih'],
])

export interface Place {
  /** The app's folder, absolute. */
  readonly app: string
  /** Folders of pulih's own, absolute: never looked into. */
  readonly own: readonly string[]
}

/**
 * Every regular file below `start` (relative; '' is the app) but what excluded folders and pulih's own hold. Follows no
 * symbolic link but one to a database outside, reads 100 bytes of a file at the most, and gives the process a breath every few hundred entries.
 *
 * Files are opened with plain file calls: call it only in a process without a SQLite connection to them, since closing a
 * file drops the locks that this process holds on it.
 */
export async function readTree(place: Place, start = '', signal?: AbortSignal): Promise<Tree> {
  const tree = { files: [] as TreeFile[], leftOut: [] as LeftOut[], outward: [] as Outward[] }
  const waiting = [start]
  let seen = 0
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(place, folder, tree.leftOut)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (!entry.isDirectory()) sort(place, path, entry, tree)
      else if (!isLeftOut(place, path, entry.name, tree.leftOut)) waiting.push(path)
      if (++seen % 400 === 0) await breath(signal)
    }
  }
  return tree
}

type Growing = { readonly files: TreeFile[]; readonly leftOut: LeftOut[]; readonly outward: Outward[] }

function sort(place: Place, path: string, entry: Dirent, tree: Growing): void {
  const ofTools = excludedNames.has(entry.name) || place.own.includes(join(place.app, path))
  const to = entry.isSymbolicLink() && !ofTools ? leadsOutside(place, path) : null
  const linked = to === null ? null : behindLink(path, to)
  if (to !== null && linked === 'lost') tree.outward.push({ path, to })
  const file =
    linked !== null && linked !== 'lost' ? linked : entry.isFile() ? lookAt(place.app, path) : specialEntry(path, entry)
  if ('kind' in file) tree.files.push(file)
  else tree.leftOut.push(file)
}

/** Where a link leads when that is not in the app's folder, where it would be found by itself; null also for a dead one. */
function leadsOutside(place: Place, path: string): string | null {
  try {
    const to = realpathSync(join(place.app, path))
    return `${to}${sep}`.startsWith(`${realpathSync(place.app)}${sep}`) ? null : to
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return null
  }
}

/** A database behind a link is the app's all the same; a folder or settings there are not kept, and somebody must hear of it. */
function behindLink(path: string, to: string): TreeFile | 'lost' | null {
  const found = statSync(to, { throwIfNoEntry: false })
  if (found?.isDirectory()) return 'lost'
  if (found === undefined || !found.isFile()) return null
  if (kindOf(to, path, found.size) === 'database') return { path, bytes: found.size, kind: 'database' }
  return settingsName.test(path) ? 'lost' : null
}

const settingsName = /(^|\/)\.env(\.[^/]*)?$|\.(json|ya?ml|toml|ini|cfg|conf|properties|pem|key)$/i

async function breath(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise((resolve) => setImmediate(resolve))
}

function entriesOf(place: Place, folder: string, leftOut: LeftOut[]): Dirent[] {
  try {
    const entries = readdirSync(join(place.app, folder), { withFileTypes: true })
    // a Python environment under any name
    if (folder === '' || !entries.some((entry) => entry.name === 'pyvenv.cfg')) return entries
    leftOut.push({ path: `${folder}/`, reason: 'excluded', detail: 'pyvenv.cfg' })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT')
      leftOut.push({ path: `${folder}/`, reason: 'unreadable', detail: errnoOf(error) ?? null })
  }
  return []
}

function isLeftOut(place: Place, path: string, name: string, leftOut: LeftOut[]): boolean {
  const own = place.own.includes(join(place.app, path))
  if (own || excludedNames.has(name) || oursName.test(name)) {
    leftOut.push({ path: `${path}/`, reason: own ? 'backup-folder' : 'excluded', detail: null })
    return true
  }
  return false
}

function specialEntry(path: string, entry: Dirent): LeftOut {
  const detail = entry.isSymbolicLink() ? 'symlink' : entry.isFIFO() ? 'fifo' : entry.isSocket() ? 'socket' : 'device'
  return { path, reason: 'special', detail }
}

/** One file by path, as `readTree` sees it; left out when it is not a regular file that can be looked at. */
export function lookAt(app: string, path: string): TreeFile | LeftOut {
  try {
    const stat = lstatSync(join(app, path))
    if (!stat.isFile()) return { path, reason: 'special', detail: stat.isSymbolicLink() ? 'symlink' : null }
    return { path, bytes: stat.size, kind: kindOf(join(app, path), path, stat.size) }
  } catch (error) {
    // readdir writes U+FFFD for what is not UTF-8, and no file has that name
    const detail = path.includes('\ufffd') ? 'name is not UTF-8' : (errnoOf(error) ?? null)
    return { path, reason: 'unreadable', detail }
  }
}

/** What an act of pulih that was cut short may leave beside the app's files. */
const oursName = /\.pre-restore-|\.restore-\d{6}-|^\.restore-|\.pulih-\w+$|^\..+\.draft$/
const databaseName = /\.(db|sqlite|sqlite3|db3|s3db|sl3|sqlitedb)$/i
const sidecarName = /^(.+)-(wal|shm|journal|mj[0-9A-F]{8,})$/i

function kindOf(absolute: string, path: string, bytes: number): FileKind {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (oursName.test(name)) return 'ours'
  if (isSidecar(absolute, name)) return 'sidecar'
  const likely = databaseName.test(name)
  if (bytes < 16) return likely ? (bytes === 0 ? 'doubtful-empty' : 'doubtful-other') : 'plain'
  const reading = readHeader(firstBytes(absolute), bytes)
  if (reading.kind === 'sqlite' || reading.kind === 'damaged') return 'database'
  if (!likely) return 'plain'
  return reading.kind === 'encrypted' ? 'doubtful-encrypted' : 'doubtful-other'
}

/** `x.db-wal` also when `x.db` itself is gone; `my-journal` only beside a database called `my`. */
function isSidecar(absolute: string, name: string): boolean {
  const base = sidecarName.exec(name)?.[1]
  if (base === undefined) return false
  if (databaseName.test(base)) return true
  const beside = absolute.slice(0, absolute.length - name.length + base.length)
  return existsSync(beside) && firstBytes(beside).subarray(0, 16).toString('latin1') === 'SQLite format 3\0'
}

const buffer = Buffer.alloc(headerBytes)

/** The first 100 bytes, or none where the file cannot be opened: whoever copies it then says why. */
function firstBytes(absolute: string): Buffer {
  let handle: number
  try {
    handle = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return buffer.subarray(0, 0)
  }
  try {
    return buffer.subarray(0, readSync(handle, buffer, 0, headerBytes, 0))
  } finally {
    closeSync(handle)
  }
}
