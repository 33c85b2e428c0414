import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { headerBytes, readHeader, type SqliteHeader } from '../format/sqlite/header.ts'
import { rowidOfEntry } from '../format/sqlite/record.ts'
import { Pages, type Shape } from './pages.ts'
import type { Asks, DatabaseFacts, SchemaObject, Survey, TableSurvey } from './protocol.ts'
import { openImmutable, realTables, schemaOfBackup, schemaOfPages } from './schema.ts'
import { id, RowWriter, shapeOf, type TableShape } from './table.ts'
import { Claims, type Fault, walkTree } from './tree.ts'

const faultsNamed = 20

/**
 * Reads every table of a damaged database page by page into a new database `to` (tables only), and says of each how much
 * of it there is. The list of tables is the file's own, or the backup's when the file's cannot be read.
 */
export function survey({ main, wal, base, to }: Asks['survey']['take']): Survey {
  const baseHeader = base === null ? null : headerOf(base)
  using pages = Pages.open(main, wal, baseHeader)
  if (pages === null) return nothing(base, baseHeader)
  const look = new Look(pages)
  const { objects, schemaFrom } = look.schema(base)
  const facts = factsOf(pages.header ?? baseHeader, pages.shape)
  if (schemaFrom === 'none') return { ...empty, faults: look.faults, facts }
  using db = newDatabase(to, facts)
  const tables = realTables(objects)
  const made = new Map(tables.map((table) => [table.name, makeTable(db, table)]))
  look.claimAll(objects)
  const read = new Map(tables.map((table) => [table.name, look.table(db, table, made.get(table.name) ?? null)]))
  copySequences(look, db, objects)
  const indexes = objects.filter(({ type, root }) => type === 'index' && root > 0)
  const evidence = indexes.map((index) => look.index(index, read.get(index.table) ?? null))
  if (schemaFrom === 'backup' && base !== null) for (const one of read.values()) distrustStrangers(db, base, one)
  for (const one of read.values()) if (one.state === 'unreadable') db.exec(`DELETE FROM ${id(one.name)}`)
  for (const one of read.values()) if (look.isShared(one.name)) one.doubt(0, 'shares a page with something else')
  return {
    schemaFrom,
    objects,
    tables: [...read.values()].map((one) => one.result()),
    brokenIndexes: evidence.filter(({ broken }) => broken).map(({ name }) => name),
    faults: look.faults.slice(0, faultsNamed),
    facts,
  }
}

const empty: Survey = { schemaFrom: 'none', objects: [], tables: [], brokenIndexes: [], faults: [], facts: null }

/** No page can be told from another: all that is known is what a backup had. */
function nothing(base: string | null, header: SqliteHeader | null): Survey {
  if (base === null) return empty
  const objects = schemaOfBackup(base)
  const fault = { page: 1, detail: 'there is nothing to read' }
  const tables = realTables(objects).map(
    ({ name }): TableSurvey => ({ name, state: 'unreadable', rows: 0, doubtful: 0, faults: [fault] }),
  )
  return { ...empty, schemaFrom: 'backup', objects, tables, facts: factsOf(header, null) }
}

function factsOf(header: SqliteHeader | null, shape: Shape | null): DatabaseFacts {
  return {
    pageSize: shape?.pageSize ?? header?.pageSize ?? 4096,
    encoding: shape?.encoding ?? header?.encoding ?? 'UTF-8',
    userVersion: header?.userVersion ?? 0,
    applicationId: header?.applicationId ?? 0,
    autoVacuum: header?.autoVacuum ?? 'none',
    journalMode: header?.journalMode ?? 'rollback',
  }
}

function headerOf(file: string): SqliteHeader | null {
  const fd = openSync(file, 'r')
  try {
    const start = Buffer.alloc(headerBytes)
    readSync(fd, start, 0, headerBytes, 0)
    const reading = readHeader(start, headerBytes)
    return reading.kind === 'sqlite' ? reading.header : null
  } finally {
    closeSync(fd)
  }
}

const vacuumModes = { none: 0, full: 1, incremental: 2 }

/** A new database of the same kind; our own throw-away copy, so nothing of it needs to survive a crash. */
export function newDatabase(file: string, facts: DatabaseFacts): DatabaseSync {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  // Shadow tables of virtual ones are made and filled as the plain tables they are.
  db.enableDefensive(false)
  db.exec(`PRAGMA page_size = ${facts.pageSize}; PRAGMA encoding = '${facts.encoding}';
    PRAGMA auto_vacuum = ${vacuumModes[facts.autoVacuum]}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    PRAGMA ignore_check_constraints = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32768`)
  return db
}

