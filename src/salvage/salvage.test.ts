import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { askSalvage } from './ask.ts'

const pageBytes = 1024

/** A backup, and the live database after it, with every kind of tree; answers what the live one truly holds. */
function build(base: string, live: string, autoVacuum: boolean): Map<string, Set<string>> {
  const db = new DatabaseSync(base)
  db.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = ${autoVacuum ? 1 : 0};
    CREATE TABLE tx (id INTEGER PRIMARY KEY AUTOINCREMENT, amount REAL NOT NULL, note TEXT);
    CREATE INDEX tx_amount ON tx (amount);
    CREATE TABLE wallet (name TEXT PRIMARY KEY, balance INTEGER) WITHOUT ROWID;
    CREATE TABLE kv (k TEXT PRIMARY KEY, v BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
      INSERT INTO tx (amount, note) SELECT i * 1.5, 'note ' || i || hex(i * 7919) FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
      INSERT INTO wallet SELECT 'wallet ' || i, i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)
      INSERT INTO kv SELECT 'k' || i, CAST(replace(printf('%4000d', i), ' ', 'ab') AS BLOB) FROM n;`)
  db.close()
  copyFileSync(base, live)
  const now = new DatabaseSync(live)
  now.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
      INSERT INTO tx (amount, note) SELECT -i, 'new ' || i FROM n;
    DELETE FROM tx WHERE id BETWEEN 200 AND 260; UPDATE wallet SET balance = balance + 1 WHERE balance % 7 = 0`)
  now.close()
  return rowsIn(live)
}

const tables = ['tx', 'wallet', 'kv']

function rowsIn(file: string): Map<string, Set<string>> {
  using db = new DatabaseSync(file)
  const rows = (table: string): string[] =>
    db
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((row) =>
        JSON.stringify(Object.values(row).map((v) => (v instanceof Uint8Array ? Buffer.from(v).toString('hex') : v))),
      )
  return new Map(tables.map((table) => [table, new Set(rows(table))]))
}

type Damage = (bytes: Buffer, page: number) => Buffer

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((row) => b.has(row))
}

const at = (page: number): number => (page - 1) * pageBytes

const damages: Readonly<Record<string, Damage>> = {
  'a zeroed page': (b, p) => b.fill(0, at(p), at(p) + pageBytes),
  'a page of noise': (b, p) => {
    for (let i = 0; i < pageBytes; i++) b[at(p) + i] = (i * 197 + p * 31 + (i >> 3)) & 255
    return b
  },
  'a page of 0xff': (b, p) => b.fill(255, at(p), at(p) + pageBytes),
  'a flipped page kind': (b, p) => flip(b, at(p) + (p === 1 ? 100 : 0), 8),
  'a wrong cell count': (b, p) => flip(b, at(p) + (p === 1 ? 103 : 3), 0x10),
  'a flipped cell position': (b, p) => flip(b, at(p) + (p === 1 ? 108 : 8), 0x03),
  'two pages swapped': (b, p) => {
    const other = p > 3 ? p - 2 : p + 2
    const kept = Buffer.from(b.subarray(at(p), at(p) + pageBytes))
    b.copy(b, at(p), at(other), at(other) + pageBytes)
    kept.copy(b, at(other))
    return b
  },
  'a file cut at the page': (b, p) => Buffer.from(b.subarray(0, at(p))),
  'a file cut inside the page': (b, p) => Buffer.from(b.subarray(0, at(p) + 300)),
}

/** SQLite itself has nothing against it. */
function looksSound(file: string): boolean {
  try {
    using db = new DatabaseSync(`file:${file}?immutable=1`, { readOnly: true })
    return Object.values(db.prepare('PRAGMA integrity_check').get() ?? {})[0] === 'ok'
  } catch {
    // It does not even open.
    return false
  }
}

function flip(bytes: Buffer, position: number, mask: number): Buffer {
  bytes[position] = (bytes[position] as number) ^ mask
  return bytes
}

describe('salvage', { concurrency: 2 }, () => {
  for (const autoVacuum of [false, true]) {
    for (const [name, damage] of Object.entries(damages)) {
      for (const share of autoVacuum ? [0.3] : [0, 0.3, 0.7]) {
        it(`${name} at ${share * 100} %${autoVacuum ? ', auto_vacuum' : ''}: a sound table is exactly the truth`, async () => {
          using place = tempFolder()
          const [base, live, to, out] = ['base', 'live', 'rows', 'out'].map((one) => place.join(one)) as [
            string,
            string,
            string,
            string,
          ]
          const truth = build(base, live, autoVacuum)
          const bytes = readFileSync(live)
          const page = 1 + Math.floor(share * (bytes.length / pageBytes))
          writeFileSync(live, damage(bytes, page))
          if (looksSound(live)) return // the middle of a value: no page says that it was another
          const survey = await askSalvage('survey', { main: live, wal: null, base, to })
          const merged = await askSalvage('merge', { survey, extract: to, base, to: out })
          const read = rowsIn(to)
          const result = rowsIn(out)
          const backup = rowsIn(base)
          for (const { name: table, state } of survey.tables) {
            const real = truth.get(table)!
            if (state === 'sound') assert.ok(isSame(result.get(table)!, real), `${table} is called sound`)
            for (const row of read.get(table)!) assert.ok(real.has(row), `${table}: invented ${row.slice(0, 60)}`)
            for (const row of result.get(table)!) assert.ok(real.has(row) || backup.get(table)!.has(row))
          }
          assert.equal(Object.keys(merged.rows).length, 3)
          using db = new DatabaseSync(out)
          assert.equal(Object.values(db.prepare('PRAGMA integrity_check').get()!)[0], 'ok')
        })
      }
    }
  }
})
