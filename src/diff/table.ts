import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RowidRange, Suspects } from './changed-pages.ts'
import type { CellValue, RowDiff, TableDiff } from './protocol.ts'

type Side = 'main' | 'other'

interface Column {
  readonly name: string
  readonly pk: number
}

/** How the rows of one table are named and what of them can be set side by side. */
interface Shape {
  readonly name: string
  /** What names a row on both sides. */
  readonly key: readonly string[]
  /** Shared columns. */
  readonly columns: readonly string[]
  /** All columns of each side, for rows that only it has. */
  readonly all: Readonly<Record<Side, readonly string[]>>
  /** What the rowid is called on both sides; null: there is none. */
  readonly rowid: string | null
}

export interface TableSide {
  readonly root: number
  readonly withoutRowid: boolean
}

const unknown: TableDiff = { inserted: null, deleted: null, changed: null, columns: {}, problem: null }

/** A table that only one side has. */
export function wholeTable(db: DatabaseSync, side: Side, name: string): TableDiff {
  const rows = Number(db.prepare(`SELECT count(*) AS n FROM ${side}.${id(name)} NOT INDEXED`).get()?.n)
  const none = { ...unknown, inserted: 0, deleted: 0, changed: 0 }
  return side === 'main' ? { ...none, deleted: rows } : { ...none, inserted: rows }
}

/**
 * Compares a table of `main` (before) with the one of `other` (after); `onRow` is told of every row that differs, when it
 * is given. Exact to the value and its type.
 */
export function compareTable(
  db: DatabaseSync,
  name: string,
  { sides, suspects }: { readonly sides: Readonly<Record<Side, TableSide>>; readonly suspects: Suspects },
  onRow: ((row: RowDiff) => void) | null,
): TableDiff {
  if (suspects === 'none') return { ...unknown, inserted: 0, deleted: 0, changed: 0 }
  const shape = shapeOf(db, name, sides)
  if (shape === null) return { ...unknown, problem: 'no key names its rows on both sides' }
  if (suspects !== 'all') fillRanges(db, suspects)
  const tables = new Pair(db, shape, suspects !== 'all')
  const counts = tables.counts()
  if (onRow !== null) tables.tellRows(onRow)
  return counts
}

function fillRanges(db: DatabaseSync, ranges: readonly RowidRange[]): void {
  db.exec('CREATE TEMP TABLE IF NOT EXISTS ranges (low INTEGER, high INTEGER); DELETE FROM temp.ranges')
  const add = db.prepare('INSERT INTO temp.ranges VALUES (?, ?)')
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n]
  for (const { above, upTo } of ranges) add.run(above === null ? least : above + 1n, upTo ?? most)
}

class Pair {
  readonly #db: DatabaseSync
  readonly #shape: Shape
  readonly #isPart: boolean

  constructor(db: DatabaseSync, shape: Shape, isPart: boolean) {
    this.#db = db
    this.#shape = shape
    this.#isPart = isPart
  }

  /** The rows of one side that may differ, under `name`. */
  #rows(side: Side, name: 'l' | 'r'): string {
    const table = `${side}.${id(this.#shape.name)} AS ${name}`
    if (!this.#isPart) return table
    return `temp.ranges AS g CROSS JOIN ${table} ON ${name}.${this.#rowid} BETWEEN g.low AND g.high`
  }

  get #rowid(): string {
    return id(this.#shape.rowid ?? '')
  }

