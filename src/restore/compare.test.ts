import assert from 'node:assert/strict'
import { copyFile, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { compareRows } from './compare.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulih-compare-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** Two databases from one script, then more for each of them. */
async function pair(name: string, both: string, live: string, backup = ''): Promise<{ live: string; backup: string }> {
  const paths = { live: join(folder, `${name}-live.db`), backup: join(folder, `${name}-backup.db`) }
  for (const [path, more] of [
    [paths.live, live],
    [paths.backup, backup],
  ] as const) {
    using db = new DatabaseSync(path)
    db.exec(both)
    db.exec(more)
  }
  return paths
}

const ledger = `CREATE TABLE tx (id INTEGER PRIMARY KEY, amount INTEGER); CREATE TABLE wallet (name TEXT PRIMARY KEY, balance REAL);
  INSERT INTO tx VALUES (1, 10), (2, 20), (3, 30); INSERT INTO wallet VALUES ('siti', 5.5), ('budi', 7)`

test('rows that exist only now, only in the backup, or with other values are counted per table', async () => {
  const paths = await pair(
    'plain',
    ledger,
    `INSERT INTO tx VALUES (4, 40), (5, 50); DELETE FROM tx WHERE id = 1; UPDATE wallet SET balance = 0 WHERE name = 'siti'`,
  )
  const { tables, damage } = await compareRows(paths)
  assert.equal(damage, null)
  assert.deepEqual(tables.tx, { lost: 2, changed: 0, onlyInBackup: 1, damage: null })
  assert.deepEqual(tables.wallet, { lost: 0, changed: 1, onlyInBackup: 0, damage: null })
})

test('tables only one side has are counted too', async () => {
  const paths = await pair(
    'tables',
    ledger,
    'CREATE TABLE fresh (a); INSERT INTO fresh VALUES (1), (2)',
    'CREATE TABLE old (a); INSERT INTO old VALUES (1)',
  )
  const { tables } = await compareRows(paths)
  assert.deepEqual(tables.fresh, { lost: 2, changed: 0, onlyInBackup: 0, damage: null })
  assert.deepEqual(tables.old, { lost: 0, changed: 0, onlyInBackup: 1, damage: null })
})

test('keys of every kind name rows: text with nulls, several columns, WITHOUT ROWID, hidden rowid, odd names', async () => {
  const paths = await pair(
    'keys',
    `CREATE TABLE a (k TEXT PRIMARY KEY, v); INSERT INTO a VALUES (NULL, 1), ('x', 2);
     CREATE TABLE b (p, q, v, PRIMARY KEY (q, p)) WITHOUT ROWID; INSERT INTO b VALUES (1, 1, 0), (1, 2, 0);
     CREATE TABLE c (rowid TEXT, v); INSERT INTO c VALUES ('same', 1);
     CREATE TABLE "we""ird 💸" ("or'der" TEXT COLLATE NOCASE); INSERT INTO "we""ird 💸" VALUES ('abc');
     CREATE TABLE d (rowid, _rowid_, oid); INSERT INTO d VALUES (1, 1, 1)`,
    `INSERT INTO a VALUES ('y', 3); INSERT INTO b VALUES (2, 2, 0); UPDATE c SET v = 2; UPDATE "we""ird 💸" SET "or'der" = 'ABC'`,
  )
  const { tables } = await compareRows(paths)
  assert.deepEqual([tables.a?.lost, tables.b?.lost, tables.c?.changed, tables['we"ird 💸']?.changed], [1, 1, 1, 1])
  assert.deepEqual(tables.d, { lost: null, changed: null, onlyInBackup: null, damage: null })
})

test('virtual tables and their shadows are no tables of the app', async () => {
  const paths = await pair('fts', `CREATE VIRTUAL TABLE note USING fts5(body); INSERT INTO note VALUES ('beras')`, '')
  assert.deepEqual((await compareRows(paths)).tables, {})
})

test('a damaged table is unknown, never 0, and the sound ones are still counted', async () => {
  const rows = Array.from({ length: 2000 }, (_, n) => `(${n}, hex(zeroblob(100)))`).join()
  const paths = await pair(
    'damaged',
    `PRAGMA page_size = 4096; CREATE TABLE big (id INTEGER PRIMARY KEY, t TEXT); CREATE TABLE small (id INTEGER PRIMARY KEY);
     INSERT INTO big VALUES ${rows}; INSERT INTO small VALUES (1)`,
    'INSERT INTO small VALUES (2)',
  )
  await using file = await open(paths.live, 'r+')
  for (let page = 20; page < 40; page++) await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096)
  const { tables, damage } = await compareRows(paths)
  assert.equal(tables.big?.lost, null)
  assert.notEqual(tables.big?.damage, null)
  assert.equal(tables.small?.lost, 1)
  assert.equal(typeof damage, 'string')
})

test('something that is no database gives no tables and says why', async () => {
  const paths = await pair('text', ledger, '')
  await using file = await open(paths.live, 'r+')
  await file.write(Buffer.from('this is not a database at all, sorry'), 0, 36, 0)
  const { tables, damage } = await compareRows(paths)
  assert.deepEqual(tables, {})
  assert.match(damage ?? '', /not a database/)
})

test('the backup side is left byte for byte, with nothing beside it', async () => {
  const paths = await pair('still', `PRAGMA journal_mode = wal; ${ledger}`, 'INSERT INTO tx VALUES (9, 9)')
  const copy = join(folder, 'still-copy.db')
  await copyFile(paths.backup, copy)
  await compareRows({ live: paths.live, backup: copy })
  assert.ok((await readFile(copy)).equals(await readFile(paths.backup)))
  await assert.rejects(stat(`${copy}-wal`))
})

test('cancelling ends the comparison at once', async () => {
  const paths = await pair('cancel', ledger, '')
  await assert.rejects(compareRows(paths, AbortSignal.abort()), { code: 'cancelled' })
})
