import { raise, settle } from '../alert/alert.ts'
import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { isPulihError } from '../error.ts'
import { type Note, note, sayNote } from '../message/phrases.ts'
import { findingWords } from '../snapshot/finding-text.ts'
import type { Manifest } from '../snapshot/manifest.ts'

const failedKey = 'backup-failed'

/** Opens the alert of a failed backup: not for a run that was cancelled or asked for wrongly. Never throws. */
export async function alarmFailure(app: App, trigger: string, error: unknown): Promise<void> {
  if (isPulihError(error) && (error.exit === 130 || error.exit === 2)) return
  const reason = isPulihError(error) ? error.words(app.language)[0] : String(error)
  await alarm(app, failedKey, 'critical', note('alert.backup-failed', { trigger, reason }))
}

/** A later backup that is proven closes it. Never throws. */
export async function settleFailure(app: App): Promise<void> {
  await calm(app, failedKey)
}

/**
 * Rules of the app that this backup found newly broken, each database under the key that health gives it: one cause, one
 * alert. A proven backup closes them. Never throws.
 */
export async function alarmRules(app: App, { databases }: Manifest, isProven: boolean): Promise<void> {
  for (const { path, invariants } of databases) {
    const key = `database-damaged:${path}`
    const broken = invariants.filter(({ violations, baseline }) => violations > baseline)
    const [first] = broken
    if (first !== undefined) {
      const detail = `${first.name}: ${first.violations} rows, known ${first.baseline}`
      const words = findingWords({ code: 'invariant', path: null, detail })
      await alarm(app, key, 'critical', note('check.database-damaged', { path, count: broken.length, first: words }))
    } else if (isProven) await calm(app, key)
  }
}

/** Closes an alert. Never throws. */
export async function calm(app: App, key: string): Promise<void> {
  await attempt(app, () => settle(app, key))
}

/** Opens one. Never throws. */
export async function alarm(app: App, key: string, severity: 'warning' | 'critical', what: Note): Promise<void> {
  await attempt(app, () => raise(app, { key, severity, note: what }))
}

/** What is being told is worse than not being able to tell it: that goes into the log, and the act on. */
async function attempt(app: App, step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    const reason = isPulihError(error) ? error.words(app.language)[0] : String(error)
    logLine(app, 'ERROR', sayNote(app.language, note('log.alert-unwritten', { reason })))
  }
}
