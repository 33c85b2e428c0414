import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { seededRandom } from './random.ts'

export interface WriterReport {
  /** Transfers whose COMMIT returned: all of these must be in any backup that began later. */
  readonly committed: number
  /** Slowest transfer so far. */
  readonly worstMs: number
  /** Errors SQLite gave the bot; a backup must never cause one. */
  readonly errors: readonly string[]
}

export interface WriterOptions {
  /** Rest between two transfers; 5 ms unless told. */
  readonly pauseMs?: number
  readonly seed?: number
  readonly journal?: 'wal' | 'rollback'
}

/** The bot at work: a process of its own that keeps moving money between wallets, and logs a message each time. */
export class Writer implements AsyncDisposable {
  readonly #child: ChildProcess
  #report: WriterReport = { committed: 0, worstMs: 0, errors: [] }

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (report: WriterReport) => {
      this.#report = report
    })
  }

  /** Starts it on the bot in `folder`; resolves when the first transfer is committed. */
  static async start(folder: string, options: WriterOptions = {}): Promise<Writer> {
    const child = fork(fileURLToPath(import.meta.url), [folder, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const writer = new Writer(child)
    const started = new AbortController()
    await Promise.race([
      once(child, 'message', { signal: started.signal }),
      once(child, 'exit', { signal: started.signal }).then(() => {
        throw new Error('the writer ended before its first transfer')
      }),
    ]).finally(() => started.abort())
    return writer
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get report(): WriterReport {
    return this.#report
  }

  /** Resolves when `count` more transfers are committed. */
  async atLeast(count: number): Promise<void> {
    const goal = this.#report.committed + count
    while (this.#report.committed < goal) await once(this.#child, 'message')
  }

  /** Lets the transfer at hand finish, closes both databases, ends the process. */
  async stop(): Promise<WriterReport> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      if (this.#child.connected) this.#child.disconnect()
      await ended
    }
    return this.#report
  }

  /** SIGKILL: the bot dies in the middle of whatever it does, and leaves its -wal behind. */
  async kill(): Promise<WriterReport> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await ended
    }
    return this.#report
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

async function work(folder: string, { pauseMs = 5, seed = 99 }: WriterOptions): Promise<void> {
  using money = new DatabaseSync(join(folder, 'finance_bot.db'), { timeout: 5000 })
  using assets = new DatabaseSync(join(folder, 'asset_data.db'), { timeout: 5000 })
  for (const db of [money, assets]) db.exec('PRAGMA synchronous = normal')
  const transfer = transferWith(money)
  const log = assets.prepare('INSERT INTO log_pesan (chat_id, arah, teks, created_at) VALUES (?, ?, ?, ?)')
  const random = seededRandom(seed)
  const errors: string[] = []
  let committed = 0
  let worstMs = 0
  let ends = false
  process.on('disconnect', () => {
    ends = true
  })
  while (!ends) {
    const began = performance.now()
    try {
      transfer(1 + random.below(120), 1 + random.below(120), 1 + random.below(10_000_000))
      committed++
      log.run(6_100_000_000, 'masuk', `/transfer ${committed}`, now())
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error))
    }
    worstMs = Math.max(worstMs, performance.now() - began)
    if (process.connected) process.send?.({ committed, worstMs, errors: errors.slice(0, 20) })
    await sleep(pauseMs)
  }
}

function transferWith(db: DatabaseSync): (from: number, to: number, amount: number) => void {
  const insert = db.prepare(
    "INSERT INTO transaksi (dompet_id, jenis, jumlah, catatan, created_at) VALUES (?, ?, ?, 'transfer', ?)",
  )
  const change = db.prepare('UPDATE dompet SET saldo = saldo + ? WHERE id = ?')
  const half = (wallet: number, kind: 'masuk' | 'keluar', amount: number) => {
    insert.run(wallet, kind, amount, now())
    change.run(kind === 'masuk' ? amount : -amount, wallet)
  }
  return (from, to, amount) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      half(from, 'keluar', amount)
      half(to, 'masuk', amount)
      db.exec('COMMIT')
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }
}

function now(): string {
  return new Date().toISOString().slice(0, 19).replace('T', ' ')
}

if (import.meta.main) {
  const [folder = '.', options = '{}'] = process.argv.slice(2)
  await work(folder, JSON.parse(options) as WriterOptions)
}
