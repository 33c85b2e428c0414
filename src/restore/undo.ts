import { copyFile, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { makeScratch } from '../disk/scratch.ts'
import { freeSpace } from '../disk/space.ts'
import { isPulihError, PulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import type { Part, Ready } from './assemble.ts'
import { type Comparison, compareRows } from './compare.ts'
import { realAppFolder } from './decide.ts'
import { findSettledHolders, type LiveDatabase } from './holders.ts'
import { identityAt, looksUnchanged } from './identity.ts'
import { copyLive } from './live-copy.ts'
import { type DatabaseLoss, lossOf } from './loss.ts'
import type { PlannedPath, PlanStep, RestorePlan, RestoreResult } from './plan-types.ts'
import { asWarning, step } from './plan-words.ts'
import { pruneQuarantine } from './quarantine.ts'
import { type Item, isSwapOpen, quarantineOf, type RestoreRecord, readRecords } from './record.ts'
import { nothingDone, resultOf, swapReady } from './restore.ts'
import { nowOf, type Resumed } from './resume.ts'
import { asAct, type Running, type RunOptions } from './running.ts'
import { takeSafety } from './safety.ts'
import { withAppStopped } from './stopped.ts'
import { targetFor } from './target.ts'

/**
 * Plans to reverse the last recovery: what it replaced comes back exactly as it was, side files included, and what it made
 * is set aside. One that was cut off is settled instead. Changes nothing. Throws restore.nothing-to-undo, restore.undo-gone.
 */
export async function planUndo(app: App, work: Work): Promise<RestorePlan> {
  const record = await recordToUndo(app)
  const { stop, start } = app.config.app
  const { holders, complete } = await findSettledHolders(databasesIn(record), app.clock)
  const open = isSwapOpen(record)
  const paths = await Promise.all(record.items.map(plannedPath))
  const going = paths.reduce((sum, { currentBytes }) => sum + (currentBytes ?? 0), 0)
  const warnings = [
    ...(open ? [note('restore.warn.unfinished', { id: record.id })] : []),
    ...holders.map(({ path, pid, command }) => note('restore.warn.held', { path, pid, command, stop })),
    ...(complete ? [] : [note('restore.warn.blind')]),
  ]
  return {
    plan: 'undo',
    version: 1,
    created: nowOf(app),
    from: record.id,
    archive: null,
    state: null,
    target: await realAppFolder(app),
    inPlace: true,
    into: false,
    only: [],
    paths,
    loss: lossOf(
      open ? [] : await lossesOf(app, record, work),
      Date.parse(record.ended ?? record.started),
      app.clock.now(),
    ),
    holders,
    stop,
    start,
    safety: true,
    space: { needBytes: Math.ceil(going * 1.5 + 8e6), freeBytes: (await freeSpace(app.folders.backups)).freeBytes },
    warnings: warnings.map(asWarning),
    steps: stepsOf(record, holders.length > 0 ? stop : null, start),
  }
}

/** Reverses it; itself recorded, and itself undone by the next undo. Throws as `runRestore`. */
export async function runUndo(app: App, plan: RestorePlan, options: RunOptions): Promise<RestoreResult> {
  const facts = { undoes: plan.from, target: plan.target }
  return await asAct(app, 'undo', { ...options, facts }, async (running) => {
    const watched = databasesIn(await recordToUndo(app))
    return await withAppStopped(app, plan, watched, running, async (record, resumed) => {
      if (isOverWith(resumed)) return await settledResult(app, plan, resumed)
      const undone = await recordToUndo(app)
      return await reverse(app, { ...plan, from: undone.id }, { ...record, undoes: undone.id }, undone, running)
    })
  })
}

/** A recovery that went back when it was settled is undone by that; an undo that was finished by it is done. */
function isOverWith(resumed: Resumed | null): resumed is Resumed {
  if (resumed === null) return false
  return resumed.act === 'restore' ? resumed.ended === 'rolled-back' : resumed.ended === 'done'
}

async function settledResult(app: App, plan: RestorePlan, { id }: Resumed): Promise<RestoreResult> {
  const record = (await readRecords(app.folders)).find((one) => one.id === id)
  const restored = record?.items.map(({ path }) => path) ?? []
  return { ...nothingDone(plan), from: id, restored, safety: record?.safety ?? null }
}

/** The run that was cut off, else the last one that is done: a restore, or an undo (which this then takes back). */
async function recordToUndo(app: App): Promise<RestoreRecord> {
  const records = (await readRecords(app.folders)).reverse()
  // An undo that had touched nothing yet left nothing to settle: what it was to undo still is.
  const open = records.find((one) => isSwapOpen(one) && (one.act === 'restore' || one.items.length > 0))
  const found = open ?? records.find(({ phase }) => phase === 'done')
  if (found === undefined) throw new PulihError('restore.nothing-to-undo')
  if (open === undefined) await requireKept(found)
  return found
}

async function requireKept({ id, items, safety }: RestoreRecord): Promise<void> {
  for (const item of items) {
    for (const old of item.olds) {
      const now = await identityAt(old.kept)
      if (!looksUnchanged(now, old.identity)) throw new PulihError('restore.undo-gone', { id, path: old.kept, safety })
    }
  }
}

function databasesIn({ items, watched }: RestoreRecord): LiveDatabase[] {
  const own = items.filter(({ kind }) => kind === 'database').map(({ path, target }) => ({ path, absolute: target }))
  const known = new Set(own.map(({ path }) => path))
  return [...own, ...watched.filter(({ path }) => !known.has(path))]
}

async function plannedPath({ path, kind, target, olds }: Item): Promise<PlannedPath> {
  const now = await identityAt(target)
  const bytes = olds.reduce((sum, { identity }) => sum + identity.bytes, 0)
  const action = olds.length === 0 ? 'remove' : now === null ? 'create' : 'replace'
  const secret = kind === 'file' && /(^|\/)\.env(\.|$)/.test(path)
  return { path, kind, action, bytes: olds.length === 0 ? null : bytes, currentBytes: now?.bytes ?? null, secret }
}

/** Rows there now that the state before does not have. */
async function lossesOf(app: App, record: RestoreRecord, work: Work): Promise<DatabaseLoss[]> {
  await using scratch = await makeScratch(app.folders, 'undo')
  const losses: DatabaseLoss[] = []
  for (const item of record.items.filter(({ kind }) => kind === 'database')) {
    const folder = await mkdtemp(join(scratch.path, 'database-'))
    losses.push({ path: item.path, backupTables: [], live: await compareWithKept(app, item, folder, work) })
  }
  return losses
}

async function compareWithKept(app: App, item: Item, folder: string, work: Work): Promise<Comparison | 'missing'> {
  const before = join(folder, 'before')
  for (const { suffix, kept } of item.olds.filter((old) => old.suffix !== '-shm')) await copyFile(kept, before + suffix)
  const live = await copyLive(app, item.path, folder, work)
  if ('missing' in live) return 'missing'
  if ('damage' in live) return { tables: {}, damage: live.damage }
  if (item.olds.length === 0) return { tables: {}, damage: null }
  try {
    await using child = spawnSqlite(work.signal)
    await child.recover(before)
  } catch (error) {
    if (!isPulihError(error) || error.code === 'cancelled') throw error
    return { tables: {}, damage: error.message }
  }
  return await compareRows({ live: live.file, backup: before }, work.signal)
}

function stepsOf({ id, items }: RestoreRecord, stop: string | null, start: string | null): PlanStep[] {
  const count = items.length
  return [
    ...(stop === null ? [] : [step('stop', note('restore.step.stop', { command: stop }))]),
    step('safety', note('restore.step.safety')),
    step('fetch', note('restore.step.fetch', { from: id })),
    step('swap', note('restore.step.swap', { count })),
    step('check', note('restore.step.check')),
    ...(stop === null || start === null ? [] : [step('start', note('restore.step.start', { command: start }))]),
  ]
}

async function reverse(
  app: App,
  plan: RestorePlan,
  record: RestoreRecord,
  undone: RestoreRecord,
  running: Running,
): Promise<RestoreResult> {
  const root = await realAppFolder(app)
  const ready: Ready[] = []
  for (const { path, kind, olds } of undone.items) {
    const target = await targetFor(root, path, kind)
    const parts = olds.map(({ suffix, kept }): Part => ({ suffix, file: kept, sha256: null, from: 'quarantine' }))
    ready.push({ path, kind, target, parts })
  }
  const safety = await takeSafety(app, { reason: `undo ${undone.id}`, lock: running.lock, ...running.work })
  const leaving = { ...record, safety: safety.name, leftFolders: undone.madeFolders }
  const done = await swapReady(app, leaving, ready, running)
  await pruneQuarantine(app)
  return { ...resultOf(plan, done, quarantineOf(app.folders, done.id)), warnings: safety.warnings }
}
