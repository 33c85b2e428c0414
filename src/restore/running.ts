import type { App } from '../app/app.ts'
import { beginAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { acquireLock, type Lock } from '../disk/lock.ts'
import { sweep } from '../disk/scratch.ts'
import { isPulihError } from '../error.ts'
import { say } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'
import type { RestoreResult } from './plan-types.ts'

export interface RunOptions extends Work {
  /** How long to wait for another run to end; default 30 s. */
  readonly waitMs?: number | undefined
  /** A lock the caller holds already; it is not released here. */
  readonly lock?: Lock | undefined
}

/** What one run carries along. */
export interface Running {
  readonly work: Work
  readonly lock: Lock
  /** One SQLite process for all of it, started when it is first needed. */
  child(): SqliteChild
}

/** Lock, record, log and the SQLite process around one act. */
export async function asAct(
  app: App,
  act: 'restore' | 'undo',
  { waitMs = 30_000, lock: given, facts, ...work }: RunOptions & { facts: Readonly<Record<string, unknown>> },
  step: (running: Running) => Promise<RestoreResult>,
): Promise<RestoreResult> {
  await using own = given
    ? null
    : await acquireLock(app.folders.state, act, { waitMs, signal: work.signal, clock: app.clock })
  await sweep(app.folders)
  await using open = await beginAct(app, act, facts)
  let started: SqliteChild | undefined
  const child = (): SqliteChild => {
    started ??= spawnSqlite(work.signal)
    return started
  }
  try {
    const result = await step({ work, lock: (given ?? own) as Lock, child })
    const { safety, loss, id, quarantine } = result
    const kept = { safety, restored: result.restored.length, minutes: loss.minutes, record: id, quarantine }
    await open.finish({ backup: act === 'restore' ? result.from : null, facts: kept })
    logLine(app, 'INFO', say(app.language, 'log.restore-done', { from: result.from, count: result.restored.length }))
    return result
  } catch (error) {
    await open.fail(error)
    const reason = isPulihError(error) ? error.words(app.language)[0] : String(error)
    logLine(app, 'ERROR', say(app.language, 'log.restore-failed', { reason }))
    throw error
  } finally {
    await started?.[Symbol.asyncDispose]()
  }
}
