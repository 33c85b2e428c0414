import type { Note } from '../message/phrases.ts'
import type { Alert, AlertState, Severity } from './state.ts'

export interface Cause {
  /** `backup-failed`, `database-damaged:finance_bot.db` …: the same key is the same cause. */
  readonly key: string
  readonly severity: Severity
  readonly note: Note
}

export function isOpen(alert: Alert): boolean {
  return alert.closedMs === null
}

/** Opens an alert, or brings the open one of that key up to date. Pure. */
export function opened(state: AlertState, { key, severity, note }: Cause, nowMs: number): AlertState {
  const known = state.alerts.find((one) => isOpen(one) && one.key === key)
  if (known !== undefined) return replaced(state, known, { ...known, severity, note })
  const told = { severity: null, lastMs: null, closed: false }
  return { ...state, alerts: [...state.alerts, { key, severity, note, sinceMs: nowMs, closedMs: null, told }] }
}

export function closed(state: AlertState, key: string, nowMs: number): AlertState {
  const known = state.alerts.find((one) => isOpen(one) && one.key === key)
  return known === undefined ? state : replaced(state, known, { ...known, closedMs: nowMs })
}

export function replaced(state: AlertState, known: Alert, alert: Alert): AlertState {
  return { ...state, alerts: state.alerts.map((one) => (one === known ? alert : one)) }
}

/** `database-damaged` of `database-damaged:finance_bot.db`. */
export function familyOf(key: string): string {
  return key.split(':', 1)[0] as string
}
