import type { App } from '../app/app.ts'
import { recordAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { isPulihError } from '../error.ts'
import { note, sayNote } from '../message/phrases.ts'
import { alarm, alarmFailure } from './alarm.ts'
import { typeOfTrigger } from './kind.ts'
import type { TriggerRequest, TriggerResult } from './run.ts'

/**
 * No backup was made: the gate stays closed (this throws `error`), unless the caller has said beforehand why it goes on
 * anyway. That is on record, in the log, and an alert.
 */
export async function closedOr(app: App, request: TriggerRequest, error: unknown): Promise<TriggerResult> {
  const { name, gate = true } = request
  // What failed inside the backup is on record and alerted there; here it never began.
  if (isPulihError(error, 'lock.busy')) {
    await record(app, request, error)
    await alarmFailure(app, name, error)
  }
  const reason = request.override?.trim() ?? ''
  if (!gate || reason === '' || request.signal?.aborted) throw error
  return await overridden(app, request, reason, error)
}

async function overridden(app: App, { name }: TriggerRequest, reason: string, error: unknown): Promise<TriggerResult> {
  const failure = isPulihError(error) ? error.words(app.language)[0] : String(error)
  const code = isPulihError(error) ? error.code : 'unknown'
  // Without a record no override: if this throws, the gate stays closed.
  await recordAct(app, 'override', { trigger: name, reason, code, failure }, async () => undefined)
  const said = note('alert.overridden', { trigger: name, reason, failure })
  logLine(app, 'WARNING', `⚠️ ${sayNote(app.language, said)}`)
  await alarm(app, `override:${name}`, 'warning', said)
  const warnings = [note('warning.overridden', { trigger: name, reason, failure })]
  return { outcome: 'overridden', backup: null, state: null, warnings, captureFromMs: null }
}

async function record(app: App, { name, reason = null }: TriggerRequest, error: unknown): Promise<void> {
  try {
    await recordAct(app, 'guarded', { trigger: name, type: typeOfTrigger(name), reason }, () => Promise.reject(error))
  } catch {
    // `recordAct` throws the failure on, and a disk that is full throws its own: `error` is what the caller hears.
  }
}
