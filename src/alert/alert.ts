import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { say, sayNote } from '../message/phrases.ts'
import { type Cause, closed, isOpen, opened } from './change.ts'
import { deliver } from './deliver.ts'
import { type Alert, type AlertState, changeAlerts, readAlerts } from './state.ts'

export type { Alert, Cause }
export { isOpen }

/**
 * Opens an alert, or brings the open one of that key up to date: one cause, one alert. Then tells whoever should hear of
 * it; what cannot be delivered now is sent on the next run, and is no error here. Throws disk.*.
 */
export async function raise(app: App, cause: Cause): Promise<void> {
  await changeAndTell(app, (state) => opened(state, cause, app.clock.now()))
}

/** Closes the alert of that key, if one is open, and says so. Throws disk.*. */
export async function settle(app: App, key: string): Promise<void> {
  const { alerts } = await readAlerts(app)
  if (!alerts.some((one) => isOpen(one) && one.key === key)) return
  await changeAndTell(app, (state) => closed(state, key, app.clock.now()))
}

/** Opens and updates all of `causes`, closes every open alert that `isOver` says is over, then tells. */
export async function reconcile(app: App, causes: readonly Cause[], isOver: (alert: Alert) => boolean): Promise<void> {
  await changeAndTell(app, (before) => {
    const nowMs = app.clock.now()
    const found = new Set(causes.map(({ key }) => key))
    const over = before.alerts.filter((one) => isOpen(one) && !found.has(one.key) && isOver(one))
    const open = causes.reduce((state, cause) => opened(state, cause, nowMs), before)
    return over.reduce((state, { key }) => closed(state, key, nowMs), open)
  })
}

/** Open alerts, the oldest first. */
export async function openAlerts(app: App): Promise<Alert[]> {
  return (await readAlerts(app)).alerts.filter(isOpen)
}

async function changeAndTell(app: App, change: (state: AlertState) => AlertState): Promise<void> {
  let before: AlertState | undefined
  const after = await changeAlerts(app, (state) => {
    before = state
    return change(state)
  })
  for (const alert of after.alerts)
    writeDown(
      app,
      alert,
      before?.alerts.find((one) => isSame(one, alert)),
    )
  await deliver(app)
}

function isSame(a: Alert, b: Alert): boolean {
  return a.key === b.key && a.sinceMs === b.sinceMs
}

/** A line in the log when an alert opens and when it closes: the one place that needs no channel. */
function writeDown(app: App, alert: Alert, before: Alert | undefined): void {
  const message = sayNote(app.language, alert.note)
  if (before === undefined)
    logLine(
      app,
      alert.severity === 'critical' ? 'ERROR' : 'WARNING',
      say(app.language, 'log.alert-opened', { message }),
    )
  else if (isOpen(before) && !isOpen(alert)) logLine(app, 'INFO', say(app.language, 'log.alert-closed', { message }))
}
