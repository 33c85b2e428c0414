import assert from 'node:assert/strict'
import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { tempFolder } from '../../../test/fixture/temp-folder.ts'
import type { Inspection, InspectRequest } from './inspection.ts'
import { spawnSqlite } from './parent.ts'

const child = spawnSqlite()
after(() => child[Symbol.asyncDispose]())

const everything = { quick: true, integrity: true, foreignKeys: true, tables: true } as const

async function inspectMade(sql: string, request: InspectRequest = everything): Promise<Inspection> {
  using folder = tempFolder()
  return await child.inspect(make(folder.join('x.db'), sql), request)
}

function make(path: string, sql: string): string {
  using database = new DatabaseSync(path)
  // As Python's sqlite3 and most bots: foreign keys are declared, not enforced.
  database.exec(`PRAGMA foreign_keys = OFF; ${sql}`)
  return path
}

const rule = (sql: string) => ({ name: 'rule', database: 'x.db', sql, tolerance: 0 })

test('a sound database has no lines, and its header facts, schema and rows are told', async () => {
  const seen = await inspectMade(`PRAGMA page_size = 8192; PRAGMA journal_mode = wal; PRAGMA user_version = 5;
    CREATE TABLE wallet (id INTEGER PRIMARY KEY, created_at TEXT); CREATE INDEX by_time ON wallet (created_at);
    INSERT INTO wallet VALUES (9223372036854775807, '2025-08-02'), (2, '2025-08-03')`)
  const { quickCheck, integrity, foreignKeys, unseen, pageSize, journalMode, userVersion } = seen
  assert.deepEqual([quickCheck, integrity, foreignKeys, unseen], [[], [], {}, []])
  assert.deepEqual([pageSize, journalMode, userVersion], [8192, 'wal', 5])
  assert.deepEqual(seen.tables, { wallet: { rows: 2, maxRowid: '9223372036854775807', newest: '2025-08-03' } })
  assert.match(seen.schemaSha256, /^[0-9a-f]{64}$/)
})

test('what is not asked for is not looked at', async () => {
  const seen = await inspectMade('CREATE TABLE t (a)', {})
  assert.deepEqual(
    [seen.quickCheck, seen.integrity, seen.foreignKeys, seen.tables, seen.invariants],
    [null, null, null, null, null],
  )
  assert.deepEqual(seen.tableNames, ['t'])
})

test('every kind of table is counted: strict, without rowid, generated, full text, r-tree, odd names', async () => {
  const seen = await inspectMade(`
    CREATE TABLE s (a INTEGER, ts INTEGER) STRICT; INSERT INTO s VALUES (1, 1754100000), (2, 1754100001);
    CREATE TABLE w (k TEXT PRIMARY KEY, date TEXT) WITHOUT ROWID; INSERT INTO w VALUES ('x', '2025-01-02'), ('y', NULL);
    CREATE TABLE g (a INTEGER, b INTEGER AS (a * 2) STORED, created_at TEXT AS ('x') VIRTUAL); INSERT INTO g (a) VALUES (4);
    CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('satu'), ('dua');
    CREATE VIRTUAL TABLE r USING rtree(id, x0, x1); INSERT INTO r VALUES (1, 2, 3);
    CREATE TABLE "a ""b"" 'c' [💸]" (rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO "a ""b"" 'c' [💸]" VALUES (1, 2, 3);
    CREATE TABLE "__proto__" ("rowid" TEXT); INSERT INTO "__proto__" VALUES ('hidden');
    CREATE TABLE empty (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at TEXT); CREATE VIEW v AS SELECT 1;
    ANALYZE`)
  const tables = new Map(Object.entries(seen.tables ?? {}))
  assert.deepEqual(tables.get('s'), { rows: 2, maxRowid: '2', newest: '1754100001' })
  assert.deepEqual(tables.get('w'), { rows: 2, maxRowid: null, newest: '2025-01-02' })
  assert.deepEqual(tables.get('g'), { rows: 1, maxRowid: '1', newest: null })
  assert.deepEqual(tables.get('f'), { rows: 2, maxRowid: null, newest: null })
  assert.deepEqual(tables.get('r'), { rows: 1, maxRowid: null, newest: null })
  assert.deepEqual(tables.get('a "b" \'c\' [💸]'), { rows: 1, maxRowid: null, newest: null })
  assert.deepEqual(tables.get('__proto__'), { rows: 1, maxRowid: '1', newest: null })
  assert.deepEqual(tables.get('empty'), { rows: 0, maxRowid: null, newest: null })
  assert.ok(!tables.has('v') && !tables.has('sqlite_sequence') && tables.has('f_data'))
  assert.ok(seen.tableNames.includes('sqlite_sequence') && seen.tableNames.includes('sqlite_stat1'))
  assert.deepEqual([seen.quickCheck, seen.integrity, seen.unseen], [[], [], []])
})

