import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { makeScratch } from '../disk/scratch.ts'
import { freeSpace } from '../disk/space.ts'
import { PulihError } from '../error.ts'
import type { Ready } from '../restore/assemble.ts'
import { realAppFolder } from '../restore/decide.ts'
import { sha256Of } from '../restore/hash.ts'
import { findSettledHolders } from '../restore/holders.ts'
import { lossOf } from '../restore/loss.ts'
import type { RestorePlan, RestoreResult } from '../restore/plan-types.ts'
import { pruneQuarantine } from '../restore/quarantine.ts'
import { quarantineOf } from '../restore/record.ts'
import { nothingDone, resultOf, swapReady } from '../restore/restore.ts'
import { asAct, type Running } from '../restore/running.ts'
import { takeSafety } from '../restore/safety.ts'
import { withAppStopped } from '../restore/stopped.ts'
import { targetFor } from '../restore/target.ts'
import { diagnose } from '../salvage/diagnose.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { mend } from './mend.ts'

/**
 * Makes each damaged database anew of what can be read of it, with a backup's rows where nothing can, and swaps it in as a
 * recovery does: the damaged files are kept, and `restore --undo` reverses it. One that is sound already stays. Throws
 * corruption.not-repaired (nothing was changed), restore.*, disk.*, lock.busy, cancelled.
 */
export async function repairApp(app: App, paths: readonly string[], work: Work): Promise<RestoreResult> {
  const root = await realAppFolder(app)
  const targets = await Promise.all(paths.map((path) => targetFor(root, path, 'database')))
  const watched = paths.map((path, n) => ({ path, absolute: targets[n]!.absolute }))
  const plan = await planOf(app, root, paths, (await findSettledHolders(watched, app.clock)).holders)
  return await asAct(app, 'restore', { ...work, facts: { from: plan.from, target: root, only: paths } }, (running) =>
    withAppStopped(app, plan, watched, running, async (record) => {
      await using scratch = await makeScratch(app.folders, 'repair')
      const ready = await readyFor(app, watched, root, { scratch: scratch.path, running })
      if (ready.length === 0) return nothingDone(plan)
      const safety = await takeSafety(app, { reason: 'repair', lock: running.lock, ...running.work })
      const done = await swapReady(app, { ...record, safety: safety.name }, ready, running)
      await pruneQuarantine(app)
      return { ...resultOf(plan, done, quarantineOf(app.folders, done.id)), warnings: safety.warnings }
    }),
  )
}

interface Place {
  readonly scratch: string
  readonly running: Running
}

async function readyFor(
  app: App,
  watched: readonly { readonly path: string; readonly absolute: string }[],
  root: string,
  { scratch, running }: Place,
): Promise<Ready[]> {
  const proven = (await listBackups(app)).filter(({ state }) => state === 'proven')
  const child = running.child()
  const ready: Ready[] = []
  for (const { path } of watched) {
    const baseline = await baselineOf(proven, path)
    const folder = await mkdtemp(join(scratch, 'one-'))
    const diagnosis = await diagnose(app, path, { folder, baseline, child }, running.work)
    if (diagnosis.findings.length === 0) continue
    const { repaired } = await mend(app, diagnosis, { scratch: folder, child, proven }, running.work)
    if (repaired === null) throw new PulihError('corruption.not-repaired', { path })
    const { file } = repaired
    const part = { suffix: '', file, sha256: await sha256Of(file), from: 'scratch' } as const
    ready.push({ path, kind: 'database', target: await targetFor(root, path, 'database'), parts: [part] })
  }
  return ready
}

async function baselineOf(proven: readonly BackupEntry[], path: string) {
  const newest = proven.find(({ legacy, type }) => !legacy && type !== 'safety')
  if (newest === undefined) return null
  await using reader = await openArchive(newest.path)
  return reader.manifest?.databases.find((one) => one.path === path) ?? null
}

async function planOf(
  app: App,
  target: string,
  only: readonly string[],
  holders: RestorePlan['holders'],
): Promise<RestorePlan> {
  const { stop, start } = app.config.app
  const { freeBytes } = await freeSpace(app.folders.backups)
  return {
    ...{ plan: 'restore', version: 1, created: isoWithOffset(app.clock.now(), app.zone), from: 'salvage' },
    ...{ archive: null, state: null, target, inPlace: true, into: false, only, paths: [] },
    // What it costs stands in the recovery plan.
    loss: lossOf([], null, app.clock.now()),
    ...{ holders, stop, start, safety: false, space: { needBytes: 0, freeBytes }, warnings: [], steps: [] },
  }
}
