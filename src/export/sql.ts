import { isUtf8 } from 'node:buffer'
import type { DatabaseSync } from 'node:sqlite'
import { assert, PulihError } from '../error.ts'
import { realLiteral } from './real.ts'
import {
  describeTable,
  type ExportTable,
  identifier,
  isVirtual,
  type SchemaObject,
  schemaOf,
  textLiteral,
} from './table.ts'

/** Called after every row: for progress, and a chance to stop. */
export type OnRow = (table: string) => void

/**
 * One database as SQL text that the stock `sqlite3` (3.40 and newer) turns back into equal content: every value bit by
 * bit, rowids, generated columns, WITHOUT ROWID and virtual tables, `sqlite_sequence`, `user_version`, `application_id`,
 * encoding. Statements come in an order that loads fast and fires no trigger. Throws export.too-large.
 */
export function* sqlDump(db: DatabaseSync, onRow: OnRow): Generator<string, void, void> {
  const objects = schemaOf(db)
  yield* head(db)
  const ordinary = objects.filter((one) => one.type === 'table' && !isVirtual(one) && !isInternal(one))
  for (const object of ordinary) yield* tableDump(db, object, onRow)
  yield* sequence(db, objects, onRow)
  yield* statistics(db, objects, onRow)
  yield* virtualTables(objects.filter(isVirtual))
  for (const type of ['index', 'view', 'trigger'] as const)
    for (const one of objects.filter((other) => other.type === type)) yield create(one)
  yield* carriageReturns(objects.filter((one) => !isVirtual(one) && !isInternal(one)))
  yield* tail(db)
}

function isInternal({ name }: SchemaObject): boolean {
  return name.toLowerCase().startsWith('sqlite_')
}

