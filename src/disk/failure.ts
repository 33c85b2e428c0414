import { errnoOf, PulihError } from '../error.ts'

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const denied = new Set(['EACCES', 'EPERM', 'EROFS'])

/**
 * Turns what the system said about one of our own paths into a sentence: `throw diskError(error, 'write', path)`.
 * ENOSPC, EDQUOT, EFBIG -> disk.full; EACCES, EPERM, EROFS -> disk.denied; other errno -> disk.failed. SQLite's "full" and
 * "read-only" count as theirs. Anything without an errno (a PulihError, a bug) comes back as it is.
 */
export function diskError(error: unknown, act: string, path: string): unknown {
  const code = errnoOf(error) ?? ''
  const sqlite = sqliteCode(error)
  if (full.has(code) || sqlite === 13) return new PulihError('disk.full', { place: path }, { cause: error })
  if (denied.has(code) || sqlite === 8) return new PulihError('disk.denied', { path }, { cause: error })
  if (!isErrno(code) && sqlite === null) return error
  return new PulihError('disk.failed', { path, act, reason: reasonOf(error) }, { cause: error })
}

/** SQLite's primary result code of a node:sqlite error (5 busy, 11 corrupt, 13 full, 14 cannot open, 26 not a database), or null. */
export function sqliteCode(error: unknown): number | null {
  if (errnoOf(error) !== 'ERR_SQLITE_ERROR') return null
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : null
}

/** Errno names are upper case without underscores; Node's own codes start with `ERR_`. */
function isErrno(code: string): boolean {
  return /^E[A-Z0-9]+$/.test(code)
}

/** Node writes `ENOENT: no such file or directory, open '/x'`: the part a person reads is in the middle. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message
}