/** Null when SQLite does not accept its declaration. */
function makeTable(db: DatabaseSync, table: SchemaObject): TableShape | null {
  try {
    // One statement only, whatever the text of a damaged schema holds.
    db.prepare(table.sql ?? '').run()
    return shapeOf(db, 'main', table.name)
  } catch {
    // Then none of its rows can be used, which the survey says.
    return null
  }
}

/** What becomes known of one table while it and its indexes are read. */
class Reading {
  readonly name: string
  readonly faults: Fault[] = []
  rows = 0
  doubtful = 0
  hash = 0
  isLost = false

  constructor(name: string) {
    this.name = name
  }

  get state(): TableSurvey['state'] {
    if (this.isLost) return 'unreadable'
    if (this.faults.length === 0) return 'sound'
    return this.rows > 0 ? 'partial' : 'unreadable'
  }

  doubt(page: number, detail: string): void {
    this.faults.push({ page, detail })
  }

  result(): TableSurvey {
    const { name, state, rows, doubtful, faults } = this
    return { name, state, rows: state === 'unreadable' ? 0 : rows, doubtful, faults: faults.slice(0, faultsNamed) }
  }
}

class Look {
  readonly faults: Fault[] = []
  readonly #pages: Pages
  readonly #claims = new Claims()
  readonly #shared = new Set<string>()

  constructor(pages: Pages) {
    this.#pages = pages
  }

  isShared(owner: string): boolean {
    return this.#shared.has(owner)
  }

