import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { requireTool } from '../../test/fixture/peer.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { sqlDump } from './sql.ts'
import { identifier } from './table.ts'

/** Every value of every table with its type and its bytes, every statement of the schema, and what the header keeps. */
function contentOf(path: string): unknown {
  using db = new DatabaseSync(path, { readOnly: true })
  const schema = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all()
  const tables = schema.filter(({ type, sql }) => type === 'table' && !String(sql).match(/^\s*create\s+virtual/i))
  const pragmas = ['encoding', 'user_version', 'application_id', 'auto_vacuum', 'page_size']
  return {
    pragmas: pragmas.map((name) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]),
    schema: schema.map(({ type, name, tbl_name, sql }) => [type, name, tbl_name, sql]),
    rows: Object.fromEntries(tables.map(({ name }) => [name, rowsOf(db, String(name))])),
  }
}

function rowsOf(db: DatabaseSync, table: string): unknown {
  const columns = db.prepare('SELECT name FROM pragma_table_xinfo(?)').all(table)
  const read = columns.map(({ name }) => identifier(String(name)))
  const values = read.map(
    (name) =>
      `typeof(${name}), CASE typeof(${name}) WHEN 'real' THEN printf('%!.20g', ${name}) ELSE hex(CAST(${name} AS BLOB)) END`,
  )
  const statement = (rowid: string) => `SELECT ${rowid}${values.join(',')} FROM ${identifier(table)} ORDER BY 1, 2`
  try {
    return db.prepare(statement('rowid, ')).all()
  } catch {
    // WITHOUT ROWID
    return db.prepare(statement('')).all()
  }
}

