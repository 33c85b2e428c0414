import { backup, DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { notHeld, SourceFailure } from './failure.ts'
import type { HoldWindow, LivePath } from './protocol.ts'

/**
 * Read transactions on live databases, in the child process only: this process never opens one of these files by itself
 * (closing such a descriptor would drop SQLite's locks), and its connections are read-only, so they neither commit nor
 * checkpoint, and closing them leaves the WAL where it is.
 */
const held = new Map<string, DatabaseSync>()

/** One attempt at one lock. Short, because databases already held in rollback mode stop their writers meanwhile. */
const attemptMs = 250
const pauseMs = 20

/**
 * Opens every database and begins a read transaction on each, all within a moment of one another. When one is locked the
 * others are let go before the next attempt: nobody's writer waits because another database is busy.
 */
export async function hold(databases: readonly LivePath[], waitMs: number): Promise<HoldWindow> {
  const endMs = performance.now() + waitMs
  for (;;) {
    try {
      for (const database of databases) open(database)
      const fromMs = Date.now()
      for (const database of databases) begin(database)
      return { fromMs, toMs: Date.now() }
    } catch (error) {
      const isOver = performance.now() >= endMs || !(error instanceof SourceFailure && error.isBusy)
      if (isOver) {
        closeAll()
        throw error
      }
      for (const database of held.values()) end(database)
    }
    await pause(pauseMs)
  }
}

/** Opening, and one read to have the schema's place, the wal-index and, if need be, recovery behind us. */
function open({ path, absolute }: LivePath): void {
  if (held.has(absolute)) return
  SourceFailure.during(path, () => {
    const database = new DatabaseSync(absolute, { readOnly: true, timeout: attemptMs })
    held.set(absolute, database)
    read(database)
  })
}

/** BEGIN alone locks nothing: only the first read does. */
function begin({ path, absolute }: LivePath): void {
  SourceFailure.during(path, () => {
    const database = held.get(absolute) as DatabaseSync
    // The same database twice, under two names: one transaction holds both.
    if (database.isTransaction) return
    database.exec('BEGIN')
    read(database)
  })
}

/** A field of page 1: the cheapest read that takes the lock, and one that a damaged schema does not prevent. */
function read(database: DatabaseSync): void {
  database.prepare('PRAGMA user_version').get()
}

function end(database: DatabaseSync): void {
  if (database.isTransaction) database.exec('ROLLBACK')
}

/**
 * The held state of one WAL database, through SQLite itself. Inside the read transaction the backup never starts over,
 * however often others commit; its steps run off the main thread.
 */
export async function copy(
  absolute: string,
  to: string,
  onProgress: (done: number, total: number) => void,
): Promise<null> {
  const database = held.get(absolute)
  if (database === undefined) throw new SourceFailure(absolute, null, notHeld)
  await backup(database, to, {
    rate: 2000,
    progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
  })
  return null
}

/** Ends transactions and closes. Fails when one is not held: then nothing says that it was held until now. */
export function release(absolute: readonly string[] | null): null {
  if (absolute === null) closeAll()
  for (const one of absolute ?? []) {
    const database = held.get(one)
    if (database?.isTransaction !== true) throw new SourceFailure(one, null, notHeld)
    held.delete(one)
    database.close()
  }
  return null
}

function closeAll(): void {
  for (const database of held.values()) database.close()
  held.clear()
}
