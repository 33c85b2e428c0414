import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { Asks, Conflict, Merged, SchemaObject, TableSurvey } from './protocol.ts'
import { isVirtual, realTables } from './schema.ts'
import { newDatabase } from './survey.ts'
import { id, shapeOf, type TableShape, text, writable } from './table.ts'

const conflictsNamed = 100

/**
 * Builds a new database: tables that are whole in the damaged file as they are there; of the others the backup's rows, and
 * the readable rows that only the damaged file has. A row both have with other values stays as in the backup and is named.
 */
export function merge({ survey, extract, base, to }: Asks['merge']['take']): Merged {
  if (survey.facts === null) throw new Error('nothing to merge')
  using db = newDatabase(to, survey.facts)
  db.exec(`ATTACH ${source(extract)} AS x`)
  if (base !== null) db.exec(`ATTACH ${source(base)} AS b`)
  const builder = new Builder(db, base !== null)
  const states = new Map(survey.tables.map((one) => [one.name, one]))
  db.exec('BEGIN')
  const tables = realTables(survey.objects)
  for (const table of tables) db.prepare(table.sql ?? '').run()
  for (const table of tables) builder.fill(table.name, states.get(table.name) ?? null)
  builder.sequences()
  db.exec('COMMIT')
  for (const object of survey.objects) addObject(db, object)
  finish(db, survey)
  return builder.result()
}

function source(file: string): string {
  return text(`${pathToFileURL(file).href}?immutable=1`)
}

function addObject(db: DatabaseSync, object: SchemaObject): void {
  if (object.sql === null || /^sqlite_/i.test(object.name)) return
  if (object.type !== 'table') db.prepare(object.sql).run()
  else if (isVirtual(object)) {
    // Its shadow tables are there already, so it is only entered, as a dump does.
    db.exec('PRAGMA writable_schema = ON')
    db.prepare("INSERT INTO sqlite_schema VALUES ('table', ?, ?, 0, ?)").run(object.name, object.name, object.sql)
    db.exec('PRAGMA writable_schema = RESET')
  }
}

function finish(db: DatabaseSync, { facts, objects }: Asks['merge']['take']['survey']): void {
  if (objects.some(({ name }) => name === 'sqlite_stat1')) db.exec('ANALYZE main')
  db.exec(`PRAGMA user_version = ${facts?.userVersion ?? 0}; PRAGMA application_id = ${facts?.applicationId ?? 0}`)
  db.exec('DETACH x')
  // As the app had it; the log is written back when this connection closes.
  db.exec(`PRAGMA journal_mode = ${facts?.journalMode === 'wal' ? 'WAL' : 'DELETE'}`)
}

class Builder {
  readonly #db: DatabaseSync
  readonly #hasBase: boolean
  readonly #rows: Record<string, number> = {}
  readonly #kept: Record<string, number> = {}
  readonly #conflicts: Record<string, number> = {}
  readonly #refused: Record<string, number> = {}
  readonly #named: Conflict[] = []

  constructor(db: DatabaseSync, hasBase: boolean) {
    this.#db = db
    this.#hasBase = hasBase
  }

  fill(name: string, survey: TableSurvey | null): void {
    const shape = shapeOf(this.#db, 'main', name)
    if (shape === null) return
    const inBase = this.#hasBase ? shapeOf(this.#db, 'b', name) : null
    const state = survey?.state ?? 'unreadable'
    if (state !== 'sound' && inBase !== null) this.#copy('b', shape, inBase)
    if (state === 'sound') this.#copy('x', shape, shape)
    if (state === 'partial') this.#add(shape, inBase)
    this.#rows[name] = this.#count(`main.${id(name)}`)
  }

  #copy(from: 'x' | 'b', shape: TableShape, other: TableShape): void {
    const names = sharedColumns(shape, other)
    const before = this.#count(`${from}.${id(shape.name)}`)
    const { changes } = this.#db
      .prepare(
        `INSERT OR IGNORE INTO main.${id(shape.name)} (${names.map(id).join(',')})
         SELECT ${names.map(id).join(',')} FROM ${from}.${id(shape.name)}`,
      )
      .run()
    if (Number(changes) !== before) this.#refused[shape.name] = before - Number(changes)
  }

