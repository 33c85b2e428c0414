import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { failpoint } from '../disk/failpoint.ts'
import { isPulihError } from '../error.ts'
import { type Note, note, sayNote } from '../message/phrases.ts'
import { localStamp } from '../time/zone.ts'
import { findHolders, findSettledHolders, type LiveDatabase } from './holders.ts'
import type { RestorePlan, RestoreResult } from './plan-types.ts'
import { asWarning } from './plan-words.ts'
import { isSwapOpen, type RestoreRecord, unfinishedRecords, writeRecord } from './record.ts'
import { nowOf, type Resumed, settleUnfinished } from './resume.ts'
import type { Running } from './running.ts'
import { heldError, startApp, stopApp } from './service.ts'
import { nextId } from './transaction.ts'

export type Step = (record: RestoreRecord, resumed: Resumed | null) => Promise<RestoreResult>

/**
 * Runs `step` with nobody at the databases and earlier killed runs settled. When somebody holds one and the plan may stop
 * the app, it is stopped before and started again after, however `step` ends; only while files are stuck between old and
 * new it stays down. Throws restore.held, restore.stop-failed, and what `step` throws.
 */
export async function withAppStopped(
  app: App,
  plan: RestorePlan,
  watched: readonly LiveDatabase[],
  running: Running,
  step: Step,
): Promise<RestoreResult> {
  const { holders } = await findSettledHolders(watched, app.clock)
  if (holders.length > 0 && plan.stop === null) throw heldError(holders)
  const stop = holders.length > 0 ? plan.stop : null
  const record = await newRecord(app, plan, watched, stop === null ? null : plan.start)
  try {
    if (stop !== null) await stopNow(app, record, stop, running)
    const resumed = await settleUnfinished(app, running.child, record.id)
    const result = await step(record, resumed)
    const { commands, trouble } = await startAgain(app)
    const service = { stopped: stop !== null, started: commands > 0 && trouble.length === 0 }
    return {
      ...result,
      resumed: resumedOf(resumed),
      service,
      warnings: [...result.warnings, ...trouble.map(asWarning)],
    }
  } catch (error) {
    if (!isPulihError(error, 'restore.stuck')) {
      const { trouble } = await startAgain(app)
      for (const one of trouble) logLine(app, 'WARNING', `⚠️ ${sayNote(app.language, one)}`)
    }
    throw error
  }
}

async function stopNow(app: App, record: RestoreRecord, command: string, { work }: Running): Promise<void> {
  // Before it is stopped: a crash from here on leaves a note that the app is to be started again.
  await writeRecord(app.folders, record)
  failpoint('restore-stopping')
  await stopApp(app, record.watched, { command, signal: work.signal })
  failpoint('restore-stopped')
}

function resumedOf(resumed: Resumed | null): RestoreResult['resumed'] {
  return resumed === null ? null : { id: resumed.id, ended: resumed.ended }
}

async function newRecord(
  app: App,
  plan: RestorePlan,
  watched: readonly LiveDatabase[],
  start: string | null,
): Promise<RestoreRecord> {
  return {
    version: 1,
    id: await nextId(app.folders, localStamp(app.clock.now(), app.zone)),
    act: plan.plan,
    phase: 'preparing',
    backup: plan.plan === 'restore' ? plan.from : null,
    undoes: plan.plan === 'undo' ? plan.from : null,
    safety: null,
    started: nowOf(app),
    ended: null,
    start,
    watched,
    items: [],
    drafts: [],
    madeFolders: [],
    leftFolders: [],
  }
}

/** Starts every app that a record says is stopped, unless somebody is at its databases already, and notes that it was. */
async function startAgain(app: App): Promise<{ commands: number; trouble: Note[] }> {
  const trouble: Note[] = []
  const started = new Set<string>()
  for (const record of await unfinishedRecords(app.folders)) {
    if (record.phase === 'swapping') continue
    const { start, watched } = record
    if (start !== null && !started.has(start) && findHolders(watched).holders.length === 0) {
      started.add(start)
      const seen = await startApp(app, start)
      if (seen !== null) trouble.push(note('restore.warn.not-started', seen))
    }
    const phase = isSwapOpen(record) ? 'rolled-back' : record.phase
    await writeRecord(app.folders, { ...record, phase, start: null, ended: record.ended ?? nowOf(app) })
  }
  return { commands: started.size, trouble }
}
