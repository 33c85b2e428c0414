import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Folders } from '../app/folders.ts'
import { writeDurably } from '../disk/draft.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'
import { makeDurably } from './aside.ts'
import type { LiveDatabase } from './holders.ts'
import type { FileIdentity } from './identity.ts'
import type { Suffix } from './sidecar.ts'

/**
 * What a recovery into the app intends, written before its first step, and what it did: a crash finds it and goes back or
 * finishes, `restore --undo` reverses it. `backups/.pulih/restores/<id>.json`; every path in it is absolute.
 *
 * - `preparing`: new files are being written beside their targets; nothing of the app has been touched.
 * - `swapping`: old files move out, new ones in. Going back is possible from every point.
 * - `done`: every new file is in place and checked. `rolled-back`: every old file is back.
 */
export interface RestoreRecord {
  readonly version: 1
  /** Sorts by time. */
  readonly id: string
  readonly act: 'restore' | 'undo'
  readonly phase: 'preparing' | 'swapping' | 'done' | 'rolled-back'
  /** The backup the new state came from; null for an undo. */
  readonly backup: string | null
  /** The record an undo reverses. */
  readonly undoes: string | null
  /** The snapshot taken of the state that was replaced; null when none could be taken. */
  readonly safety: string | null
  readonly started: string
  readonly ended: string | null
  /** The app's start command while this act has it stopped: whoever settles it starts the app again. */
  readonly start: string | null
  /** Databases that show whether the app is running. */
  readonly watched: readonly LiveDatabase[]
  /** Empty while preparing. */
  readonly items: readonly Item[]
  /** New files that wait beside their targets: second names or copies, removed when going back. */
  readonly drafts: readonly string[]
  /** Folders this act makes, outermost first; going back removes them when they are empty. */
  readonly madeFolders: readonly string[]
  /** Folders that the reversed act had made: removed, when they are empty, before this one is done. */
  readonly leftFolders: readonly string[]
}

/** One database or file, with everything that belongs to it. */
export interface Item {
  /** Relative to the app, as in the manifest. */
  readonly path: string
  readonly kind: 'database' | 'file'
  readonly target: string
  /** What is there now. Empty: nothing. */
  readonly olds: readonly Old[]
  /** What comes. Empty: the target ends absent. */
  readonly news: readonly New[]
}

export interface Old {
  readonly suffix: Suffix
  /** Where it is kept: in `quarantine/<id>/`. */
  readonly kept: string
  readonly identity: FileIdentity
}

export interface New {
  readonly suffix: Suffix
  /** Where it waits, beside its target. */
  readonly draft: string
  readonly identity: FileIdentity
  /** What it must be in its place; null for files an undo brings back, sound or not. */
  readonly sha256: string | null
  /** The quarantined file it is a second name or a copy of, removed once the act is done; null for a recovered file. */
  readonly origin: string | null
}

export function recordFolder(folders: Folders): string {
  return join(folders.state, 'restores')
}

/** Where the act with this id keeps what it replaced. */
export function quarantineOf(folders: Folders, id: string): string {
  return join(folders.state, 'quarantine', id)
}

export async function writeRecord(folders: Folders, record: RestoreRecord): Promise<void> {
  await makeDurably(recordFolder(folders))
  await writeDurably(join(recordFolder(folders), `${record.id}.json`), `${JSON.stringify(record, null, 2)}\n`)
}

/** Every record, oldest first; files that are not ours are passed over. */
export async function readRecords(folders: Folders): Promise<RestoreRecord[]> {
  const names = (await namesIn(recordFolder(folders))).filter((name) => /^[0-9A-Za-z_-]+\.json$/.test(name)).sort()
  const records = await Promise.all(names.map((name) => readRecord(join(recordFolder(folders), name))))
  return records.filter((record) => record !== null)
}

/** Records of runs that were killed: files neither all old nor all new, or an app that was stopped and not started. */
export async function unfinishedRecords(folders: Folders): Promise<RestoreRecord[]> {
  return (await readRecords(folders)).filter((record) => isSwapOpen(record) || record.start !== null)
}

export function isSwapOpen({ phase }: RestoreRecord): boolean {
  return phase === 'preparing' || phase === 'swapping'
}

async function readRecord(path: string): Promise<RestoreRecord | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRecord(value) ? value : null
  } catch (error) {
    // Ours are replaced whole, so text that is no JSON is somebody else's file.
    if (error instanceof SyntaxError) return null
    throw diskError(error, 'read', path)
  }
}

/** The folder is 0700 and ours; this only tells our files from others'. */
function isRecord(value: unknown): value is RestoreRecord {
  if (typeof value !== 'object' || value === null) return false
  const { version, id, phase, items } = value as Record<string, unknown>
  return version === 1 && typeof id === 'string' && typeof phase === 'string' && Array.isArray(items)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', folder)
  }
}