function pragma(db: DatabaseSync, name: string): string {
  return String(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}

function* head(db: DatabaseSync): Generator<string> {
  yield 'PRAGMA foreign_keys = OFF;\n'
  // Rows that break a CHECK are in the source; they must not be missing in the copy.
  yield 'PRAGMA ignore_check_constraints = ON;\n'
  yield `PRAGMA encoding = '${pragma(db, 'encoding')}';\n`
  yield `PRAGMA page_size = ${pragma(db, 'page_size')};\n`
  yield `PRAGMA auto_vacuum = ${pragma(db, 'auto_vacuum')};\n`
  yield 'BEGIN;\n'
}

function* tail(db: DatabaseSync): Generator<string> {
  yield `PRAGMA user_version = ${pragma(db, 'user_version')};\n`
  yield `PRAGMA application_id = ${pragma(db, 'application_id')};\n`
  yield 'COMMIT;\n'
}

function create({ sql }: SchemaObject): string {
  // A comment at the end would swallow the semicolon.
  return sql.includes('--') ? `${sql}\n;\n` : `${sql};\n`
}

function* tableDump(db: DatabaseSync, object: SchemaObject, onRow: OnRow): Generator<string> {
  yield create(object)
  yield* inserts(db, describeTable(db, object), onRow)
}

function* inserts(db: DatabaseSync, table: ExportTable, onRow: OnRow): Generator<string> {
  const rowid = table.keepsRowid && table.rowid !== null ? [table.rowid] : []
  const names = [...rowid, ...table.columns.map(identifier)]
  const start = `INSERT INTO ${identifier(table.name)}(${names.join(',')}) VALUES(`
  const decode = decoderFor(pragma(db, 'encoding'))
  for (const row of rowsOf(db, table, names)) {
    yield `${start}${literals(row, decode, table.name).join(',')});\n`
    onRow(table.name)
  }
}

/** Per column its type and its value, text as the bytes it is stored in: decoding would hide what is not valid. */
function rowsOf(db: DatabaseSync, table: ExportTable, names: readonly string[]): Iterable<readonly unknown[]> {
  const read = (name: string) =>
    `typeof(t.${name}),CASE typeof(t.${name}) WHEN 'text' THEN CAST(t.${name} AS BLOB) ELSE t.${name} END`
  const order = table.rowid === null ? '' : ` ORDER BY t.${table.rowid}`
  const statement = db.prepare(`SELECT ${names.map(read).join(',')} FROM ${identifier(table.name)} AS t${order}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement.iterate() as Iterable<unknown> as Iterable<readonly unknown[]>
}

/** Bytes to text, or null when they are not valid in the database's encoding. */
type Decode = (bytes: Uint8Array) => string | null

function decoderFor(encoding: string): Decode {
  // The decoder object costs more than the text on short values, and UTF-8 is what nearly all databases hold.
  if (encoding === 'UTF-8') return (bytes) => (isUtf8(bytes) ? bufferOf(bytes).toString('utf8') : null)
  const decoder = new TextDecoder(encoding.toLowerCase(), { fatal: true, ignoreBOM: true })
  return (bytes) => {
    try {
      return decoder.decode(bytes)
    } catch {
      // Not valid text: the caller writes the bytes themselves.
      return null
    }
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function literals(row: readonly unknown[], decode: Decode, table: string): string[] {
  const written: string[] = []
  for (let at = 0; at < row.length; at += 2) written.push(literal(row[at], row[at + 1], decode, table))
  return written
}

function literal(type: unknown, value: unknown, decode: Decode, table: string): string {
  if (type === 'null') return 'NULL'
  if (type === 'integer') return String(value)
  if (type === 'real') return realLiteral(Number(value))
  assert(value instanceof Uint8Array, `a ${String(type)} came as ${typeof value}`)
  if (type === 'blob') return hex(value, table)
  const text = decode(value)
  // No SQL text can hold a NUL; what is not valid text can only be told by its bytes.
  if (text === null || text.includes('\0')) return `CAST(${hex(value, table)} AS TEXT)`
  return textExpression(text)
}

/** SQLite takes statements of up to a gigabyte; hexadecimal doubles the size, and V8's strings end at half of that. */
const maxBlobBytes = 250_000_000

function hex(value: Uint8Array, table: string): string {
  if (value.length > maxBlobBytes) throw new PulihError('export.too-large', { table, bytes: value.length })
  return `X'${bufferOf(value).toString('hex')}'`
}

/** A text literal; the sqlite3 shell drops a carriage return at the end of a line, so none is written as itself. */
function textExpression(text: string): string {
  if (!text.includes('\r')) return textLiteral(text)
  let mark = '\\r'
  for (let count = 0; text.includes(mark); count++) mark = `\\r${count}`
  return `replace(${textLiteral(text.replaceAll('\r', mark))},${textLiteral(mark)},char(13))`
}

/** AUTOINCREMENT's counters, as they were and not as loading the rows left them. */
function* sequence(db: DatabaseSync, objects: readonly SchemaObject[], onRow: OnRow): Generator<string> {
  const counters = objects.find((one) => one.name === 'sqlite_sequence')
  if (counters === undefined) return
  const stillUsed = objects.some((one) => one !== counters && /\bautoincrement\b/i.test(one.sql))
  // The table of counters outlives the tables that needed it; it can only be made by making such a table.
  if (!stillUsed)
    yield 'CREATE TABLE pulih_sequence(id INTEGER PRIMARY KEY AUTOINCREMENT);\nDROP TABLE pulih_sequence;\n'
  yield 'DELETE FROM sqlite_sequence;\n'
  yield* inserts(db, describeTable(db, counters), onRow)
}

/** What ANALYZE found. `sqlite_stat4` is left out: not every SQLite can hold it, and ANALYZE makes it anew. */
function* statistics(db: DatabaseSync, objects: readonly SchemaObject[], onRow: OnRow): Generator<string> {
  const found = objects.find((one) => one.name === 'sqlite_stat1')
  if (found === undefined) return
  yield 'ANALYZE sqlite_master;\nDELETE FROM sqlite_stat1;\n'
  yield* inserts(db, describeTable(db, found), onRow)
}

/** Their rows are already there, in their shadow tables: only the entry in the schema is missing. */
function* virtualTables(objects: readonly SchemaObject[]): Generator<string> {
  if (objects.length === 0) return
  yield 'PRAGMA writable_schema = ON;\n'
  for (const { name, table, sql } of objects) {
    const values = ["'table'", textLiteral(name), textLiteral(table), '0', textExpression(sql)]
    yield `INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES(${values.join(',')});\n`
  }
  yield 'PRAGMA writable_schema = OFF;\n'
}

/** Statements written under Windows: the shell reads them without their carriage returns, so these are put back. */
function* carriageReturns(objects: readonly SchemaObject[]): Generator<string> {
  const affected = objects.filter(({ sql }) => sql.includes('\r'))
  if (affected.length === 0) return
  yield 'PRAGMA writable_schema = ON;\n'
  for (const { type, name, sql } of affected) {
    yield `UPDATE sqlite_master SET sql = ${textExpression(sql)} WHERE type = '${type}' AND name = ${textLiteral(name)};\n`
  }
  yield 'PRAGMA writable_schema = OFF;\n'
}
