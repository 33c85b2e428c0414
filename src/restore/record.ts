import { join } from 'node:path'
import type { Folders } from '../app/folders.ts'
import { type Recovery, readRecoveries, recoveryFolder } from '../catalogue/recovery.ts'
import { writeDurably } from '../disk/draft.ts'
import { makeDurably } from './aside.ts'
import type { LiveDatabase } from './holders.ts'
import type { FileIdentity } from './identity.ts'
import type { Suffix } from './sidecar.ts'

/**
 * What a recovery into the app intends, written before its first step, and what it did: a crash finds it and goes back or
 * finishes, `restore --undo` reverses it. `backups/.pulih/restores/<id>.json`; every path in it is absolute.
 */
export interface RestoreRecord extends Recovery {
  /** The backup the new state came from; null for an undo. */
  readonly backup: string | null
  /** The record an undo reverses. */
  readonly undoes: string | null
  /** The snapshot taken of the state that was replaced; null when none could be taken. */
  readonly safety: string | null
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

/** Where the act with this id keeps what it replaced. */
export function quarantineOf(folders: Folders, id: string): string {
  return join(folders.state, 'quarantine', id)
}

export async function writeRecord(folders: Folders, record: RestoreRecord): Promise<void> {
  await makeDurably(recoveryFolder(folders))
  await writeDurably(join(recoveryFolder(folders), `${record.id}.json`), `${JSON.stringify(record, null, 2)}\n`)
}

/** Every record, oldest first; files that are not ours are passed over. */
export async function readRecords(folders: Folders): Promise<RestoreRecord[]> {
  return (await readRecoveries(folders)) as RestoreRecord[]
}

/** Records of runs that were killed: files neither all old nor all new, or an app that was stopped and not started. */
export async function unfinishedRecords(folders: Folders): Promise<RestoreRecord[]> {
  return (await readRecords(folders)).filter((record) => isSwapOpen(record) || record.start !== null)
}

export function isSwapOpen({ phase }: RestoreRecord): boolean {
  return phase === 'preparing' || phase === 'swapping'
}
