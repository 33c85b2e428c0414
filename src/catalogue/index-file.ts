import { closeSync, existsSync, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from '../disk/draft.ts'
import { sqliteCode } from '../disk/failure.ts'
import { errnoOf, isPulihError } from '../error.ts'

/** Raise it when a summary changes its shape: older indexes are then forgotten and filled again. */
const shape = 2
/** Corrupt, not a database, or without the tables it says it has. */
const damaged = new Set([1, 11, 26])

/** One cached archive: what was read from it, and the `stamp` of the file it was read from. */
export interface Cached {
  readonly path: string
  readonly stamp: string
  /** JSON. */
  readonly summary: string
}

export interface IndexRun<T> {
  readonly result: T
  /** True when a damaged index was thrown away on the way. */
  readonly rebuilt: boolean
}

/**
 * Runs `use` on the index (`index.sqlite` in `state`). It is a cache: a damaged one is thrown away and begun again, and
 * where there is none and none can be made (no such folder, a read-only disk, no space, somebody writing for seconds) the
 * answer is `without`. Never throws for the index's own trouble.
 */
export async function withIndex<T>(
  state: string,
  options: { make: boolean; without: T },
  use: (index: DatabaseSync) => T,
): Promise<IndexRun<T>> {
  const path = join(state, 'index.sqlite')
  if (!options.make && !existsSync(path)) return { result: options.without, rebuilt: false }
  try {
    return { result: await useOnce(path, use), rebuilt: false }
  } catch (error) {
    if (isOwnTrouble(error)) return { result: options.without, rebuilt: false }
    if (!damaged.has(sqliteCode(error) ?? 0)) throw error
  }
  await removeIndex(path)
  return { result: await useAgain(path, options.without, use), rebuilt: true }
}

export function readCached(index: DatabaseSync): Map<string, Cached> {
  const rows = index.prepare('SELECT path, stamp, summary FROM archives').all() as unknown as Cached[]
  return new Map(rows.map((row) => [row.path, row]))
}

/** Remembers `fresh` and forgets every archive that is not in `paths`. */
export function saveCached(index: DatabaseSync, fresh: readonly Cached[], paths: ReadonlySet<string>): void {
  inTransaction(index, () => {
    const put = index.prepare('INSERT OR REPLACE INTO archives (path, stamp, summary) VALUES (?, ?, ?)')
    for (const { path, stamp, summary } of fresh) put.run(path, stamp, summary)
    const forget = index.prepare('DELETE FROM archives WHERE path = ?')
    for (const { path } of index.prepare('SELECT path FROM archives').all()) {
      if (!paths.has(String(path))) forget.run(String(path))
    }
  })
}

/** A value kept under a name: the signatures of the sources. */
export function readValue(index: DatabaseSync, name: string): string | null {
  const row = index.prepare('SELECT value FROM kept WHERE name = ?').get(name)
  return row === undefined ? null : String(row.value)
}

export function saveValue(index: DatabaseSync, name: string, value: string): void {
  index.prepare('INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)').run(name, value)
}

async function useOnce<T>(path: string, use: (index: DatabaseSync) => T): Promise<T> {
  await makeFolder(join(path, '..'))
  makePrivate(path)
  const index = new DatabaseSync(path, { timeout: 2000 })
  try {
    prepareTables(index)
    return use(index)
  } finally {
    index.close()
  }
}

/** Somebody else may throw the same damaged file away at the same moment: then this run goes without. */
async function useAgain<T>(path: string, without: T, use: (index: DatabaseSync) => T): Promise<T> {
  try {
    return await useOnce(path, use)
  } catch (error) {
    if (isOwnTrouble(error) || sqliteCode(error) !== null) return without
    throw error
  }
}

function prepareTables(index: DatabaseSync): void {
  index.exec('PRAGMA synchronous = NORMAL')
  const version = index.prepare('PRAGMA user_version').get()?.user_version
  if (version === shape) return
  inTransaction(index, () => {
    index.exec(`
      DROP TABLE IF EXISTS archives;
      DROP TABLE IF EXISTS kept;
      CREATE TABLE archives (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, summary TEXT NOT NULL) STRICT;
      CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      PRAGMA user_version = ${shape};
    `)
  })
}

function inTransaction(index: DatabaseSync, step: () => void): void {
  index.exec('BEGIN IMMEDIATE')
  try {
    step()
    index.exec('COMMIT')
  } catch (error) {
    if (index.isTransaction) index.exec('ROLLBACK')
    throw error
  }
}

function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}

/** The journal first: left alone beside a new index it would be played into it. */
async function removeIndex(path: string): Promise<void> {
  await rm(`${path}-journal`, { force: true })
  await rm(path, { force: true })
}

/** Busy, read-only, no space, cannot open, a folder that cannot be made: all mean "go on without the cache". */
function isOwnTrouble(error: unknown): boolean {
  const code = sqliteCode(error)
  if (code !== null) return !damaged.has(code)
  return isPulihError(error) || /^E[A-Z]+$/.test(errnoOf(error) ?? '')
}