test('the newest time is found without an index among the last rows', async () => {
  const seen = await inspectMade(`CREATE TABLE log (id INTEGER PRIMARY KEY, "timestamp" TEXT, text TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO log SELECT i, datetime(1754100000 + i, 'unixepoch'), 'x' FROM n`)
  assert.equal(seen.tables?.log?.newest, new Date(1754103000e3).toISOString().slice(0, 19).replace('T', ' '))
})

test('the schema hash follows the schema, not the statistics or the rows', async () => {
  const hash = async (sql: string) => (await inspectMade(sql, {})).schemaSha256
  const plain = await hash('CREATE TABLE t (a)')
  assert.equal(await hash('CREATE TABLE t (a); INSERT INTO t VALUES (1); ANALYZE'), plain)
  assert.notEqual(await hash('CREATE TABLE t (a); CREATE INDEX i ON t (a)'), plain)
  assert.notEqual(await hash('CREATE TABLE t (a, b)'), plain)
})

test('rows that break a foreign key are counted per table; a key that cannot be followed is named', async () => {
  const sql = `CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE c (p INTEGER REFERENCES p (id)); INSERT INTO c VALUES (1), (2), (NULL)`
  assert.deepEqual((await inspectMade(sql)).foreignKeys, { c: 2 })
  const seen = await inspectMade(`${sql}; CREATE TABLE m (n TEXT REFERENCES p (name)); INSERT INTO m VALUES ('x')`)
  assert.deepEqual(seen.foreignKeys, { c: 2 })
  assert.match(seen.unseen.join(), /m: foreign key mismatch/)
})

test('a damaged index is seen by the full check alone, whole or by its table', async () => {
  using folder = tempFolder()
  const path = make(
    folder.join('x.db'),
    `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE other (id INTEGER PRIMARY KEY);
    CREATE INDEX i ON t (a); INSERT INTO t VALUES (1, 'kucing-merah'), (2, 'anjing')`,
  )
  // The index keeps its own copy of the word: changed there alone, structure and row stay sound.
  const bytes = readFileSync(path)
  const at = bytes.indexOf('kucing-merah')
  const second = bytes.indexOf('kucing-merah', at + 1)
  bytes.write('kucing-mErah', Math.max(at, second))
  writeFileSync(path, bytes)
  const seen = await child.inspect(path, { quick: true, integrity: true })
  assert.deepEqual(seen.quickCheck, [])
  assert.ok((seen.integrity ?? []).length > 0)
  const lines = async (tables: string[]) => (await child.inspect(path, { integrity: { tables } })).integrity ?? []
  assert.ok((await lines(['t'])).length > 0)
  assert.deepEqual(await lines(['other']), [])
})

test('damage of any kind is lines, not an exception', async () => {
  using folder = tempFolder()
  const sound = make(
    folder.join('sound.db'),
    `CREATE TABLE t (a TEXT); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO t SELECT 'row ' || i FROM n`,
  )
  const damages: Readonly<Record<string, (path: string) => void>> = {
    'cut short': (path) => truncateSync(path, 9000),
    'zeroed page': (path) => patch(path, 4096 * 3, Buffer.alloc(4096)),
    'broken schema': (path) => patch(path, 100, Buffer.alloc(60, 0xee)),
    'broken header': (path) => patch(path, 16, Buffer.from([7, 7])),
    'not sqlite': (path) => writeFileSync(path, 'no database at all'),
    empty: (path) => writeFileSync(path, ''),
  }
  for (const [name, damage] of Object.entries(damages)) {
    const path = folder.join(`${name}.db`)
    copyFileSync(sound, path)
    damage(path)
    const seen = await child.inspect(path, everything)
    assert.ok((seen.quickCheck ?? []).length > 0, `${name}: quick_check`)
    assert.ok((seen.integrity ?? []).length > 0, `${name}: integrity_check`)
  }
})

