import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { recordAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import type { BackupEntry, DatabaseSummary } from '../catalogue/types.ts'
import { isPulihError } from '../error.ts'
import { note, sayNote } from '../message/phrases.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'

/** A table whose number of rows is not what it was; `rows` is after minus before. */
export interface RowChange {
  readonly database: string
  readonly table: string
  readonly rows: number
}

/** A guarded operation that has ended. */
export interface Done {
  readonly name: string
  /** As the open gate named it; null when it opened without one. */
  readonly backup: string | null
  /** False when the operation failed. */
  readonly ok: boolean
  readonly signal?: AbortSignal | undefined
}

/** All counting together; a live database is not kept busy for longer. */
const limitMs = 2000
/** A larger database is not counted: its tables would have to be read whole. */
const largestBytes = 256e6

/**
 * Puts a guarded operation on record with what it changed: rows per table against its backup, so that the history can say
 * "bulk_delete_assets removed 214 rows of assets". Null when that was not counted. What others changed meanwhile is in it.
 */
export async function recordDone(app: App, { name, backup, ok, signal }: Done): Promise<readonly RowChange[] | null> {
  const entry = backup === null ? undefined : (await listBackups(app)).find((one) => one.name === backup)
  const changed = entry === undefined ? null : await changesSince(app, entry, signal)
  await recordAct(app, 'guarded', { trigger: name, ok, changed }, async (act) => act.finish({ backup }))
  for (const change of changed ?? []) logLine(app, 'INFO', sayNote(app.language, changeNote(name, change)))
  return changed
}

function changeNote(name: string, { table, rows }: RowChange) {
  return rows < 0
    ? note('log.rows-removed', { name, table, rows: -rows })
    : note('log.rows-added', { name, table, rows })
}

async function changesSince(app: App, entry: BackupEntry, signal?: AbortSignal): Promise<RowChange[] | null> {
  const { databases } = entry
  if (databases.some(({ bytes }) => bytes > largestBytes)) return null
  const until = performance.now() + limitMs
  await using child = spawnSqlite(signal)
  const changes: RowChange[] = []
  try {
    for (const before of databases) {
      const live = { path: before.path, absolute: join(app.folders.app, before.path) }
      const now = await child.count(live, Math.max(1, until - performance.now()))
      if (now === null) return null
      changes.push(...difference(before, now))
    }
    return changes
  } catch (error) {
    // Busy, gone or damaged by the operation itself: the record stands without numbers, and the next backup says why.
    if (isPulihError(error) && !signal?.aborted) return null
    throw error
  }
}

function difference(before: DatabaseSummary, now: Readonly<Record<string, number | null>>): RowChange[] {
  const tables = new Set([...Object.keys(before.rows), ...Object.keys(now)])
  return [...tables].sort().flatMap((table) => {
    if (now[table] === null) return []
    const rows = (now[table] ?? 0) - (before.rows[table] ?? 0)
    return rows === 0 ? [] : [{ database: before.path, table, rows }]
  })
}
