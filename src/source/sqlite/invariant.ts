import { constants, type DatabaseSync } from 'node:sqlite'
import { passOnMachineTrouble } from './failure.ts'
import type { InvariantResult } from './inspection.ts'
import { openCopy } from './own-copy.ts'
import { messageOf, quoted } from './sql.ts'

const maxViolations = 1_000_000

/** Reading pragmas a rule may use as tables: `SELECT … FROM pragma_table_info('x')`. */
const allowedPragmas = new Set([
  ...['foreign_key_check', 'foreign_key_list', 'table_info', 'table_xinfo', 'table_list', 'index_list', 'index_info'],
  ...['index_xinfo', 'integrity_check', 'quick_check'],
])

/**
 * Runs one rule of the app on one of our own copies and counts the rows it returns. The text comes from a configuration
 * file: SQLite is asked to allow reading alone (no write, no ATTACH, no extension, no changing of settings), on a
 * connection that could not write anyway. The caller bounds the time by ending this process.
 */
export function checkInvariant(file: string, name: string, sql: string): InvariantResult {
  const read = new Set<string>()
  try {
    const database = openCopy(file)
    const violations = guarded(database, read, () => countRows(database, sql))
    return { name, violations, looked: lookedAt(database, read), error: null }
  } catch (error) {
    passOnMachineTrouble(error)
    return { name, violations: 0, looked: 0, error: messageOf(error) }
  }
}

function guarded<T>(database: DatabaseSync, read: Set<string>, act: () => T): T {
  database.setAuthorizer((action, first, second) => {
    if (action === constants.SQLITE_READ && first !== null) read.add(first)
    return mayRun(action, first, second) ? constants.SQLITE_OK : constants.SQLITE_DENY
  })
  try {
    return act()
  } finally {
    database.setAuthorizer(null)
  }
}

function mayRun(action: number, first: string | null, second: string | null): boolean {
  switch (action) {
    case constants.SQLITE_SELECT:
    case constants.SQLITE_READ:
    case constants.SQLITE_RECURSIVE:
      return true
    case constants.SQLITE_FUNCTION:
      return second !== 'load_extension'
    case constants.SQLITE_PRAGMA:
      return allowedPragmas.has(first ?? '')
    default:
      return false
  }
}

function countRows(database: DatabaseSync, sql: string): number {
  const statement = database.prepare(sql)
  const rest = sql.slice(sql.indexOf(statement.sourceSQL) + statement.sourceSQL.length)
  if (!isBlank(rest)) throw new Error('more than one statement; only the first would be checked')
  let rows = 0
  for (const _ of statement.iterate()) if (++rows >= maxViolations) break
  return rows
}

function isBlank(sql: string): boolean {
  return sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?(\*\/|$)/g, '').replaceAll(/[\s;]/g, '') === ''
}

/** Rows in the tables the rule read, together. */
function lookedAt(database: DatabaseSync, read: ReadonlySet<string>): number {
  const tables = database.prepare('PRAGMA main.table_list').all()
  let rows = 0
  for (const { name, type, schema } of tables) {
    if (schema !== 'main' || type === 'view' || !read.has(String(name))) continue
    const row = database.prepare(`SELECT count(*) AS n FROM main.${quoted(String(name))}`).get()
    rows += Number(row?.n ?? 0)
  }
  return rows
}
