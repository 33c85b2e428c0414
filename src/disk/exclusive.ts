import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errnoOf, PulihError } from '../error.ts'
import { makeFolder } from './draft.ts'
import { diskError, sqliteCode } from './failure.ts'

const busy = 5
const damaged = new Set([11, 26])

/**
 * One try to be alone on `path`, over all processes: an EXCLUSIVE transaction on an empty SQLite file. Nothing is ever
 * written to it, and the kernel ends it when its process dies. Null when somebody else is. `close()` lets go.
 * Throws lock.damaged, disk.*.
 */
export function tryExclusive(path: string): DatabaseSync | null {
  makeLockFile(path)
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(path)
    // SQLite begins a journal here, which a full disk would refuse: and with it every act that could make room.
    connection.exec('PRAGMA journal_mode = MEMORY')
    connection.exec('BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection?.close()
    const code = sqliteCode(error) ?? 0
    if (code === busy) return null
    if (damaged.has(code)) throw new PulihError('lock.damaged', { path }, { cause: error })
    throw diskError(error, 'lock', path)
  }
}

/** True while somebody, this process included, is alone on `path`. Makes no file. */
export function isExclusive(path: string): boolean {
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(path, { readOnly: true })
    connection.prepare('SELECT 1 FROM sqlite_schema').get()
    return false
  } catch (error) {
    // Any other trouble (no such file, not ours to read) means no holder; whoever takes the lock reports it in its own words.
    return sqliteCode(error) === busy
  } finally {
    connection?.close()
  }
}

/**
 * Runs `step` while nobody else runs one on the same `path`: for read-change-write of small files, milliseconds long.
 * Waits 10 s, then throws disk.failed.
 */
export async function alone<T>(path: string, step: () => Promise<T>): Promise<T> {
  await makeFolder(dirname(path))
  const connection = await waitExclusive(path, performance.now() + 10_000)
  try {
    return await step()
  } finally {
    connection.close()
  }
}

async function waitExclusive(path: string, until: number): Promise<DatabaseSync> {
  for (;;) {
    const connection = tryExclusive(path)
    if (connection !== null) return connection
    if (performance.now() > until) throw new PulihError('disk.failed', { path, act: 'lock', reason: 'held for 10 s' })
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8))
  }
}

/**
 * 0600 from the start. Never opened with file calls once it exists, and opened and closed in one synchronous step:
 * closing a descriptor would drop a lock that this same process holds through SQLite.
 */
function makeLockFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw diskError(error, 'create', path)
  }
}
