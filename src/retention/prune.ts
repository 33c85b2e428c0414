import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { beginAct, type OpenAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { withMark } from '../catalogue/marks.ts'
import { diskError } from '../disk/failure.ts'
import { acquireLock, type Lock } from '../disk/lock.ts'
import { sweep } from '../disk/scratch.ts'
import { errnoOf, PulihError } from '../error.ts'
import { say } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { finishMove, moveArchive, removeArchive, removeOrphanMarks } from './move.ts'
import { namedByPlans } from './open-plans.ts'
import { planRetention, type RetentionPlan } from './plan.ts'
import { policyOf } from './policy.ts'

export interface PruneOptions extends Work {
  /** Only plan: nothing is written, not even a record. */
  readonly dryRun?: boolean
  /** How long to wait for another run to end; default 30 s. */
  readonly waitMs?: number
  /** A lock the caller holds already (a backup that applies retention); it is not released here. */
  readonly lock?: Lock
}

/**
 * Applies retention: an act with its own record, under the lock. Everything it removes has two newer proven backups; what
 * was pinned meanwhile stays. Killed at any moment, it has done part of its plan and the next run does the rest.
 * Throws lock.busy (exit 5), cancelled (between two archives), disk.*.
 */
export async function prune(app: App, options: PruneOptions = {}): Promise<RetentionPlan> {
  if (options.dryRun === true) return planNow(app)
  await using _lock = options.lock ? null : await takeLock(app, options)
  if (!options.lock) await sweep(app.folders)
  await tidyUp(app)
  const plan = await planNow(app)
  const work = plan.removed.length + plan.archived.length
  // A backup that applies retention and finds nothing to do leaves no record of it.
  if (work === 0 && options.lock) return plan
  const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name)
  await using act = await beginAct(app, 'prune', { remove: names(plan.removed), archive: names(plan.archived) })
  try {
    const done = await carryOut(app, plan, options)
    await act.finish({ facts: { removed: names(done.removed), archived: names(done.archived) } })
    return done
  } catch (error) {
    await failAct(app, act, error)
    throw error
  }
}

async function takeLock(app: App, { waitMs = 30_000, signal }: PruneOptions): Promise<Lock> {
  return acquireLock(app.folders.state, 'prune', { waitMs, signal, clock: app.clock })
}

async function planNow(app: App): Promise<RetentionPlan> {
  const { backups: folder, archives } = app.folders
  const backups = await listBackups(app)
  const named = await namedByPlans(
    [folder, join(app.folders.state, 'restores')],
    backups.map(({ name }) => name),
  )
  return planRetention(backups, policyOf(app.config), {
    nowMs: app.clock.now(),
    zone: app.zone,
    namedByPlans: named,
    archiveFolder: archives === folder ? null : archives,
  })
}

/** Oldest first: cut off half way, what is left is the newer part. */
async function carryOut(app: App, plan: RetentionPlan, { signal }: Work): Promise<RetentionPlan> {
  const late = new Set<string>()
  for (const { name, path } of plan.archived.toReversed()) {
    stopIfAborted(signal)
    // Pinned since the plan was made, or right now: in the archive folder it is kept just as well.
    await moveArchive(path, app.folders.archives)
    logLine(app, 'INFO', say(app.language, 'log.archived', { name }))
  }
  for (const { name, path } of plan.removed.toReversed()) {
    stopIfAborted(signal)
    if (await removeUnlessPinned(path)) logLine(app, 'INFO', say(app.language, 'log.removed', { name }))
    else late.add(path)
  }
  const pinned = plan.removed.filter(({ path }) => late.has(path))
  return {
    kept: [...plan.kept, ...pinned.map(({ name, path }) => ({ name, path, reasons: ['pinned'] as const }))],
    removed: plan.removed.filter(({ path }) => !late.has(path)),
    archived: plan.archived,
  }
}

/** Pinning does not wait for the lock, so the pin is looked at once more, in the moment of removal. */
async function removeUnlessPinned(path: string): Promise<boolean> {
  return withMark(path, async ({ pinned }) => {
    if (pinned === null) await removeArchive(path)
    return pinned === null
  })
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new PulihError('cancelled')
}

async function failAct(app: App, act: OpenAct, error: unknown): Promise<void> {
  await act.fail(error)
  const reason = error instanceof PulihError ? error.words(app.language)[0] : String(error)
  logLine(app, 'ERROR', say(app.language, 'log.prune-failed', { reason }))
}

/** What runs that were cut off left: the old name of an archive that was moved, marks without archive. */
async function tidyUp({ folders: { backups, archives } }: App): Promise<void> {
  const inArchives = await namesIn(archives)
  if (archives !== backups) {
    const both = new Set(inArchives)
    const twins = (await namesIn(backups)).filter((name) => name.endsWith('.zip') && both.has(name))
    for (const name of twins) await finishMove(join(backups, name), join(archives, name))
    await removeOrphanMarks(backups, await namesIn(backups))
  }
  await removeOrphanMarks(archives, inArchives)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', folder)
  }
}
