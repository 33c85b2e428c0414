import { DatabaseSync } from 'node:sqlite'
import { type Random, seededRandom } from './random.ts'

/** Amounts are whole sen (1/100 rupiah). */
const schema = `
CREATE TABLE pengguna (
  id INTEGER PRIMARY KEY,
  telegram_id INTEGER NOT NULL UNIQUE,
  nama TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE kategori (
  id INTEGER PRIMARY KEY,
  nama TEXT NOT NULL UNIQUE,
  jenis TEXT NOT NULL CHECK (jenis IN ('masuk', 'keluar'))
);
CREATE TABLE dompet (
  id INTEGER PRIMARY KEY,
  pengguna_id INTEGER NOT NULL REFERENCES pengguna(id),
  nama TEXT NOT NULL,
  saldo_awal INTEGER NOT NULL,
  saldo INTEGER NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE transaksi (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dompet_id INTEGER NOT NULL REFERENCES dompet(id),
  kategori_id INTEGER REFERENCES kategori(id),
  jenis TEXT NOT NULL CHECK (jenis IN ('masuk', 'keluar')),
  jumlah INTEGER NOT NULL CHECK (jumlah > 0),
  catatan TEXT,
  created_at TEXT NOT NULL
);
CREATE INDEX transaksi_dompet ON transaksi(dompet_id, created_at);
CREATE INDEX transaksi_waktu ON transaksi(created_at);
CREATE VIEW ringkasan AS
  SELECT d.id, p.nama AS pengguna, d.nama AS dompet, d.saldo FROM dompet d JOIN pengguna p ON p.id = d.pengguna_id;
PRAGMA application_id = 0x4b455542;
PRAGMA user_version = 7;
`

const names = ['Ayu', 'Bagus', 'Citra', 'Dimas', 'Eka', 'Fitri', 'Galih', 'Hana', 'Indra', 'Joko', 'Kartika', 'Lestari']
const wallets = ['Tunai', 'Tabungan', 'Dompet Digital'] as const
const incoming = ['Gaji', 'Penjualan', 'Hadiah', 'Bunga'] as const
const outgoing = ['Makan', 'Transportasi', 'Belanja', 'Listrik', 'Pulsa', 'Sewa', 'Kesehatan', 'Sedekah'] as const
const notes = [
  'nasi padang',
  'ojek ke kantor',
  'token listrik',
  'beli sayur',
  'cicilan motor',
  'kopi ☕',
  'es teh',
  null,
]
const users = 40
const firstDay = Date.UTC(2024, 0, 1)
const spanMs = 560 * 86_400_000

interface MoneyOptions {
  readonly transactions: number
  readonly journal: 'wal' | 'rollback'
  readonly seed: number
}

interface Wallet {
  readonly id: number
  readonly opening: number
  balance: number
}

/** Creates and fills the money database; the books balance to the sen. */
export function fillMoney(path: string, { transactions, journal, seed }: MoneyOptions): void {
  const random = seededRandom(seed)
  using db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = ${journal === 'wal' ? 'wal' : 'delete'}; PRAGMA synchronous = normal;`)
  db.exec(`BEGIN; ${schema}`)
  addPeople(db)
  const accounts = addWallets(db, random)
  addTransactions(db, accounts, transactions, random)
  const settle = db.prepare('UPDATE dompet SET saldo = ? WHERE id = ?')
  for (const { id, balance } of accounts) settle.run(balance, id)
  db.exec('COMMIT')
}

function addPeople(db: DatabaseSync): void {
  const category = db.prepare('INSERT INTO kategori (nama, jenis) VALUES (?, ?)')
  for (const name of incoming) category.run(name, 'masuk')
  for (const name of outgoing) category.run(name, 'keluar')
  const person = db.prepare('INSERT INTO pengguna (telegram_id, nama, created_at) VALUES (?, ?, ?)')
  for (let at = 0; at < users; at++) {
    const number = at < names.length ? '' : ` ${Math.floor(at / names.length) + 1}`
    person.run(6_100_000_000 + at * 7919, `${names[at % names.length]}${number}`, stamp(firstDay + at * 60_000))
  }
}

function addWallets(db: DatabaseSync, random: Random): Wallet[] {
  const wallet = db.prepare(
    'INSERT INTO dompet (pengguna_id, nama, saldo_awal, saldo, created_at) VALUES (?, ?, ?, ?, ?)',
  )
  const made: Wallet[] = []
  for (let user = 1; user <= users; user++) {
    for (const name of wallets) {
      const opening = random.below(500_000_000)
      wallet.run(user, name, opening, opening, stamp(firstDay + user * 60_000))
      made.push({ id: made.length + 1, opening, balance: opening })
    }
  }
  return made
}

function addTransactions(db: DatabaseSync, accounts: readonly Wallet[], count: number, random: Random): void {
  const insert = db.prepare(
    'INSERT INTO transaksi (dompet_id, kategori_id, jenis, jumlah, catatan, created_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  for (let at = 0; at < count; at++) {
    const wallet = random.pick(accounts)
    const comesIn = random.below(3) === 0
    const amount = 1 + random.below(comesIn ? 300_000_000 : 100_000_000)
    const category = comesIn ? 1 + random.below(incoming.length) : 1 + incoming.length + random.below(outgoing.length)
    wallet.balance += comesIn ? amount : -amount
    const when = stamp(firstDay + Math.floor(((at + 1) / count) * spanMs))
    insert.run(wallet.id, category, comesIn ? 'masuk' : 'keluar', amount, random.pick(notes), when)
  }
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** SQL whose rows are wallets that do not agree with their transactions: none when the books balance. */
export const unbalancedWallets = `
SELECT d.id, d.saldo, d.saldo_awal + coalesce(t.jumlah, 0) AS seharusnya
FROM dompet d LEFT JOIN (
  SELECT dompet_id, sum(CASE jenis WHEN 'masuk' THEN jumlah ELSE -jumlah END) AS jumlah FROM transaksi GROUP BY dompet_id
) t ON t.dompet_id = d.id
WHERE d.saldo <> d.saldo_awal + coalesce(t.jumlah, 0)`.trim()

export interface Books {
  readonly wallets: number
  readonly transactions: number
  /** Wallets whose balance is not what their transactions say. */
  readonly wrong: number
  /** Sum of all balances, in sen. */
  readonly total: number
}

/**
 * Reads the books of one money database. Only for a database that nobody else's process reads with file calls from
 * here: it opens a connection in this process.
 */
export function readBooks(path: string): Books {
  using db = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  const one = (sql: string) => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0)
  return {
    wallets: one('SELECT count(*) FROM dompet'),
    transactions: one('SELECT count(*) FROM transaksi'),
    wrong: one(`SELECT count(*) FROM (${unbalancedWallets})`),
    total: one('SELECT sum(saldo) FROM dompet'),
  }
}
