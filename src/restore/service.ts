import { spawn } from 'node:child_process'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { redact } from '../catalogue/redact.ts'
import { makeFolder } from '../disk/draft.ts'
import { diskError } from '../disk/failure.ts'
import { PulihError } from '../error.ts'
import { findHolders, type Holder, type LiveDatabase } from './holders.ts'

/** `app.stop` may take this long, and after it whoever holds a database this long again to let go. */
export const stopLimitMs = 60_000
export const releaseLimitMs = 30_000
/** An app that dies within this after its start has not started. */
const startWatchMs = 1_500

/** How `app.stop` and `app.start` ended; null: well. */
export type Trouble = { readonly command: string; readonly how: string; readonly log: string } | null

/**
 * Runs `app.stop` in the app's folder and waits until nobody holds a database any more. Throws restore.stop-failed,
 * restore.held, cancelled; the app may be down then, so the caller starts it again.
 */
export async function stopApp(
  app: App,
  databases: readonly LiveDatabase[],
  { command, signal }: { command: string; signal?: AbortSignal | undefined },
): Promise<void> {
  await using log = await openLog(app, 'app-stop.log')
  const how = await run(app, command, { log: log.handle, limitMs: stopLimitMs, signal })
  if (signal?.aborted) throw new PulihError('cancelled')
  if (how !== null) throw new PulihError('restore.stop-failed', { command: redact(command, app), how })
  const until = app.clock.steady() + releaseLimitMs
  for (let holders = findHolders(databases).holders; holders.length > 0; holders = findHolders(databases).holders) {
    if (app.clock.steady() >= until) throw heldError(holders)
    if (signal?.aborted) throw new PulihError('cancelled')
    await app.clock.sleep(100)
  }
}

/** Starts `app.start` in the app's folder, detached, its output in `backups/logs/app-start.log`. Never throws for the app. */
export async function startApp(app: App, command: string): Promise<Trouble> {
  const name = 'app-start.log'
  await using log = await openLog(app, name)
  const how = await run(app, command, { log: log.handle, limitMs: startWatchMs, detached: true })
  return how === null ? null : { command: redact(command, app), how, log: join(app.folders.logs, name) }
}

export function heldError(holders: readonly Holder[]): PulihError<'restore.held'> {
  const [first] = holders
  const path = first?.path ?? ''
  const same = holders.filter((one) => one.path === path)
  const named = same.slice(0, 3).map(({ pid, command }) => ({ pid, command }))
  return new PulihError('restore.held', { path, holders: named, more: same.length - named.length })
}

interface RunOptions {
  readonly log: FileHandle
  readonly limitMs: number
  readonly signal?: AbortSignal | undefined
  /** Outlives us, and still running at the limit is well. */
  readonly detached?: boolean
}

/** Null: it ended with 0 (or runs on, detached). Otherwise how it ended. */
async function run(
  app: App,
  command: string,
  { log, limitMs, signal, detached = false }: RunOptions,
): Promise<string | null> {
  const child = spawn('sh', ['-c', command], {
    cwd: app.folders.app,
    env: { ...process.env, ...app.config.app.env },
    stdio: ['ignore', log.fd, log.fd],
    // A group of its own: stopped with everything it started, or left alone as a whole.
    detached: true,
  })
  const { promise, resolve } = Promise.withResolvers<string | null>()
  child.once('error', (error) => resolve(error.message))
  child.once('exit', (code, ended) => resolve(code === 0 ? null : `ended with ${ended ?? `exit code ${code}`}`))
  const late = setTimeout(() => resolve(detached ? null : `did not end within ${limitMs / 1000} s`), limitMs)
  const abort = (): void => resolve('was cancelled')
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const how = await promise
    if (how !== null && child.exitCode === null && child.signalCode === null) endGroup(child.pid)
    return how
  } finally {
    clearTimeout(late)
    signal?.removeEventListener('abort', abort)
    child.unref()
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself in this moment.
  }
}

async function openLog(app: App, name: string): Promise<{ handle: FileHandle } & AsyncDisposable> {
  const path = join(app.folders.logs, name)
  await makeFolder(app.folders.logs)
  try {
    const handle = await open(path, 'a', 0o600)
    return { handle, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    throw diskError(error, 'write', path)
  }
}