  get #match(): string {
    return this.#shape.key.map((one) => `l.${id(one)} = r.${id(one)}`).join(' AND ')
  }

  /** Never NULL in a row that is there. */
  get #proof(): string {
    return id(this.#shape.rowid ?? (this.#shape.key[0] as string))
  }

  counts(): TableDiff {
    const { columns, name } = this.#shape
    const [left, right] = [`main.${id(name)}`, `other.${id(name)}`]
    const joined = `FROM ${this.#rows('main', 'l')} JOIN ${right} AS r ON ${this.#match}`
    const pairs = this.#count(joined)
    const differing = columns.map(differs)
    const each = differing.map((one, n) => `, total(${one}) AS c${n}`).join('')
    const isChanged = differing.length === 0 ? '0' : differing.join(' OR ')
    // What differs in which column is asked of the changed rows alone.
    const changed = this.#db.prepare(`SELECT count(*) AS n${each} ${joined} WHERE ${isChanged}`).get()!
    const missing = (from: 'l' | 'r', side: Side, other: string): number => {
      const all = this.#count(`FROM ${this.#rows(side, from)}`)
      if (!this.#isPart) return all - pairs
      if (from === 'l') return all - pairs
      return all - this.#count(`FROM ${this.#rows(side, from)} JOIN ${other} AS l ON ${this.#match}`)
    }
    const changedIn = columns.map((one, n) => [one, Number(changed[`c${n}`])] as const).filter(([, count]) => count > 0)
    return {
      inserted: missing('r', 'other', left),
      deleted: missing('l', 'main', right),
      ...{ changed: Number(changed.n), columns: Object.fromEntries(changedIn), problem: null },
    }
  }

  #count(from: string): number {
    return Number(this.#db.prepare(`SELECT count(*) AS n ${from}`).get()?.n)
  }

  tellRows(onRow: (row: RowDiff) => void): void {
    const { columns, name } = this.#shape
    const [left, right] = [`main.${id(name)}`, `other.${id(name)}`]
    this.#tellWhole(
      'deleted',
      `${this.#rows('main', 'l')} LEFT JOIN ${right} AS r ON ${this.#match} WHERE r.${this.#proof} IS NULL`,
      onRow,
    )
    this.#tellWhole(
      'inserted',
      `${this.#rows('other', 'r')} LEFT JOIN ${left} AS l ON ${this.#match} WHERE l.${this.#proof} IS NULL`,
      onRow,
    )
    if (columns.length === 0) return
    const statement = arrays(
      this.#db.prepare(
        `SELECT ${[...columns.map((one) => `l.${id(one)}`), ...columns.map((one) => `r.${id(one)}`), ...this.#keys('l')].join(',')}
         FROM ${this.#rows('main', 'l')} JOIN ${right} AS r ON ${this.#match} WHERE ${columns.map(differs).join(' OR ')}`,
      ),
    )
    for (const row of rowsOf(statement)) {
      const [was, is] = [row.slice(0, columns.length), row.slice(columns.length, 2 * columns.length)]
      const at = columns.map((_, n) => n).filter((n) => !isSame(was[n], is[n]))
      const pick = (values: readonly unknown[]) => Object.fromEntries(at.map((n) => [columns[n], cell(values[n])]))
      const key = this.#keyOf(row.slice(2 * columns.length))
      onRow({ table: name, change: 'changed', key, before: pick(was), after: pick(is) })
    }
  }

  #tellWhole(change: 'inserted' | 'deleted', from: string, onRow: (row: RowDiff) => void): void {
    const [side, name] = change === 'deleted' ? (['main', 'l'] as const) : (['other', 'r'] as const)
    const columns = this.#shape.all[side]
    const picked = [...columns.map((one) => `${name}.${id(one)}`), ...this.#keys(name)]
    const statement = arrays(this.#db.prepare(`SELECT ${picked.join(',')} FROM ${from}`))
    for (const row of rowsOf(statement)) {
      const values = Object.fromEntries(columns.map((one, n) => [one, cell(row[n])]))
      const key = this.#keyOf(row.slice(columns.length))
      const [before, after] = change === 'deleted' ? [values, null] : [null, values]
      onRow({ table: this.#shape.name, change, key, before, after })
    }
  }

  #keys(name: 'l' | 'r'): string[] {
    return this.#shape.key.map((one) => `${name}.${id(one)}`)
  }

  #keyOf(values: readonly unknown[]): RowDiff['key'] {
    return Object.fromEntries(this.#shape.key.map((one, n) => [one, cell(values[n])]))
  }
}

/** Value and type: 1 and 1.0 are two values, and no collation makes two texts one. */
function differs(column: string): string {
  const [l, r] = [`l.${id(column)}`, `r.${id(column)}`]
  return `(${l} IS NOT ${r} COLLATE BINARY OR typeof(${l}) <> typeof(${r}))`
}

function arrays(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement
}

function rowsOf(statement: StatementSync): Iterable<readonly unknown[]> {
  return statement.iterate() as Iterable<unknown> as Iterable<readonly unknown[]>
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return a === b
}

function cell(value: unknown): CellValue {
  if (typeof value === 'bigint') {
    const isExact = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    return isExact ? Number(value) : { integer: String(value) }
  }
  if (value instanceof Uint8Array) return { blob: Buffer.from(value).toString('hex') }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return typeof value === 'string' ? value : null
}

/** Null: nothing names a row on both sides. */
function shapeOf(db: DatabaseSync, name: string, sides: Readonly<Record<Side, TableSide>>): Shape | null {
  const [here, there] = [columnsOf(db, 'main', name), columnsOf(db, 'other', name)]
  const shared = here.map((one) => one.name).filter((one) => there.some((other) => other.name === one))
  const taken = new Set([...here, ...there].map((one) => one.name.toLowerCase()))
  const free = ['rowid', '_rowid_', 'oid'].find((one) => !taken.has(one)) ?? null
  const hasRowid = !sides.main.withoutRowid && !sides.other.withoutRowid
  const rowid = hasRowid ? (free ?? aliasOf(db, here, name)) : null
  const declared = keyOf(here)
  const isSameKey = declared.length > 0 && declared.join('\0') === keyOf(there).join('\0')
  const isWhole = isSameKey && !hasNull(db, 'main', name, declared) && !hasNull(db, 'other', name, declared)
  const key = isWhole ? declared : rowid === null ? null : [rowid]
  if (key === null) return null
  const all = { main: here.map((one) => one.name), other: there.map((one) => one.name) }
  return { name, key, columns: shared, all, rowid }
}

function aliasOf(db: DatabaseSync, columns: readonly Column[], name: string): string | null {
  const [only, more] = columns.filter(({ pk }) => pk > 0)
  const hasIndex = db.prepare('SELECT 1 FROM pragma_index_list(?, ?) WHERE origin = ?').get(name, 'main', 'pk')
  return only === undefined || more !== undefined || hasIndex !== undefined ? null : only.name
}

/** SQLite lets a declared key hold NULL more than once; then it names no row. */
function hasNull(db: DatabaseSync, side: Side, name: string, key: readonly string[]): boolean {
  const isNull = key.map((one) => `${id(one)} IS NULL`).join(' OR ')
  return db.prepare(`SELECT 1 FROM ${side}.${id(name)} WHERE ${isNull} LIMIT 1`).get() !== undefined
}

function keyOf(columns: readonly Column[]): string[] {
  return columns
    .filter(({ pk }) => pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map(({ name }) => name)
}

/** Columns that are stored; what is computed from them says nothing new. */
function columnsOf(db: DatabaseSync, side: Side, table: string): Column[] {
  const rows = db.prepare('SELECT name, pk FROM pragma_table_xinfo(?, ?) WHERE hidden = 0').all(table, side)
  return rows.map((row) => ({ name: String(row.name), pk: Number(row.pk) }))
}

/** A name in SQL. */
export function id(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
