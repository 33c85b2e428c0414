/**
 * A process of its own: compares two of our closed copies and answers line by line. Damaged bytes may end it; the parent
 * then knows nothing, and says so. Standard input: DiffAsk; standard output: lines of DiffLine.
 */
import { readFileSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { ChangedPages } from './changed-pages.ts'
import type { DiffAsk, DiffLine, FileDiff, SchemaDifference, TableDiff } from './protocol.ts'
import { compareTable, type TableSide, wholeTable } from './table.ts'

interface Item {
  readonly type: string
  readonly name: string
  readonly sql: string
  readonly root: number
}

function compare({ from, to, table, rows }: DiffAsk): FileDiff {
  using db = new DatabaseSync(url(from), { readOnly: true })
  db.exec('PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY')
  db.prepare('ATTACH ? AS other').run(url(to))
  using pages = ChangedPages.open(from, to)
  const [before, after] = [itemsOf(db, 'main'), itemsOf(db, 'other')]
  const names = new Set([...tablesOf(db, 'main').keys(), ...tablesOf(db, 'other').keys()])
  const wanted = [...names].filter((one) => table === null || one === table).sort()
  const compareOne = (name: string): TableDiff => compareNamed(db, name, { pages, before, after, rows })
  return {
    schema: schemaDifferences(db, before, after).filter(({ name }) => table === null || name === table),
    tables: Object.fromEntries(wanted.map((name) => [name, compareOne(name)])),
  }
}

function url(file: string): string {
  return `${pathToFileURL(file).href}?immutable=1`
}

interface Sides {
  readonly pages: ChangedPages | null
  readonly before: ReadonlyMap<string, Item>
  readonly after: ReadonlyMap<string, Item>
  readonly rows: boolean
}

function compareNamed(db: DatabaseSync, name: string, { pages, before, after, rows }: Sides): TableDiff {
  try {
    const [main, other] = [tablesOf(db, 'main').get(name), tablesOf(db, 'other').get(name)]
    if (main === undefined) return wholeTable(db, 'other', name)
    if (other === undefined) return wholeTable(db, 'main', name)
    const isAlike = before.get(`table ${name}`)?.sql === after.get(`table ${name}`)?.sql
    const suspects = !isAlike || pages === null ? 'all' : pages.suspects(main.root, other.root, !main.withoutRowid)
    return compareTable(db, name, { sides: { main, other }, suspects }, rows ? (row) => tell({ row }) : null)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { inserted: null, deleted: null, changed: null, columns: {}, problem }
  }
}

/** Ordinary tables and those behind virtual ones; SQLite's own apart. */
function tablesOf(db: DatabaseSync, side: 'main' | 'other'): Map<string, TableSide> {
  const rows = db
    .prepare(
      `SELECT l.name, l.wr, s.rootpage FROM pragma_table_list AS l JOIN ${side}.sqlite_schema AS s
       ON s.type = 'table' AND s.name = l.name
       WHERE l.schema = ? AND l.type IN ('table', 'shadow') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all(side)
  return new Map(rows.map((row) => [String(row.name), { root: Number(row.rootpage), withoutRowid: row.wr === 1 }]))
}

function itemsOf(db: DatabaseSync, side: 'main' | 'other'): Map<string, Item> {
  const rows = db.prepare(`SELECT type, name, coalesce(sql, '') AS sql, rootpage FROM ${side}.sqlite_schema`).all()
  const items = rows.map((row): Item => {
    return { type: String(row.type), name: String(row.name), sql: String(row.sql), root: Number(row.rootpage) }
  })
  return new Map(items.filter(({ name }) => !/^sqlite_/i.test(name)).map((one) => [`${one.type} ${one.name}`, one]))
}

function schemaDifferences(
  db: DatabaseSync,
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
): SchemaDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)]
    if (was?.sql === is?.sql) return []
    const { type, name } = (is ?? was) as Item
    const columns = (side: 'main' | 'other'): string[] =>
      db
        .prepare('SELECT name FROM pragma_table_xinfo(?, ?)')
        .all(name, side)
        .map((row) => String(row.name))
    const [old, now] = was !== undefined && is !== undefined ? [columns('main'), columns('other')] : [[], []]
    const columnsAdded = now.filter((one) => !old.includes(one))
    const columnsRemoved = old.filter((one) => !now.includes(one))
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    return [{ change, type, name, columnsAdded, columnsRemoved } as const]
  })
}

let waiting = ''

/** Written at once, so that no row waits in memory for a slow reader. */
function tell(line: DiffLine): void {
  waiting += `${JSON.stringify(line)}\n`
  if (waiting.length > 65536 || 'done' in line) {
    for (let bytes = Buffer.from(waiting); bytes.length > 0; ) bytes = bytes.subarray(writeSync(1, bytes))
    waiting = ''
  }
}

tell({ done: compare(JSON.parse(readFileSync(0, 'utf8')) as DiffAsk) })
