import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fillAssets } from './assets.ts'
import { botFiles } from './files.ts'
import { fillMoney } from './money.ts'

export interface BotOptions {
  /** Rows in `transaksi`; 100,000 unless told. */
  readonly transactions?: number
  /** How the two databases are kept; `wal` unless told. */
  readonly journal?: 'wal' | 'rollback'
  /** The same seed makes the same bot. */
  readonly seed?: number
  /** Laid over `config/backup_config.json`; null leaves that file out. */
  readonly config?: Readonly<Record<string, unknown>> | null
}

export interface Bot {
  readonly folder: string
  /** Money: users, wallets, categories, transactions. Every wallet's `saldo` is `saldo_awal` plus in minus out. */
  readonly moneyPath: string
  /** Assets, their prices, and the log of chat messages. */
  readonly assetPath: string
  readonly files: readonly string[]
}

/** Makes a Telegram finance bot as one finds them on a small server: two databases, Python code, settings, `.env`. */
export async function makeBot(folder: string, options: BotOptions = {}): Promise<Bot> {
  const { transactions = 100_000, journal = 'wal', seed = 1, config = {} } = options
  const files = botFiles(config)
  for (const { path, text, mode } of files) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
    await chmod(target, mode)
  }
  const moneyPath = join(folder, 'finance_bot.db')
  const assetPath = join(folder, 'asset_data.db')
  fillMoney(moneyPath, { transactions, journal, seed })
  fillAssets(assetPath, { messages: Math.ceil(transactions / 4), journal, seed })
  return { folder, moneyPath, assetPath, files: files.map(({ path }) => path) }
}
