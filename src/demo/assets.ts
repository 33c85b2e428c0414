import { DatabaseSync } from 'node:sqlite'
import { seededRandom } from './random.ts'

const schema = `
CREATE TABLE aset (
  id INTEGER PRIMARY KEY,
  pengguna_id INTEGER NOT NULL,
  kode TEXT NOT NULL,
  jumlah REAL NOT NULL,
  harga_beli INTEGER NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE harga (
  kode TEXT NOT NULL,
  tanggal TEXT NOT NULL,
  harga INTEGER NOT NULL,
  PRIMARY KEY (kode, tanggal)
) WITHOUT ROWID;
CREATE TABLE log_pesan (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat_id INTEGER NOT NULL,
  arah TEXT NOT NULL CHECK (arah IN ('masuk', 'keluar')),
  teks TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX log_pesan_chat ON log_pesan(chat_id, id);
PRAGMA user_version = 3;
`

const codes = ['EMAS', 'BBRI', 'TLKM', 'BTC', 'RDPU', 'SBR'] as const
const texts = [
  '/saldo',
  '/catat 25000 makan',
  '/laporan bulan ini',
  '/transfer 100000',
  'Tercatat ✅',
  'Saldo Anda aman',
]
const firstDay = Date.UTC(2024, 0, 1)
const days = 560

interface AssetOptions {
  readonly messages: number
  readonly journal: 'wal' | 'rollback'
  readonly seed: number
}

/** Creates and fills the second database: assets, daily prices, the log of chat messages. */
export function fillAssets(path: string, { messages, journal, seed }: AssetOptions): void {
  const random = seededRandom(seed + 1)
  using db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = ${journal === 'wal' ? 'wal' : 'delete'}; PRAGMA synchronous = normal;`)
  db.exec(`BEGIN; ${schema}`)
  const asset = db.prepare(
    'INSERT INTO aset (pengguna_id, kode, jumlah, harga_beli, created_at) VALUES (?, ?, ?, ?, ?)',
  )
  for (let at = 0; at < 160; at++) {
    const amount = (1 + random.below(1_000_000)) / 1000
    asset.run(1 + random.below(40), random.pick(codes), amount, 1 + random.below(150_000_000), day(random.below(days)))
  }
  const price = db.prepare('INSERT INTO harga (kode, tanggal, harga) VALUES (?, ?, ?)')
  for (const code of codes)
    for (let at = 0; at < days; at++) price.run(code, day(at).slice(0, 10), 1 + random.below(2e9))
  const message = db.prepare('INSERT INTO log_pesan (chat_id, arah, teks, created_at) VALUES (?, ?, ?, ?)')
  for (let at = 0; at < messages; at++) {
    const chat = 6_100_000_000 + random.below(40) * 7919
    message.run(chat, at % 2 === 0 ? 'masuk' : 'keluar', random.pick(texts), day(Math.floor((at / messages) * days)))
  }
  db.exec('COMMIT')
}

function day(at: number): string {
  return new Date(firstDay + at * 86_400_000).toISOString().slice(0, 19).replace('T', ' ')
}
