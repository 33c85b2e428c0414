import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { PulihError } from '../error.ts'
import type { Clock } from '../time/clock.ts'
import { makeFolder } from './draft.ts'
import { isExclusive, tryExclusive } from './exclusive.ts'

/** The right to change the backup folder. One holder at a time over all processes; the kernel frees it when they die. */
export interface Lock extends AsyncDisposable {
  readonly act: string
}

export interface LockHolder {
  /** 0 when the holder could not leave its number (a full disk). */
  readonly pid: number
  readonly act: string
  readonly since: string
}

/**
 * Takes the lock of a backup folder, waiting up to `waitMs`. It is an EXCLUSIVE transaction on `lock.sqlite`: nothing is
 * written, nothing can be left behind. `lock-holder.json` beside it only names the holder.
 * Throws lock.busy (exit 5), cancelled, lock.damaged, disk.*.
 */
export async function acquireLock(
  state: string,
  act: string,
  options: { waitMs: number; signal?: AbortSignal | undefined; clock: Clock },
): Promise<Lock> {
  const { clock, signal, waitMs } = options
  await makeFolder(state)
  const started = clock.steady()
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    if (signal?.aborted) throw new PulihError('cancelled')
    const connection = tryExclusive(join(state, 'lock.sqlite'))
    if (connection !== null) return holdLock(connection, state, act, clock)
    const leftMs = waitMs - (clock.steady() - started)
    if (leftMs <= 0) throw await busyError(state, act, waitMs)
    await pause(clock, Math.min(pauseMs, leftMs), signal)
  }
}

/** Who holds the lock now; null when nobody does. Changes nothing and makes no file. */
export async function lockHolder(state: string): Promise<LockHolder | null> {
  // A holder writes its name right after it got the lock: give it a moment.
  for (let tries = 0; isExclusive(join(state, 'lock.sqlite')); tries++) {
    const holder = await readHolder(state)
    if (holder !== null) return holder
    if (tries === 5) return { pid: 0, act: 'pulih', since: '' }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return null
}

async function holdLock(connection: DatabaseSync, state: string, act: string, clock: Clock): Promise<Lock> {
  const note = join(state, 'lock-holder.json')
  const holder: LockHolder = { pid: process.pid, act, since: new Date(clock.now()).toISOString() }
  try {
    await writeFile(note, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  } catch {
    // The note only lets others name the holder (so it need not survive a power cut either); on a full disk the lock
    // itself holds without it.
  }
  let released = false
  return {
    act,
    async [Symbol.asyncDispose]() {
      if (released) return
      released = true
      try {
        // A note that stays behind names nobody: it is read only while the lock is held, and the next holder replaces it.
        await rm(note, { force: true }).catch(() => undefined)
      } finally {
        connection.close()
      }
    },
  }
}

async function busyError(state: string, act: string, waitMs: number): Promise<PulihError<'lock.busy'>> {
  const holder = await readHolder(state)
  const pid = holder === null || holder.pid === 0 ? null : holder.pid
  return new PulihError('lock.busy', { act: holder?.act ?? act, pid, waitedSeconds: Math.round(waitMs / 1000) })
}

async function readHolder(state: string): Promise<LockHolder | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(state, 'lock-holder.json'), 'utf8'))
    const { pid, act, since } = value as Record<string, unknown>
    if (typeof pid !== 'number' || typeof act !== 'string' || typeof since !== 'string') return null
    return { pid, act, since }
  } catch {
    // Missing, or being replaced: the caller says "somebody" instead of a number.
    return null
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await clock.sleep(ms, signal)
  } catch (error) {
    if (signal?.aborted) throw new PulihError('cancelled', undefined, { cause: error })
    throw error
  }
}
