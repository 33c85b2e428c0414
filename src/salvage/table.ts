import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { OddText, type Value } from '../format/sqlite/record.ts'

interface Column {
  readonly name: string
  readonly pk: number
  /** 2 generated and not stored, 3 generated and stored. */
  readonly hidden: number
}

/** How rows of one table are stored and named. */
export interface TableShape {
  readonly name: string
  readonly withoutRowid: boolean
  readonly columns: readonly Column[]
  /** In the order in which records hold them. */
  readonly stored: readonly Column[]
  /** The column that is the rowid itself. */
  readonly alias: string | null
  /** What the rowid may be called: the alias, or a name no column hides; null: nothing. */
  readonly rowid: string | null
  /** What names a row: the declared primary key, else the rowid. Null: nothing does. */
  readonly key: readonly string[] | null
}

export function shapeOf(db: DatabaseSync, schema: string, name: string): TableShape | null {
  const listed = db
    .prepare("SELECT wr FROM pragma_table_list WHERE schema = ? AND name = ? AND type <> 'view'")
    .get(schema, name)
  if (listed === undefined) return null
  const withoutRowid = Number(listed.wr) === 1
  const rows = db.prepare(`PRAGMA ${id(schema)}.table_xinfo(${id(name)})`).all()
  const columns = rows.map((row) => ({ name: String(row.name), pk: Number(row.pk), hidden: Number(row.hidden) }))
  const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  const indexes = db.prepare(`PRAGMA ${id(schema)}.index_list(${id(name)})`).all()
  const hasKeyIndex = indexes.some((index) => index.origin === 'pk')
  const alias = !withoutRowid && keys.length === 1 && !hasKeyIndex ? (keys[0] as Column).name : null
  const taken = new Set(columns.map((column) => column.name.toLowerCase()))
  const free = ['rowid', '_rowid_', 'oid'].find((one) => !taken.has(one)) ?? null
  const rowid = withoutRowid ? null : (alias ?? free)
  const inRecord = columns.filter(({ hidden }) => hidden !== 2)
  return {
    name,
    withoutRowid,
    columns,
    stored: withoutRowid ? [...keys, ...inRecord.filter(({ pk }) => pk === 0)] : inRecord,
    alias,
    rowid,
    key: keys.length > 0 ? keys.map((column) => column.name) : rowid === null ? null : [rowid],
  }
}

/** Columns that can be written, without the rowid's alias. */
export function writable({ columns, alias }: TableShape): string[] {
  return columns.filter(({ name, hidden }) => hidden === 0 && name !== alias).map(({ name }) => name)
}

/** Puts rows as they were read from pages into a table of the same declaration. */
export class RowWriter {
  readonly #db: DatabaseSync
  readonly #shape: TableShape
  readonly #statements = new Map<string, StatementSync>()

  constructor(db: DatabaseSync, shape: TableShape) {
    this.#db = db
    this.#shape = shape
  }

  /** False: it is no row of this table, or the table refuses it (a key twice, a NULL where none may be). */
  write(rowid: number | bigint, values: readonly Value[]): boolean {
    const { stored, rowid: rowidName, alias } = this.#shape
    if (values.length > stored.length) return false
    const names: string[] = []
    const bound: (null | bigint | number | string | Uint8Array)[] = []
    let odd = ''
    const add = (name: string, value: Value): void => {
      odd += value instanceof OddText ? '1' : '0'
      names.push(name)
      bound.push(value instanceof OddText ? value.bytes : value)
    }
    if (rowidName !== null) add(rowidName, BigInt(rowid))
    for (const [n, value] of values.entries()) {
      const column = stored[n]!
      // Columns that were added later are missing in old records: left out here, they get their default.
      if (column.hidden === 0 && column.name !== alias) add(column.name, value)
    }
    try {
      return Number(this.#statement(names, odd).run(...bound).changes) === 1
    } catch {
      // STRICT tables and unknown collations refuse by an error; what is refused is counted by the caller.
      return false
    }
  }

  #statement(names: readonly string[], odd: string): StatementSync {
    const key = `${names.length} ${odd}`
    const known = this.#statements.get(key)
    if (known !== undefined) return known
    const marks = [...odd].map((one) => (one === '1' ? 'CAST(? AS TEXT)' : '?'))
    const columns = names.map(id).join(',')
    const sql =
      names.length === 0
        ? `INSERT INTO ${id(this.#shape.name)} DEFAULT VALUES`
        : `INSERT OR IGNORE INTO ${id(this.#shape.name)} (${columns}) VALUES (${marks.join(',')})`
    const statement = this.#db.prepare(sql)
    this.#statements.set(key, statement)
    return statement
  }
}

/** A name in SQL. */
export function id(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in SQL. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
