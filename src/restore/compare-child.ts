/**
 * A process of its own: opens two of our copies (never a live file) and answers how their rows differ. Damaged bytes may
 * end it; the parent then knows nothing, which is what it says. Standard input: CompareRequest, standard output: Comparison.
 */
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { CompareRequest, Comparison, TableDifference } from './compare.ts'

interface Column {
  readonly name: string
  readonly key: number
}

function compareDatabases({ live, backup, thorough = false }: CompareRequest): Comparison {
  using db = new DatabaseSync(live, { enableForeignKeyConstraints: false })
  // Both settings hold for our own throw-away copy: nothing in it needs to survive, and its schema is not trusted.
  db.exec('PRAGMA trusted_schema = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536')
  db.exec(`ATTACH ${text(`${pathToFileURL(backup).href}?immutable=1`)} AS backup`)
  const here = new Map(tablesOf(db, 'main'))
  const there = new Map(tablesOf(db, 'backup'))
  const tables: Record<string, TableDifference> = {}
  for (const name of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    tables[name] = compareTable(db, name, { here: here.get(name) ?? null, there: there.get(name) ?? null, thorough })
  }
  return { tables, damage: Object.values(tables).find((one) => one.damage !== null)?.damage ?? null }
}

/** Ordinary tables and whether they have a rowid; SQLite's own, virtual ones and their shadows apart. */
function tablesOf(db: DatabaseSync, schema: 'main' | 'backup'): [name: string, withoutRowid: boolean][] {
  const rows = db
    .prepare(
      `SELECT name, wr FROM pragma_table_list WHERE schema = ? AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all(schema)
  return rows.map((row) => [String(row.name), row.wr === 1])
}

interface Sides {
  /** Whether it has no rowid; null: there is no such table. */
  readonly here: boolean | null
  readonly there: boolean | null
  readonly thorough: boolean
}

function compareTable(db: DatabaseSync, name: string, { here, there, thorough }: Sides): TableDifference {
  try {
    if (here === null) return { ...none, onlyInBackup: count(db, 'backup', name) }
    const damage = damageOf(db, name, thorough)
    if (damage !== null) return { ...unknown, damage }
    if (there === null) return { ...none, lost: count(db, 'main', name) }
    return compareRows(db, name, here, there)
  } catch (error) {
    return { ...unknown, damage: error instanceof Error ? error.message : String(error) }
  }
}

const none: TableDifference = { lost: 0, changed: 0, onlyInBackup: 0, damage: null }
const unknown: TableDifference = { lost: null, changed: null, onlyInBackup: null, damage: null }

function damageOf(db: DatabaseSync, name: string, thorough: boolean): string | null {
  const check = thorough ? 'integrity_check' : 'quick_check'
  const [first] = db.prepare(`PRAGMA main.${check}(${text(name)})`).all()
  const line = String(Object.values(first ?? {})[0] ?? 'ok')
  return line === 'ok' ? null : line
}

/** One pass over the rows both have; keys are unique, so the rest is subtraction. */
function compareRows(db: DatabaseSync, name: string, hereWithout: boolean, thereWithout: boolean): TableDifference {
  const here = columnsOf(db, 'main', name)
  const there = columnsOf(db, 'backup', name)
  const key = sameKey(here, there, hereWithout || thereWithout)
  if (key === null) return unknown
  const shared = here.filter((one) => one.key === 0 && there.some((other) => other.name === one.name))
  const differs = shared.map(({ name: c }) => `l.${id(c)} IS NOT b.${id(c)} COLLATE BINARY`)
  const row = db
    .prepare(
      `SELECT count(*) AS common, total(${differs.length === 0 ? '0' : differs.join(' OR ')}) AS changed
       FROM main.${id(name)} AS l JOIN backup.${id(name)} AS b ON ${key.map((c) => `b.${c} IS l.${c}`).join(' AND ')}`,
    )
    .get()!
  const common = Number(row.common)
  const lost = count(db, 'main', name) - common
  const onlyInBackup = count(db, 'backup', name) - common
  // SQLite lets a declared key hold NULL more than once; then rows pair up several times and nothing can be said.
  if (lost < 0 || onlyInBackup < 0) return unknown
  return { lost, onlyInBackup, changed: Number(row.changed), damage: null }
}

/** What names a row in both: the declared primary key, else the rowid under a name no column hides. Null: nothing does. */
function sameKey(here: readonly Column[], there: readonly Column[], withoutRowid: boolean): string[] | null {
  const declared = keyOf(here)
  if (declared.join() !== keyOf(there).join()) return null
  if (declared.length > 0) return declared
  if (withoutRowid) return null
  const taken = new Set([...here, ...there].map((column) => column.name.toLowerCase()))
  const rowid = ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name))
  return rowid === undefined ? null : [rowid]
}

function keyOf(columns: readonly Column[]): string[] {
  return columns
    .filter((column) => column.key > 0)
    .sort((a, b) => a.key - b.key)
    .map((column) => id(column.name))
}

function columnsOf(db: DatabaseSync, schema: 'main' | 'backup', table: string): Column[] {
  const rows = db.prepare('SELECT name, pk FROM pragma_table_info(?, ?)').all(table, schema)
  return rows.map((row) => ({ name: String(row.name), key: Number(row.pk) }))
}

function count(db: DatabaseSync, schema: 'main' | 'backup', table: string): number {
  return Number(db.prepare(`SELECT count(*) AS n FROM ${schema}.${id(table)}`).get()?.n)
}

function id(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

const request = JSON.parse(readFileSync(0, 'utf8')) as CompareRequest
process.stdout.write(JSON.stringify(compareDatabases(request)))