  /** Readable rows the backup has not; and those it has otherwise. */
  #add(shape: TableShape, inBase: TableShape | null): void {
    const { name, key, alias } = shape
    if (inBase === null) this.#copy('x', shape, shape)
    if (inBase === null || key === null) return
    const match = key.map((column) => `b.${id(column)} IS x.${id(column)}`).join(' AND ')
    const keepsRowid = key.length === 1 && key[0] === shape.rowid
    const names = keepsRowid ? sharedColumns(shape, shape) : [...(alias === null ? [] : [alias]), ...writable(shape)]
    const { changes } = this.#db
      .prepare(
        `INSERT OR IGNORE INTO main.${id(name)} (${names.map(id).join(',')})
         SELECT ${names.map((one) => `x.${id(one)}`).join(',')} FROM x.${id(name)} AS x
         WHERE NOT EXISTS (SELECT 1 FROM b.${id(name)} AS b WHERE ${match})`,
      )
      .run()
    this.#kept[name] = Number(changes)
    this.#compare(shape, inBase, match)
  }

  #compare(shape: TableShape, inBase: TableShape, match: string): void {
    const { name, key } = shape
    const columns = writable(shape).filter((one) => writable(inBase).includes(one) && !key?.includes(one))
    if (columns.length === 0) return
    const differs = columns.map((one) => `b.${id(one)} IS NOT x.${id(one)} COLLATE BINARY`).join(' OR ')
    const from = `FROM x.${id(name)} AS x JOIN b.${id(name)} AS b ON ${match} WHERE ${differs}`
    const count = Number(this.#db.prepare(`SELECT count(*) AS n ${from}`).get()?.n)
    if (count === 0) return
    this.#conflicts[name] = count
    const label = (key ?? []).map((column) => `quote(x.${id(column)})`).join(" || ', ' || ")
    for (const row of this.#db.prepare(`SELECT ${label} AS key ${from} LIMIT ${conflictsNamed}`).all()) {
      if (this.#named.length < conflictsNamed) this.#named.push({ table: name, key: String(row.key) })
    }
  }

  /** Never lower than either side knew: a number that was given out is not given out again. */
  sequences(): void {
    if (!this.#has('main')) return
    this.#db.exec('DELETE FROM main.sqlite_sequence')
    const sides = (['x', 'b'] as const).filter((side) => (side === 'x' || this.#hasBase) && this.#has(side))
    if (sides.length === 0) return
    const all = sides.map((side) => `SELECT name, seq FROM ${side}.sqlite_sequence`).join(' UNION ALL ')
    this.#db.exec(`INSERT INTO main.sqlite_sequence (name, seq) SELECT name, max(seq) FROM (${all}) GROUP BY name`)
  }

  #has(side: 'main' | 'x' | 'b'): boolean {
    return this.#db.prepare(`SELECT 1 FROM ${side}.sqlite_schema WHERE name = 'sqlite_sequence'`).get() !== undefined
  }

  #count(table: string): number {
    return Number(this.#db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n)
  }

  result(): Merged {
    return {
      rows: this.#rows,
      kept: this.#kept,
      conflicts: this.#conflicts,
      named: this.#named,
      refused: this.#refused,
    }
  }
}

/** Columns both can hold, the rowid among them where both can name it alike. */
function sharedColumns(shape: TableShape, other: TableShape): string[] {
  const rowid = shape.rowid !== null && shape.rowid === other.rowid ? [shape.rowid] : []
  const there = new Set([...writable(other), ...(other.alias === null ? [] : [other.alias])])
  return [...rowid, ...writable(shape).filter((name) => there.has(name))]
}
