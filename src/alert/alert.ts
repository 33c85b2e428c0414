import type { App } from '../app/app.ts'
import type { Note } from '../message/phrases.ts'
import { type Alert, type AlertState, changeAlerts, readAlerts, type Severity } from './state.ts'

export type { Alert, Severity }

export interface Cause {
  readonly key: string
  readonly severity: Severity
  readonly note: Note
}

/** Opens an alert, or brings the open one of that key up to date: one cause, one alert. */
export async function raise(app: App, cause: Cause): Promise<void> {
  await changeAlerts(app, (state) => opened(state, cause, app.clock.now()))
}

/** Closes the alert of that key, if one is open. */
export async function settle(app: App, key: string): Promise<void> {
  const { alerts } = await readAlerts(app)
  if (!alerts.some((one) => isOpen(one) && one.key === key)) return
  await changeAlerts(app, (state) => closed(state, key, app.clock.now()))
}

/** Open alerts, the oldest first. */
export async function openAlerts(app: App): Promise<Alert[]> {
  return (await readAlerts(app)).alerts.filter(isOpen)
}

export function isOpen(alert: Alert): boolean {
  return alert.closedMs === null
}

function opened(state: AlertState, { key, severity, note }: Cause, nowMs: number): AlertState {
  const known = state.alerts.find((one) => isOpen(one) && one.key === key)
  if (known !== undefined) return replaced(state, known, { ...known, severity, note })
  const told = { severity: null, lastMs: null, closed: false }
  return { ...state, alerts: [...state.alerts, { key, severity, note, sinceMs: nowMs, closedMs: null, told }] }
}

function closed(state: AlertState, key: string, nowMs: number): AlertState {
  const known = state.alerts.find((one) => isOpen(one) && one.key === key)
  return known === undefined ? state : replaced(state, known, { ...known, closedMs: nowMs })
}

function replaced(state: AlertState, known: Alert, alert: Alert): AlertState {
  return { ...state, alerts: state.alerts.map((one) => (one === known ? alert : one)) }
}
