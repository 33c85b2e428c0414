import { unbalancedWallets } from './money.ts'

export interface BotFile {
  readonly path: string
  readonly text: string
  readonly mode: number
}

/** Code, settings and secrets of the bot; `config` is laid over its backup configuration, null leaves that out. */
export function botFiles(config: Readonly<Record<string, unknown>> | null): readonly BotFile[] {
  const code = Object.entries(sources).map(([path, text]) => ({ path, text, mode: 0o644 }))
  const secrets = { path: '.env', text: environment, mode: 0o600 }
  if (config === null) return [...code, secrets]
  const text = `${JSON.stringify({ ...backupConfig, ...config }, null, 2)}\n`
  return [...code, secrets, { path: 'config/backup_config.json', text, mode: 0o644 }]
}

const backupConfig = {
  backup_config: {
    enabled: true,
    max_backups: 10,
    auto_backup_triggers: ['before_migration', 'before_deployment', 'daily_scheduled', 'before_bulk_operations'],
    backup_schedule: { daily_backup: '02:00' },
  },
  invariants: [
    { name: 'saldo dompet = saldo awal + masuk - keluar', database: 'finance_bot.db', sql: unbalancedWallets },
  ],
}

const environment = `BOT_TOKEN=7000000001:CONTOH-token-bukan-rahasia
ADMIN_CHAT_ID=6100000000
DATABASE=finance_bot.db
`

const main = `"""Titik masuk bot keuangan."""
import sys

from src.db import buka, periksa_saldo
from src.handlers import daftar

PERINTAH = daftar()


def jalan():
    db = buka()
    print("bot siap:", len(PERINTAH), "perintah,", db.execute("SELECT count(*) FROM dompet").fetchone()[0], "dompet")


if __name__ == "__main__":
    if "--periksa" in sys.argv:
        salah = periksa_saldo(buka())
        print("saldo cocok" if salah == 0 else f"{salah} dompet tidak cocok")
        sys.exit(0 if salah == 0 else 1)
    jalan()
`

const database = `"""Koneksi database bot."""
import os
import sqlite3

LETAK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "finance_bot.db")


def buka():
    db = sqlite3.connect(LETAK, timeout=5)
    db.execute("PRAGMA foreign_keys = ON")
    return db


def periksa_saldo(db):
    """Jumlah dompet yang saldonya tidak sesuai transaksinya."""
    return db.execute("""
        SELECT count(*) FROM dompet d WHERE d.saldo <> d.saldo_awal + coalesce((
            SELECT sum(CASE jenis WHEN 'masuk' THEN jumlah ELSE -jumlah END) FROM transaksi WHERE dompet_id = d.id), 0)
    """).fetchone()[0]
`

const handlers = `"""Perintah yang dikenal bot."""


def daftar():
    return {"/saldo": saldo, "/catat": catat, "/transfer": transfer, "/laporan": laporan}


def saldo(db, pengguna):
    return db.execute("SELECT nama, saldo FROM dompet WHERE pengguna_id = ?", (pengguna,)).fetchall()


def catat(db, dompet, jenis, jumlah, catatan):
    with db:
        db.execute(
            "INSERT INTO transaksi (dompet_id, jenis, jumlah, catatan, created_at) VALUES (?, ?, ?, ?, datetime('now'))",
            (dompet, jenis, jumlah, catatan),
        )
        db.execute("UPDATE dompet SET saldo = saldo + ? WHERE id = ?", (jumlah if jenis == "masuk" else -jumlah, dompet))


def transfer(db, asal, tujuan, jumlah):
    with db:
        catat(db, asal, "keluar", jumlah, "transfer")
        catat(db, tujuan, "masuk", jumlah, "transfer")


def laporan(db, bulan):
    return db.execute(
        "SELECT jenis, sum(jumlah) FROM transaksi WHERE created_at LIKE ? GROUP BY jenis", (bulan + "%",)
    ).fetchall()
`

const sources: Readonly<Record<string, string>> = {
  'main.py': main,
  'src/__init__.py': '',
  'src/db.py': database,
  'src/handlers.py': handlers,
  'src/format.py': `def rupiah(sen):\n    return "Rp{:,.2f}".format(sen / 100).replace(",", "#").replace(".", ",").replace("#", ".")\n`,
  'src/aset.py': `def nilai(jumlah, harga):\n    return round(jumlah * harga)\n`,
  'pesan/id.json': '{\n  "salam": "Halo! Ketik /saldo untuk melihat saldo.",\n  "tercatat": "Tercatat ✅"\n}\n',
  'requirements.txt': 'python-telegram-bot==21.4\n',
  'README.md': '# Bot keuangan\n\nMencatat uang masuk dan keluar lewat Telegram. Jalankan: `python main.py`.\n',
  '.gitignore': '.env\n*.db\n*.db-wal\n*.db-shm\nbackups/\n__pycache__/\n',
}
