import assert from 'node:assert/strict'
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { openApp } from '../../src/app/open.ts'
import { scenarioCorruption } from '../../src/scenario/corruption.ts'
import { repairApp } from '../../src/scenario/repair-app.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

const pageBytes = 1024
const tables = ['tx', 'wallet', 'kv']
const keys: Readonly<Record<string, string>> = { tx: 'id', wallet: 'name', kv: 'k' }

function build(file: string, autoVacuum: boolean): void {
  using db = new DatabaseSync(file)
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
}

/** After the backup: rows come, go and change; free pages appear. */
function work(file: string): void {
  using db = new DatabaseSync(file)
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
      INSERT INTO tx (amount, note) SELECT -i, 'new ' || i FROM n;
    INSERT INTO wallet VALUES ('wallet new', 7);
    DELETE FROM tx WHERE id BETWEEN 200 AND 260; UPDATE wallet SET balance = balance + 1 WHERE balance % 7 = 0`)
}

type Rows = Readonly<Record<string, ReadonlyMap<string, string>>>

function rowsOf(file: string): Rows {
  using db = new DatabaseSync(file, { readOnly: true })
  const read = (table: string): Map<string, string> => {
    const rows = db.prepare(`SELECT * FROM ${table}`).all()
    return new Map(rows.map((row) => [String(row[keys[table] as string]), JSON.stringify(row)]))
  }
  return Object.fromEntries(tables.map((table) => [table, read(table)]))
}

interface Wrecked {
  readonly file: string
  readonly bytes: Buffer
  /** First page of a table or index. */
  root(name: string): number
  /** A page of that tree that holds rows or entries. */
  leaf(name: string): number
  write(bytes: Buffer): void
}

type Damage = (one: Wrecked) => void

const at = (page: number): number => (page - 1) * pageBytes

function fill(page: (one: Wrecked) => number, value: number | ((at: number) => number)): Damage {
  return (one) => {
    const start = at(page(one))
    for (let i = 0; i < pageBytes; i++) one.bytes[start + i] = typeof value === 'number' ? value : value(i) & 255
    one.write(one.bytes)
  }
}

function flip(page: (one: Wrecked) => number, offset: number, mask: number): Damage {
  return (one) => {
    const position = at(page(one)) + offset
    one.bytes[position] = (one.bytes[position] as number) ^ mask
    one.write(one.bytes)
  }
}

function swap(a: (one: Wrecked) => number, b: (one: Wrecked) => number): Damage {
  return (one) => {
    const [first, second] = [at(a(one)), at(b(one))]
    const kept = Buffer.from(one.bytes.subarray(first, first + pageBytes))
    one.bytes.copy(one.bytes, first, second, second + pageBytes)
    kept.copy(one.bytes, second)
    one.write(one.bytes)
  }
}

const noise = (i: number): number => (i * 197 + (i >> 3) * 31 + 7) & 255
const first = (): number => 1
const root = (name: string) => (one: Wrecked) => one.root(name)
const leaf = (name: string) => (one: Wrecked) => one.leaf(name)
const names = ['tx', 'wallet', 'kv', 'tx_amount', 'sqlite_autoindex_kv_1']
/** The first long value of `kv` goes on here. */
const overflow = (one: Wrecked): number => {
  const page = one.leaf('kv')
  const cell = at(page) + one.bytes.readUInt16BE(at(page) + 8)
  for (let i = cell; i <= at(page) + pageBytes - 4; i++) {
    const next = one.bytes.readUInt32BE(i)
    if (next > 2 && next <= one.bytes.length / pageBytes && i > cell + 40) return next
  }
  throw new Error('no overflow page found')
}
const freePage = (one: Wrecked): number => one.bytes.readUInt32BE(32)

const damages: Readonly<Record<string, Damage>> = {
  'file gone': ({ file }) => rmSync(file),
  'file empty': ({ file }) => truncateSync(file, 0),
  'text in its place': ({ file }) => writeFileSync(file, 'hello, this is no database\n'),
  'noise in its place': ({ file, bytes }) =>
    writeFileSync(file, Buffer.from(bytes.map((_, i) => noise(i) ^ (i % 251)))),
  'header zeroed': (one) => one.write(Buffer.concat([Buffer.alloc(100), one.bytes.subarray(100)])),
  'signature broken': flip(first, 3, 0x20),
  'wrong page size': (one) => {
    one.bytes.writeUInt16BE(4096, 16)
    one.write(one.bytes)
  },
  'impossible page size': (one) => {
    one.bytes.writeUInt16BE(1000, 16)
    one.write(one.bytes)
  },
  'impossible text encoding': flip(first, 59, 0x08),
  'impossible schema format': flip(first, 47, 0x40),
  'page 1 zeroed': fill(first, 0),
  'page 1 noise': fill(first, noise),
  'schema page kind': flip(first, 100, 8),
  'schema cell count': flip(first, 104, 0x1f),
  'schema row text': (one) => {
    const position = one.bytes.indexOf('CREATE TABLE tx')
    one.bytes.write('CRXATE TABXE tx', position)
    one.write(one.bytes)
  },
  'cut to one page': ({ file }) => truncateSync(file, pageBytes),
  'cut to half a page': ({ file }) => truncateSync(file, 500),
  'cut in the middle': ({ file, bytes }) => truncateSync(file, Math.floor(bytes.length / 2)),
  'last page lost': ({ file, bytes }) => truncateSync(file, bytes.length - pageBytes),
  'last bytes lost': ({ file, bytes }) => truncateSync(file, bytes.length - 100),
  'free list broken': fill(freePage, 0xff),
  'free list in a circle': (one) => {
    one.bytes.writeUInt32BE(freePage(one), at(freePage(one)))
    one.write(one.bytes)
  },
  'free list holds a table': (one) => {
    one.bytes.writeUInt32BE(one.leaf('tx'), at(freePage(one)) + 8)
    one.write(one.bytes)
  },
  'overflow page zeroed': fill(overflow, 0),
  'overflow chain cut': (one) => {
    one.bytes.writeUInt32BE(0, at(overflow(one)))
    one.write(one.bytes)
  },
  'overflow chain into a table': (one) => {
    one.bytes.writeUInt32BE(one.leaf('tx'), at(overflow(one)))
    one.write(one.bytes)
  },
  'two leaves swapped': swap(leaf('tx'), leaf('wallet')),
  'two roots swapped': swap(root('tx'), root('kv')),
  'a table of another time': (one) => {
    const start = at(one.leaf('tx'))
    one.bytes.copy(one.bytes, start, at(one.leaf('tx') + 1), at(one.leaf('tx') + 2))
    one.write(one.bytes)
  },
  'log of noise beside it, and a broken page': (one) => {
    fill(leaf('tx'), 0)(one)
    writeFileSync(`${one.file}-wal`, Buffer.alloc(5000, 0x37))
  },
  'gone, its journal left': ({ file }) => {
    rmSync(file)
    writeFileSync(`${file}-journal`, Buffer.alloc(2000, 0x11))
  },
  'gone, its log left': ({ file }) => {
    rmSync(file)
    writeFileSync(`${file}-wal`, Buffer.alloc(2000, 0x11))
  },
  ...Object.fromEntries(
    names.flatMap((name): [string, Damage][] => [
      [`root of ${name} zeroed`, fill(root(name), 0)],
      [`leaf of ${name} zeroed`, fill(leaf(name), 0)],
      [`leaf of ${name} noise`, fill(leaf(name), noise)],
      [`leaf of ${name}, cell count`, flip(leaf(name), 4, 0x15)],
      [`leaf of ${name}, cell position`, flip(leaf(name), 8, 0x03)],
    ]),
  ),
}

describe('corpus of damaged databases', { concurrency: 2 }, () => {
  const places = { plain: tempFolder(), auto_vacuum: tempFolder() }
  const known = new Map<string, { readonly backup: Rows; readonly truth: Rows }>()

  before(async () => {
    for (const [kind, place] of Object.entries(places)) {
      mkdirSync(place.join('config'))
      writeFileSync(place.join('config/backup_config.json'), '{"backup_config":{"enabled":true}}')
      writeFileSync(place.join('main.py'), 'print(1)\n')
      build(place.join('app.db'), kind === 'auto_vacuum')
      const backup = rowsOf(place.join('app.db'))
      await pulihJson(['backup', '--dir', place.path])
      work(place.join('app.db'))
      known.set(kind, { backup, truth: rowsOf(place.join('app.db')) })
    }
  })
  after(() => {
    for (const place of Object.values(places)) place[Symbol.dispose]()
  })

  for (const [n, [name, damage]] of Object.entries(damages).entries()) {
    const kind = n % 3 === 2 && !name.includes('free') ? 'auto_vacuum' : 'plain'
    it(`${name} (${kind}): found, and every loss the plan states is true`, async () => {
      using place = tempFolder()
      cpSync(places[kind].path, place.path, { recursive: true, preserveTimestamps: true })
      const file = place.join('app.db')
      damage(wreck(file))
      const { backup, truth } = known.get(kind) ?? assert.fail('not prepared')
      const app = await openApp({ dir: place.path })
      const { findings, options, plan } = await scenarioCorruption(app, { use: null })
      assert.ok(findings.length > 0, 'nothing was found')
      assert.deepEqual([plan.status, existsSync(join(place.path, 'backups/recovery_plan.json'))], ['ready', true])
      const way = options.find((one) => one.kind === 'backup') ?? assert.fail('the backup is no option')
      for (const table of tables) {
        const lost = way.loss.rows['app.db']?.[table]
        assert.notEqual(lost, undefined, table)
        if (lost === null) continue
        assert.equal(
          lost,
          [...(truth[table]?.keys() ?? [])].filter((key) => backup[table]?.has(key) === false).length,
          table,
        )
      }
      const own = options.find((one) => one.kind !== 'backup')
      if (own === undefined) return
      await repairApp(app, ['app.db'], {})
      const mended = rowsOf(file)
      for (const table of tables) {
        if (own.loss.rows['app.db']?.[table] === 0)
          assert.deepEqual(mended[table], truth[table], `${table} is called whole`)
        for (const [key, row] of mended[table] ?? []) {
          assert.ok(truth[table]?.get(key) === row || backup[table]?.get(key) === row, `${table} ${key} never was`)
        }
      }
    })
  }
})

function wreck(file: string): Wrecked {
  const copy = `${file}.look`
  copyFileSync(file, copy)
  const db = new DatabaseSync(copy, { readOnly: true })
  const found = db.prepare('SELECT name, rootpage FROM sqlite_schema').all()
  db.close()
  rmSync(copy)
  const bytes = readFileSync(file)
  const rootOf = (name: string): number => Number(found.find((one) => one.name === name)?.rootpage)
  const leafOf = (name: string): number => {
    let page = rootOf(name)
    for (;;) {
      const kind = bytes[at(page)] as number
      if (kind > 5) return page
      const middle = Math.floor(bytes.readUInt16BE(at(page) + 3) / 2)
      page = bytes.readUInt32BE(at(page) + bytes.readUInt16BE(at(page) + 12 + 2 * middle))
    }
  }
  return { file, bytes, root: rootOf, leaf: leafOf, write: (changed) => writeFileSync(file, changed) }
}
