import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { describe, it } from 'node:test'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { compareFiles } from './compare-files.ts'
import type { FileDiff, RowDiff } from './protocol.ts'

/** The same numbers for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0
    return (state >>> 3) % below
  }
}

const schema = `PRAGMA page_size = 512;
  CREATE TABLE tx (id INTEGER PRIMARY KEY, a, b TEXT COLLATE NOCASE, c REAL);
  CREATE TABLE named (k TEXT COLLATE NOCASE PRIMARY KEY, v);
  CREATE TABLE pair (x INT, y TEXT, v, PRIMARY KEY (x, y)) WITHOUT ROWID;
  CREATE TABLE bare (v, w);
  CREATE TABLE still (id INTEGER PRIMARY KEY, v TEXT);
  CREATE INDEX bare_v ON bare (v)`

type Random = (below: number) => number

function value(random: Random): SQLInputValue {
  const choices: SQLInputValue[] = [
    ...[null, BigInt(random(5)), random(5), 'text', 'TEXT', new Uint8Array([1, random(4)])],
    ...['x'.repeat(random(3000)), 9007199254740993n + BigInt(random(3)), 0.1, 'é😀', ''],
  ]
  return choices[random(choices.length)] as SQLInputValue
}

function change(db: DatabaseSync, random: Random, times: number): void {
  db.exec('BEGIN')
  for (let i = 0; i < times; i++) {
    const n = random(400)
    const turn = random(12)
    if (turn < 2) db.prepare('INSERT OR REPLACE INTO tx VALUES (?, ?, ?, ?)').run(n, value(random), 'b', random(9) / 4)
    else if (turn === 2) db.prepare('UPDATE tx SET a = ?, b = upper(b) WHERE id = ?').run(value(random), n)
    else if (turn === 3) db.prepare('DELETE FROM tx WHERE id = ?').run(n)
    else if (turn === 4) db.prepare('INSERT OR IGNORE INTO named VALUES (?, ?)').run(`k${n}`, value(random))
    else if (turn === 5) db.prepare('UPDATE named SET k = upper(k) WHERE k = ?').run(`k${n}`)
    else if (turn === 6) db.prepare('INSERT INTO named VALUES (NULL, ?)').run(random(20) === 0 ? 1 : null)
    else if (turn === 7)
      db.prepare('INSERT OR REPLACE INTO pair VALUES (?, ?, ?)').run(n % 30, `y${n % 7}`, value(random))
    else if (turn === 8) db.prepare('DELETE FROM pair WHERE x = ?').run(n % 30)
    else if (turn < 11) db.prepare('INSERT INTO bare VALUES (?, ?)').run(value(random), n)
    else db.prepare('DELETE FROM bare WHERE w = ?').run(n)
  }
  if (random(2) === 0) db.exec('DELETE FROM named WHERE k IS NULL')
  db.exec('COMMIT')
}

/** Key -> values with their types, by reading everything. */
function everything(file: string, table: string, key: readonly string[]): Map<string, string> {
  using db = new DatabaseSync(file, { readOnly: true })
  const columns = db
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((row) => String(row.name))
  const picked = columns.map((one) => `typeof(${one}) || ':' || quote(${one})`).join(` || '|' || `)
  const named = key.map((one) => (table === 'named' && one === 'k' ? 'lower(k)' : `quote(${one})`)).join(` || ',' || `)
  const rows = db.prepare(`SELECT ${named} AS key, ${picked} AS value FROM ${table}`).all()
  return new Map(rows.map((row) => [String(row.key), String(row.value)]))
}

function bruteForce(from: string, to: string, table: string, key: readonly string[]): number[] {
  const [before, after] = [everything(from, table, key), everything(to, table, key)]
  const inserted = [...after.keys()].filter((one) => !before.has(one)).length
  const deleted = [...before.keys()].filter((one) => !after.has(one)).length
  return [inserted, deleted, [...before].filter(([one, row]) => after.has(one) && after.get(one) !== row).length]
}

function hasNullKey(...files: string[]): boolean {
  return files.some((file) => {
    using db = new DatabaseSync(file, { readOnly: true })
    return db.prepare('SELECT 1 FROM named WHERE k IS NULL').get() !== undefined
  })
}

async function compared(from: string, to: string): Promise<{ found: FileDiff; rows: RowDiff[] }> {
  const rows: RowDiff[] = []
  const found = await compareFiles({ from, to, table: null }, (row) => void rows.push(row))
  assert.ok(!('problem' in found), JSON.stringify(found))
  return { found, rows }
}