  schema(base: string | null): Pick<Survey, 'objects' | 'schemaFrom'> {
    const faults: Fault[] = []
    const objects = schemaOfPages(this.#pages, faults, this.#claim('the schema'))
    this.faults.push(...faults)
    if (faults.length === 0 && objects.length > 0) return { objects, schemaFrom: 'live' }
    const known = base === null ? [] : schemaOfBackup(base)
    if (known.length > 0) return { objects: known, schemaFrom: 'backup' }
    return objects.length > 0 ? { objects, schemaFrom: 'live' } : { objects: [], schemaFrom: 'none' }
  }

  /** First of all every page is given to who uses it: only then is it known which are used twice. */
  claimAll(objects: readonly SchemaObject[]): void {
    this.#freelist()
    for (const { type, name, root } of objects.filter((one) => one.root > 0)) {
      const isTable = type === 'table' && this.#isTableRoot(root)
      const owner = type === 'index' ? `index ${name}` : name
      const walking = { isTable, faults: [], onPage: this.#claim(owner) }
      for (const row of walkTree(this.#pages, root, walking)) void row
    }
  }

  /** A WITHOUT ROWID table is kept as an index is. */
  #isTableRoot(root: number): boolean {
    const kind = this.#pages.read(root)?.[0]
    return kind === 13 || kind === 5
  }

  #freelist(): void {
    const first = this.#pages.read(1)
    const claim = this.#claim('the list of free pages')
    const seen = new Set<number>()
    let trunk = this.#pages.header === null || first === null ? 0 : first.readUInt32BE(32)
    while (trunk !== 0) {
      const page = seen.has(trunk) ? null : this.#pages.read(trunk)
      const count = page?.readUInt32BE(4) ?? 0
      if (page === null || count > this.#pages.usable / 4 - 2) {
        this.faults.push({ page: trunk, detail: 'the list of free pages is broken' })
        return
      }
      seen.add(trunk)
      claim(trunk)
      for (let i = 0; i < count; i++) claim(page.readUInt32BE(8 + 4 * i))
      trunk = page.readUInt32BE(0)
    }
  }

  table(db: DatabaseSync, object: SchemaObject, shape: TableShape | null): Reading {
    const reading = new Reading(object.name)
    if (shape === null) {
      reading.doubt(0, 'its declaration is not accepted')
      reading.isLost = true
      return reading
    }
    const writer = new RowWriter(db, shape)
    const options = { isTable: !shape.withoutRowid, faults: reading.faults, shared: this.#claims.shared }
    db.exec('BEGIN')
    for (const { rowid, values, sound } of walkTree(this.#pages, object.root, options)) {
      if (!sound) reading.doubtful++
      else if (writer.write(rowid, values)) {
        reading.rows++
        reading.hash = mix(reading.hash, rowid)
      } else reading.doubt(0, `row ${rowid} does not fit`)
    }
    db.exec('COMMIT')
    return reading
  }

  /** Whether an index is broken; one that is whole and knows rows that its table has not speaks against the table. */
  index({ name, root, sql }: SchemaObject, table: Reading | null): { name: string; broken: boolean } {
    const faults: Fault[] = []
    let [entries, hash] = [0, 0]
    for (const { values } of walkTree(this.#pages, root, {
      isTable: false,
      faults,
      shared: this.#claims.shared,
    })) {
      const rowid = rowidOfEntry(values)
      entries++
      if (rowid !== null) hash = mix(hash, rowid)
    }
    if (faults.length > 0) return { name, broken: true }
    const isPartial = /\bwhere\b/i.test(sql ?? '')
    if (table === null || table.faults.length > 0 || isPartial || table.hash === 0) return { name, broken: false }
    if (entries === table.rows && hash === table.hash) return { name, broken: false }
    if (entries >= table.rows) table.doubt(root, `index ${name} knows rows that the table has not`)
    return { name, broken: true }
  }

  #claim(owner: string): (page: number) => void {
    return (page) => {
      const before = this.#claims.take(page, owner)
      if (before === null || before === owner) return
      this.#shared.add(before).add(owner)
      this.faults.push({ page, detail: `belongs to ${before} and to ${owner}` })
    }
  }

  get pages(): Pages {
    return this.#pages
  }
}

/** Order does not matter: a table and its indexes hold the same rowids in different orders. */
function mix(sum: number, rowid: number | bigint): number {
  const value = Number(rowid)
  const low = value | 0
  const high = Math.floor(value / 2 ** 32) | 0
  return (sum + Math.imul(low ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(high + 1, 0xc2b2ae35) + 1) | 0
}

/** The counters behind AUTOINCREMENT: SQLite makes their table, its rows are copied. */
function copySequences(look: Look, db: DatabaseSync, objects: readonly SchemaObject[]): void {
  const sequence = objects.find(({ name }) => name === 'sqlite_sequence')
  if (
    sequence === undefined ||
    db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get() === undefined
  )
    return
  const set = db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)')
  db.exec('DELETE FROM sqlite_sequence')
  for (const { values, sound } of walkTree(look.pages, sequence.root, { isTable: true, faults: look.faults })) {
    const [name, seq] = values
    if (sound && typeof name === 'string' && typeof seq === 'bigint') set.run(name, seq)
  }
}

/**
 * The backup's list of tables says where their trees begin; since then that may have changed. Rows under keys that both
 * have must be mostly alike, or the tree is another's; a text that is a key in both says enough.
 */
function distrustStrangers(db: DatabaseSync, base: string, reading: Reading): void {
  const shape = shapeOf(db, 'main', reading.name)
  if (shape === null || reading.rows === 0 || shape.key === null) return
  using known = openImmutable(base)
  const values = shape.columns.filter(({ hidden, name }) => hidden === 0 && !shape.key?.includes(name))
  const columns = [...shape.key, ...values.map(({ name }) => name)].map((name, n) => `${id(name)} AS c${n}`)
  const where = shape.key.map((name) => `${id(name)} IS ?`).join(' AND ')
  const other = known.prepare(`SELECT ${columns.join(',')} FROM ${id(reading.name)} WHERE ${where}`)
  const sample = db.prepare(`SELECT ${columns.join(',')} FROM ${id(reading.name)} LIMIT 500`)
  for (const one of [other, sample]) {
    one.setReadBigInts(true)
    one.setReturnArrays(true)
  }
  let [cells, equal] = [0, 0]
  for (const row of sample.iterate() as Iterable<unknown> as Iterable<readonly bigint[]>) {
    const keys = row.slice(0, shape.key.length)
    const there = other.get(...keys) as unknown as readonly unknown[] | undefined
    if (there === undefined) continue
    if (keys.some((key) => typeof key === 'string')) return
    cells += values.length
    equal += values.filter((_, n) => isEqual(row[keys.length + n], there[keys.length + n])).length
  }
  if (equal * 2 >= cells) return
  reading.doubt(0, 'its rows are not those of the backup')
  reading.isLost = true
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return a === b
}
