import type { DatabaseSync } from 'node:sqlite'

/** One table as an export reads it: what to select, in which order, and what an INSERT names. */
export interface ExportTable {
  readonly name: string
  readonly sql: string
  /** Columns an INSERT may name; generated ones are left out. */
  readonly columns: readonly string[]
  /** The name under which the rowid can be read and written; null for WITHOUT ROWID and where a column took all names. */
  readonly rowid: string | null
  /** The rowid must be written: no column stands for it. */
  readonly keepsRowid: boolean
}

export interface SchemaObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger'
  readonly name: string
  readonly table: string
  readonly sql: string
}

/** Everything of `sqlite_schema` that has SQL (what SQLite makes by itself has none), in the order it was made. */
export function schemaOf(db: DatabaseSync): readonly SchemaObject[] {
  const rows = db
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid')
    .all()
  return rows.map((row) => ({
    type: row.type as SchemaObject['type'],
    name: String(row.name),
    table: String(row.tbl_name),
    sql: String(row.sql),
  }))
}

/** True for `CREATE VIRTUAL TABLE`: its rows live in shadow tables, which are exported as what they are. */
export function isVirtual(object: SchemaObject): boolean {
  return object.type === 'table' && /^\s*create\s+virtual\s/i.test(object.sql)
}

/** Looks at one ordinary table's columns. */
export function describeTable(db: DatabaseSync, { name, sql }: SchemaObject): ExportTable {
  const columns = db.prepare(`SELECT name, type, pk, hidden FROM pragma_table_xinfo(${textLiteral(name)})`).all()
  const names = columns.map((column) => String(column.name))
  const rowid = ['rowid', '_rowid_', 'oid'].find((one) => !names.some((other) => other.toLowerCase() === one)) ?? null
  const readable = rowid !== null && hasRowid(db, name, rowid)
  return {
    name,
    sql,
    columns: columns.filter((column) => Number(column.hidden) === 0).map((column) => String(column.name)),
    rowid: readable ? rowid : null,
    keepsRowid: readable && !hasIntegerKey(db, name, columns),
  }
}

/** `"name"`, whatever is in it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** `'text'`; without NUL, which no SQL text can hold. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function hasRowid(db: DatabaseSync, table: string, rowid: string): boolean {
  try {
    db.prepare(`SELECT ${rowid} FROM ${identifier(table)} LIMIT 0`)
    return true
  } catch {
    // `no such column`: a WITHOUT ROWID table. Anything else wrong with the table shows when its rows are read.
    return false
  }
}

/** One key column of type INTEGER is the rowid by another name, unless the key got an index of its own (`… DESC`). */
function hasIntegerKey(db: DatabaseSync, table: string, columns: readonly Record<string, unknown>[]): boolean {
  const keys = columns.filter((column) => Number(column.pk) > 0)
  if (keys.length !== 1 || String(keys[0]!.type).toUpperCase() !== 'INTEGER') return false
  const indexes = db.prepare(`SELECT 1 FROM pragma_index_list(${textLiteral(table)}) WHERE origin = 'pk'`).all()
  return indexes.length === 0
}
