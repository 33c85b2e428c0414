import { isSettled, type Look } from '../source/sqlite/look.ts'
import { isUnchanged, type Signatures, signatureOf } from './signatures.ts'

/**
 * How one database is captured.
 *
 * - `held`: a child process holds a read transaction; this process, which has no SQLite connection to it, reads the files.
 *   Always right, and the only way beside a writer. Opening leaves nothing behind in rollback mode, nor in WAL mode while
 *   the app has it open; but the first reader of a WAL database at rest makes its `-wal` and `-shm`, and being read-only
 *   cannot take them away again; on a read-only disk it cannot even open it. Hence:
 * - `still`: a WAL database whose `-wal` is missing or empty is whole in its one file. It is copied without SQLite and
 *   counts only if nobody wrote meanwhile: the same inode, size, times and header before and after, still no `-wal`, and
 *   the last change further back than the grain of the kernel's clock when we began, so that no write could go unseen. A
 *   commit would have filled the `-wal`; a checkpoint or a closing app would have changed the file's times. So the copy is
 *   the state of one moment, and of every moment of the capture.
 * - `crashed`: what a killed writer left with nobody to finish it: a `-wal` without `-shm` (then no process has the
 *   database open, unless in exclusive mode, where nobody else could), or a hot journal, which only a writer may roll
 *   back. Database and side file are copied under the same test of stillness: an image of one instant, as a killed process
 *   leaves it, which SQLite guarantees to recover to the last commit. It recovers our copy, not the original.
 * - `unchanged`: looks exactly as when it was captured last; not copied at all.
 *
 * Rollback mode at rest is `held` all the same: with journal_mode MEMORY or OFF a writer may pause in the middle of a
 * transaction with half of it in the file and nothing beside it to tell; only the lock does.
 */
export type Method = 'unchanged' | 'still' | 'crashed' | 'held'

export interface MethodFacts {
  readonly previous: Signatures | null
  /** Databases (their `path`) on which a read lock could not be had because of a hot journal. */
  readonly interrupted: ReadonlySet<string>
  /** Hold everything that can be held: what had to be still did not stay so. */
  readonly insist: boolean
}

export function methodOf(look: Look, facts: MethodFacts): Method {
  if (isUnchanged(facts.previous, look.path, signatureOf(look))) return 'unchanged'
  return isSettled(look) ? (withoutLock(look, facts) ?? 'held') : 'held'
}

/** The way that needs no lock, if the files allow one once they are settled. */
export function withoutLock(look: Look, { interrupted, insist }: MethodFacts): 'still' | 'crashed' | null {
  const { header, wal, journal, hasWalIndex } = look
  if (journal !== null) return interrupted.has(look.path) ? 'crashed' : null
  if (insist) return null
  if (wal === null) return header.journalMode === 'wal' ? 'still' : null
  return hasWalIndex ? null : 'crashed'
}

/** A log beside the file counts whatever the header says: SQLite reads it too. */
export function usesWal({ header, wal }: Look): boolean {
  return header.journalMode === 'wal' || wal !== null
}
