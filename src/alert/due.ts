import type { AlertConfig, Config } from '../app/config.ts'
import { logStamp } from '../time/zone.ts'
import { familyOf, isOpen } from './change.ts'
import type { Alert, AlertState } from './state.ts'

/** What there is to say about an alert; `missed`: it opened and closed again before anybody could be told. */
export type NoticeKind = 'opened' | 'escalated' | 'reminder' | 'closed' | 'missed'

export interface Due {
  readonly alert: Alert
  readonly kind: NoticeKind
}

export interface Rules {
  readonly alerts: Pick<AlertConfig, 'remindAfterMs' | 'quietHours'>
  readonly notifications: Config['notifications']
  readonly zone: string
}

/** Everything that should be sent at this moment, critical first. Pure. */
export function dueNow(state: AlertState, rules: Rules, nowMs: number): Due[] {
  if (state.heldUntilMs !== null && nowMs < state.heldUntilMs) return []
  const quiet = isQuiet(rules, nowMs)
  return state.alerts
    .flatMap((alert) => {
      const kind = isMuted(alert, rules) ? null : kindOf(alert, rules, nowMs)
      return kind === null || (quiet && weightOf(alert) === 'warning') ? [] : [{ alert, kind }]
    })
    .toSorted((a, b) => Number(weightOf(b.alert) === 'critical') - Number(weightOf(a.alert) === 'critical'))
}

/** A closed alert weighs what was told of it: its end is no news where its beginning was none. */
function weightOf({ severity, told, closedMs }: Alert): Alert['severity'] {
  return closedMs !== null && told.severity !== null ? told.severity : severity
}

function kindOf(alert: Alert, { alerts }: Rules, nowMs: number): NoticeKind | null {
  const { severity, told } = alert
  if (!isOpen(alert)) {
    if (told.closed) return null
    if (told.severity !== null) return 'closed'
    return severity === 'critical' ? 'missed' : null
  }
  if (told.severity === null) return 'opened'
  if (severity === 'critical' && told.severity === 'warning') return 'escalated'
  const { remindAfterMs } = alerts
  return remindAfterMs > 0 && told.lastMs !== null && nowMs - told.lastMs >= remindAfterMs ? 'reminder' : null
}

/** What nobody will ever be told of: the configuration does not want it, or it was a warning that went by unheard. */
export function isSilent(alert: Alert, rules: Rules): boolean {
  if (isOpen(alert) || alert.told.closed) return false
  return isMuted(alert, rules) || (alert.told.severity === null && alert.severity === 'warning')
}

function isMuted({ key, severity }: Alert, { notifications }: Rules): boolean {
  const { backupFailure, backupWarnings, lowDiskSpace } = notifications
  const family = familyOf(key)
  if (!backupFailure && family === 'backup-failed') return true
  if (!lowDiskSpace && family.startsWith('disk-')) return true
  return !backupWarnings && severity === 'warning'
}

/** `22:00`–`06:00` goes over midnight; equal times are no hours at all. */
function isQuiet({ alerts: { quietHours }, zone }: Rules, nowMs: number): boolean {
  if (quietHours === null) return false
  const now = logStamp(nowMs, zone).slice(11, 16)
  const { from, to } = quietHours
  return from <= to ? from <= now && now < to : from <= now || now < to
}
