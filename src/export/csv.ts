import type { DatabaseSync } from 'node:sqlite'
import type { OnRow } from './sql.ts'
import { describeTable, identifier, isVirtual, type SchemaObject, schemaOf } from './table.ts'

/** The app's own tables: not SQLite's, not virtual ones. */
export function csvTables(db: DatabaseSync): readonly SchemaObject[] {
  return schemaOf(db).filter((one) => one.type === 'table' && !isVirtual(one) && !/^sqlite_/i.test(one.name))
}

/**
 * One table as RFC 4180 text: a line of column names, then a line per row, ended by CR LF. NULL is an empty field and
 * empty text is `""`; blobs are hexadecimal; numbers have all their digits.
 */
export function* csvDump(db: DatabaseSync, object: SchemaObject, onRow: OnRow): Generator<string, void, void> {
  const table = describeTable(db, object)
  yield `${table.columns.map(field).join(',')}\r\n`
  const order = table.rowid === null ? '' : ` ORDER BY t.${table.rowid}`
  const columns = table.columns.map((name) => `t.${identifier(name)}`).join(',')
  const statement = db.prepare(`SELECT ${columns} FROM ${identifier(table.name)} AS t${order}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  for (const row of statement.iterate() as Iterable<unknown> as Iterable<readonly unknown[]>) {
    yield `${row.map(field).join(',')}\r\n`
    onRow(table.name)
  }
}

function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
  const text = String(value)
  return typeof value === 'string' && (text === '' || /[",\r\n]/.test(text)) ? `"${text.replaceAll('"', '""')}"` : text
}
