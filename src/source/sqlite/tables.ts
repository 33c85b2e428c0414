import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { TableRecord } from '../../snapshot/manifest.ts'
import { passOnMachineTrouble } from './failure.ts'
import { messageOf, quoted } from './sql.ts'

/** Column names that tell when a row was made, best first. */
const timeColumns = [
  ...['created_at', 'createdat', 'created', 'timestamp', 'ts', 'logged_at', 'occurred_at', 'happened_at', 'datetime'],
  ...['date', 'time', 'inserted_at', 'updated_at', 'updatedat', 'tanggal', 'waktu', 'dibuat'],
]

/** Where no index leads to the newest value, it is looked for among this many of the last rows. */
const lastRows = 1000

interface Column {
  readonly name: string
  /** 2 and 3: generated; 1: hidden in a virtual table. */
  readonly hidden: number
}

/** Rows, largest rowid and newest time of every table of the app. What cannot be counted is named in `unseen`. */
export function recordTables(database: DatabaseSync, unseen: string[]): Record<string, TableRecord> {
  const rows = database.prepare('PRAGMA main.table_list').all()
  const found: [string, TableRecord][] = []
  for (const row of rows) {
    const name = String(row.name)
    if (row.schema !== 'main' || row.type === 'view' || name.startsWith('sqlite_')) continue
    try {
      found.push([name, recordOf(database, name, row.type === 'virtual', row.wr === 1n)])
    } catch (error) {
      passOnMachineTrouble(error)
      unseen.push(`${name}: ${messageOf(error)}`)
    }
  }
  // No prototype: a table may be called `__proto__`.
  return found
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .reduce((all, [name, record]) => Object.defineProperty(all, name, { value: record, enumerable: true }), {})
}

function recordOf(database: DatabaseSync, table: string, isVirtual: boolean, withoutRowid: boolean): TableRecord {
  const rows = Number(value(database, `SELECT count(*) FROM main.${quoted(table)}`))
  if (isVirtual || rows === 0) return { rows, maxRowid: null, newest: null }
  const columns = columnsOf(database, table)
  const rowid = withoutRowid ? null : rowidName(columns)
  return {
    rows,
    maxRowid: rowid === null ? null : text(value(database, `SELECT max(${rowid}) FROM main.${quoted(table)}`)),
    newest: newestOf(database, table, columns, rowid),
  }
}

function columnsOf(database: DatabaseSync, table: string): Column[] {
  const rows = database.prepare(`PRAGMA main.table_xinfo(${quoted(table)})`).all()
  return rows.map((row) => ({ name: String(row.name), hidden: Number(row.hidden) }))
}

/** The name under which the rowid can be had; a column of the same name hides it. */
function rowidName(columns: readonly Column[]): string | null {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null
}

function newestOf(
  database: DatabaseSync,
  table: string,
  columns: readonly Column[],
  rowid: string | null,
): string | null {
  const column = timeColumn(columns)
  if (column === null) return null
  const from = `main.${quoted(table)}`
  if (rowid === null || isIndexed(database, table, column)) {
    return text(value(database, `SELECT max(${quoted(column)}) FROM ${from}`))
  }
  const last = `SELECT ${quoted(column)} AS t FROM ${from} ORDER BY ${rowid} DESC LIMIT ${lastRows}`
  return text(value(database, `SELECT max(t) FROM (${last})`))
}

function timeColumn(columns: readonly Column[]): string | null {
  const byName = new Map(columns.filter(({ hidden }) => hidden === 0).map(({ name }) => [name.toLowerCase(), name]))
  const found = timeColumns.find((name) => byName.has(name))
  return found === undefined ? null : (byName.get(found) as string)
}

/** True when a whole index begins with this column: then the largest value is at its end. */
function isIndexed(database: DatabaseSync, table: string, column: string): boolean {
  const indexes = database.prepare(`PRAGMA main.index_list(${quoted(table)})`).all()
  return indexes.some((index) => {
    if (index.partial !== 0n) return false
    const first = database.prepare(`PRAGMA main.index_info(${quoted(String(index.name))})`).get()
    return first?.name === column
  })
}

function value(database: DatabaseSync, sql: string): SQLOutputValue | undefined {
  const row = database.prepare(sql).get()
  return row === undefined ? undefined : Object.values(row)[0]
}

function text(found: SQLOutputValue | undefined): string | null {
  if (found === null || found === undefined || found instanceof Uint8Array) return null
  return String(found)
}