function patch(path: string, at: number, bytes: Buffer): void {
  const all = readFileSync(path)
  all.set(bytes, at)
  writeFileSync(path, all)
}

test('a collation or function that only the app has is no damage: the rest is checked, the table is named', async () => {
  using folder = tempFolder()
  const path = folder.join('x.db')
  {
    using database = new DatabaseSync(path)
    database.function('rupiah', { deterministic: true }, (amount) => `Rp${amount}`)
    database.exec('CREATE TABLE own (a INTEGER); CREATE INDEX e ON own (rupiah(a)); CREATE TABLE other (a NOT NULL)')
    database.exec('INSERT INTO own VALUES (5); INSERT INTO other VALUES (1)')
  }
  const seen = await child.inspect(path, everything)
  assert.deepEqual([seen.quickCheck, seen.integrity], [[], []])
  assert.match(seen.unseen.join(), /own: .*rupiah/)
  assert.equal(seen.tables?.other?.rows, 1)
})

test('a rule counts the rows it returns and what it looked at', async () => {
  const sql = `CREATE TABLE wallet (id INTEGER PRIMARY KEY, balance INTEGER); INSERT INTO wallet VALUES (1, -5), (2, 9);
    CREATE TABLE hollow (a)`
  const invariants = [
    rule('SELECT * FROM wallet WHERE balance < 0'),
    rule('SELECT id FROM wallet WHERE balance > 100 -- none;'),
    rule('WITH x AS (SELECT * FROM hollow) SELECT * FROM x;'),
    rule('SELECT * FROM vanished'),
    rule("SELECT * FROM pragma_foreign_key_check('wallet')"),
  ]
  const { invariants: results } = await inspectMade(sql, { invariants })
  assert.deepEqual(
    results?.map(({ violations, looked, error }) => [violations, looked, error]),
    [
      [1, 2, null],
      [0, 2, null],
      [0, 0, null],
      [0, 0, 'no such table: vanished'],
      [0, 0, null],
    ],
  )
})

test('a rule can neither write, attach, change settings nor bring a second statement along', async () => {
  using folder = tempFolder()
  const path = make(folder.join('x.db'), 'CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  const before = readFileSync(path)
  const hostile = [
    'DELETE FROM t',
    'INSERT INTO t VALUES (2) RETURNING a',
    'DROP TABLE t',
    `ATTACH '${folder.join('other.db')}' AS o`,
    `VACUUM INTO '${folder.join('other.db')}'`,
    'PRAGMA writable_schema = ON',
    'PRAGMA journal_mode = DELETE',
    'BEGIN',
    'CREATE TEMP TABLE x (a)',
    "SELECT load_extension('x')",
    'SELECT 1 WHERE 0; DELETE FROM t',
    '',
  ]
  const { invariants } = await child.inspect(path, { invariants: hostile.map(rule) })
  for (const [i, result] of (invariants ?? []).entries()) {
    assert.ok(result.error !== null, `went through: ${hostile[i]}`)
  }
  assert.deepEqual(readFileSync(path), before)
  assert.deepEqual(readdirSync(folder.path), ['x.db'])
})

test('looking leaves nothing beside a copy, even one in WAL mode', async () => {
  using folder = tempFolder()
  const path = make(folder.join('x.db'), 'PRAGMA journal_mode = wal; CREATE TABLE t (a)')
  await child.inspect(path, { ...everything, invariants: [rule('SELECT * FROM t')] })
  assert.deepEqual(readdirSync(folder.path), ['x.db'])
})

test('a copy made anew under the same name is looked at anew', async () => {
  using folder = tempFolder()
  const path = make(folder.join('x.db'), 'CREATE TABLE one (a)')
  assert.deepEqual((await child.inspect(path, {})).tableNames, ['one'])
  make(folder.join('y.db'), 'CREATE TABLE two (a)')
  writeFileSync(path, readFileSync(folder.join('y.db')))
  assert.deepEqual((await child.inspect(path, {})).tableNames, ['two'])
})