describe('difference of two database files', { concurrency: 2 }, () => {
  for (let seed = 1; seed <= 14; seed++) {
    it(`seed ${seed}: counts and rows are those of a brute-force comparison`, async () => {
      using place = tempFolder()
      const [from, to] = [place.join('from'), place.join('to')]
      const random = randomFrom(seed)
      {
        using db = new DatabaseSync(from)
        db.exec(schema)
        change(db, random, 100 + random(3000))
        db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
          INSERT INTO still SELECT i, 'still ' || i FROM n`)
      }
      copyFileSync(from, to)
      {
        using db = new DatabaseSync(to)
        change(db, random, random(4) === 0 ? 2000 : random(60))
        if (seed % 5 === 0) db.exec('VACUUM')
        if (seed % 4 === 0) db.exec("UPDATE still SET v = 'moved' WHERE id = 450; DELETE FROM still WHERE id > 880")
      }
      const { found, rows } = await compared(from, to)
      const keys: Record<string, string[]> = {
        ...{ tx: ['id'], pair: ['x', 'y'], bare: ['rowid'], still: ['id'] },
        named: hasNullKey(from, to) ? ['rowid'] : ['k'],
      }
      for (const [table, key] of Object.entries(keys)) {
        const { inserted, deleted, changed } = found.tables[table] ?? {}
        assert.deepEqual([inserted, deleted, changed], bruteForce(from, to, table, key), table)
        const told = (kind: RowDiff['change']) =>
          rows.filter((row) => row.table === table && row.change === kind).length
        assert.deepEqual([told('inserted'), told('deleted'), told('changed')], [inserted, deleted, changed], table)
      }
    })
  }

  it('a long value changed in place, its own page untouched, is a changed row', async () => {
    using place = tempFolder()
    const [from, to] = [place.join('from'), place.join('to')]
    {
      using db = new DatabaseSync(from)
      db.exec(`PRAGMA page_size = 512; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO t SELECT i, hex(zeroblob(2000)) FROM n`)
    }
    copyFileSync(from, to)
    {
      using db = new DatabaseSync(to)
      db.exec("UPDATE t SET v = substr(v, 1, 3000) || 'Z' || substr(v, 3002) WHERE id = 150")
    }
    const { found, rows } = await compared(from, to)
    assert.deepEqual(found.tables.t, { inserted: 0, deleted: 0, changed: 1, columns: { v: 1 }, problem: null })
    assert.deepEqual(rows[0]?.key, { id: 150 })
  })

  it('two tables that changed names are compared by name, though no page of their rows changed', async () => {
    using place = tempFolder()
    const [from, to] = [place.join('from'), place.join('to')]
    {
      using db = new DatabaseSync(from)
      db.exec(`CREATE TABLE "a" (v); CREATE TABLE "b" (v); INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (3)`)
    }
    copyFileSync(from, to)
    {
      using db = new DatabaseSync(to)
      db.exec('ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b')
    }
    const { found } = await compared(from, to)
    const counts = Object.values(found.tables).map(({ inserted, deleted, changed }) => [inserted, deleted, changed])
    assert.deepEqual(counts, [
      [0, 1, 1],
      [1, 0, 1],
    ])
  })

  it('schema changes are named, rows compared over the columns both have', async () => {
    using place = tempFolder()
    const [from, to] = [place.join('from'), place.join('to')]
    {
      using db = new DatabaseSync(from)
      db.exec(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a'), (2, 'b'); CREATE TABLE old (x)",
      )
    }
    copyFileSync(from, to)
    {
      using db = new DatabaseSync(to)
      db.exec(
        "ALTER TABLE t ADD COLUMN fee REAL DEFAULT 0; UPDATE t SET v = 'c' WHERE id = 2; DROP TABLE old; CREATE VIEW w AS SELECT 1",
      )
    }
    const { found } = await compared(from, to)
    assert.deepEqual(
      found.schema.map(({ change: what, type, name, columnsAdded }) => [what, type, name, ...columnsAdded]),
      [
        ['removed', 'table', 'old'],
        ['changed', 'table', 't', 'fee'],
        ['added', 'view', 'w'],
      ],
    )
    assert.deepEqual(found.tables.t, { inserted: 0, deleted: 0, changed: 1, columns: { v: 1 }, problem: null })
  })

  it('a file that is no database is answered, not thrown', async () => {
    using place = tempFolder()
    const from = place.join('from')
    new DatabaseSync(from).exec('CREATE TABLE t (x)')
    const found = await compareFiles({ from, to: import.meta.filename, table: null }, null)
    assert.ok('problem' in found)
  })
})