/** Dumps `build`'s database, loads the text with the stock sqlite3, and compares everything. */
function roundTrip(t: TestContext, build: (db: DatabaseSync) => void, before = ''): string {
  if (!requireTool(t, 'sqlite3')) return ''
  using folder = tempFolder()
  const [source, copy, script] = [folder.join('source.db'), folder.join('copy.db'), folder.join('dump.sql')]
  {
    using db = new DatabaseSync(source, { defensive: false })
    db.exec(before)
    build(db)
  }
  using db = new DatabaseSync(source, { readOnly: true })
  const text = [...sqlDump(db, () => undefined)].join('')
  writeFileSync(script, text)
  const { status, stderr } = spawnSync('sqlite3', ['-bail', copy, `.read ${script}`], { encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.deepEqual(contentOf(copy), contentOf(source))
  return text
}

const hostileTexts = [
  '',
  "it's",
  'a\nb',
  'a\r\nb\r',
  '\0',
  'a\0b',
  '\ufeffx',
  '☕ es teh',
  '\r\\r\\r0',
  ';\n.quit\n',
  'x'.repeat(5000),
  '\u2028',
]

describe('an SQL export, loaded by the stock sqlite3, has equal content', () => {
  for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be']) {
    test(`every kind of value, ${encoding}`, (t) => {
      roundTrip(
        t,
        (db) => {
          db.exec('CREATE TABLE "a ""b"" 🐟" (x, "select", y TEXT, z REAL, i INTEGER, n NUMERIC)')
          const insert = db.prepare('INSERT INTO "a ""b"" 🐟" VALUES (?, ?, ?, ?, ?, ?)')
          for (const text of hostileTexts) insert.run(text, text, text, text, text, text)
          for (const real of [0.1, 1 / 3, -0, 1e300, 5e-324, Number.POSITIVE_INFINITY, 3, 2 ** 53])
            insert.run(real, null, real, real, real, real)
          for (const whole of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n])
            insert.run(whole, null, whole, whole, whole, whole)
          for (const blob of [[], [0], [0xff, 0xfe, 0x0d, 0x0a], [0x31]].map((b) => new Uint8Array(b)))
            insert.run(blob, blob, blob, blob, blob, blob)
          db.exec(`INSERT INTO "a ""b"" 🐟"(x, y) VALUES (CAST(X'ff41fe' AS TEXT), CAST(X'00d8' AS TEXT))`)
        },
        `PRAGMA encoding = '${encoding}'; PRAGMA page_size = 1024; PRAGMA auto_vacuum = 2;`,
      )
    })
  }

  test('rowids without a key column, also where columns are named like rowids', (t) => {
    roundTrip(t, (db) => {
      db.exec(`
        CREATE TABLE plain (a); INSERT INTO plain(rowid, a) VALUES (7, 'x'), (-3, 'y'), (9223372036854775807, 'z');
        CREATE TABLE shaded (rowid, _rowid_ TEXT); INSERT INTO shaded(oid, rowid) VALUES (42, 'q');
        CREATE TABLE all_taken (rowid, _rowid_, oid); INSERT INTO all_taken VALUES (1, 2, 3);
        CREATE TABLE quirk (id INTEGER PRIMARY KEY DESC, a); INSERT INTO quirk(rowid, id, a) VALUES (5, 1, 'a'), (3, 2, 'b');
        CREATE TABLE keyed (id INTEGER PRIMARY KEY, a); INSERT INTO keyed VALUES (10, 'a'), (-2, 'b');
        CREATE TABLE apart (a TEXT, b, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO apart VALUES ('x', 2), ('y', 1);
        CREATE TABLE firm (a INT, b ANY, c TEXT) STRICT; INSERT INTO firm VALUES (1, X'00', 'c'), (2, 1.5, NULL);`)
    })
  })

  test('AUTOINCREMENT counters, also those whose table is gone', (t) => {
    roundTrip(t, (db) => {
      db.exec(`CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO a(id, x) VALUES (500, 1); DELETE FROM a;
               CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO b(x) VALUES (1), (2);`)
    })
    roundTrip(t, (db) => {
      db.exec(
        'CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE a; CREATE TABLE b (x); INSERT INTO b VALUES (1)',
      )
    })
  })

  test('generated columns, indexes, views and triggers, none of which fires', (t) => {
    roundTrip(t, (db) => {
      db.exec(`
        CREATE TABLE item (price INT, count INT, total AS (price * count) STORED, half INT GENERATED ALWAYS AS (price / 2));
        CREATE TABLE seen (n); CREATE INDEX by_total ON item(total) WHERE count > 1; CREATE UNIQUE INDEX u ON item(price, lower(count));
        CREATE VIEW rich AS SELECT * FROM item WHERE total > 10 -- only the big ones
        ;
        CREATE TRIGGER note AFTER INSERT ON item BEGIN INSERT INTO seen VALUES (new.price); END;
        CREATE TRIGGER into_view INSTEAD OF INSERT ON rich BEGIN INSERT INTO item(price) VALUES (new.price); END;
        INSERT INTO item(price, count) VALUES (5, 3), (7, 1); PRAGMA user_version = -7; PRAGMA application_id = 1263228226;`)
    })
  })

  test('rows that break a CHECK or a foreign key', (t) => {
    roundTrip(t, (db) => {
      db.exec(`PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
        CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p(id), n CHECK (n > 0)); INSERT INTO c VALUES (99, -1);`)
    })
  })

  test('full-text and R-Tree tables with their shadow tables, and what ANALYZE found', (t) => {
    roundTrip(t, (db) => {
      db.exec(`
        CREATE VIRTUAL TABLE note USING fts5(title, body, tokenize = 'porter ascii');
        INSERT INTO note VALUES ('salam', 'nasi goreng enak'), ('kopi', 'kopi hitam');
        CREATE VIRTUAL TABLE place USING rtree(id, x0, x1, y0, y1); INSERT INTO place VALUES (1, 0, 1, 0, 1), (2, 5, 6, 5, 6);
        CREATE TABLE t (a, b); CREATE INDEX ta ON t(a); INSERT INTO t VALUES (1, 2), (1, 3), (2, 2); ANALYZE;`)
    })
  })

  test('statements written with carriage returns', (t) => {
    roundTrip(t, (db) => {
      db.exec("CREATE TABLE w (\r\n  a TEXT DEFAULT 'x\r\ny',\r\n  b\r\n);\r\nINSERT INTO w(b) VALUES (1);")
      db.exec('CREATE VIEW v AS\r\n SELECT a FROM w;')
    })
  })
})

test('a full-text table can be searched after loading', (t) => {
  if (!requireTool(t, 'sqlite3')) return
  using folder = tempFolder()
  using db = new DatabaseSync(folder.join('a.db'))
  db.exec("CREATE VIRTUAL TABLE note USING fts5(body); INSERT INTO note VALUES ('nasi goreng'), ('kopi')")
  writeFileSync(folder.join('a.sql'), [...sqlDump(db, () => undefined)].join(''))
  spawnSync('sqlite3', [folder.join('b.db'), `.read ${folder.join('a.sql')}`])
  const { stdout } = spawnSync('sqlite3', [
    folder.join('b.db'),
    "SELECT body FROM note WHERE note MATCH 'goreng'; PRAGMA integrity_check",
  ])
  assert.equal(stdout.toString(), 'nasi goreng\nok\n')
})
