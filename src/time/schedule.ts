import { Cron } from 'croner'
import type { Config } from '../app/config.ts'

/** One moment at which a backup is due: ms since the epoch. */
export interface Slot {
  readonly at: number
  readonly kind: 'daily' | 'weekly'
}

/**
 * The first slot after `afterMs`. Exactly one daily slot a calendar day: a time that the spring gap skips runs right
 * after the gap, a time that the autumn overlap shows twice runs the first time. Where both kinds meet it is weekly.
 */
export function nextRun(schedule: Config['schedule'], zone: string, afterMs: number): Slot | null {
  const slots = linesOf(schedule).map(({ kind, pattern }) => slot(kind, cron(pattern, zone).nextRun(new Date(afterMs))))
  return pick(slots, (a, b) => a.at < b.at)
}

/** The newest slot at or before `nowMs`: compare it with the last scheduled backup to know whether one was missed. */
export function lastDue(schedule: Config['schedule'], zone: string, nowMs: number): Slot | null {
  // croner looks strictly before, in whole seconds: one second on makes it "at or before"
  const before = new Date(Math.floor(nowMs / 1000) * 1000 + 1000)
  const slots = linesOf(schedule).map(({ kind, pattern }) =>
    slot(kind, cron(pattern, zone).previousRuns(1, before)[0] ?? null),
  )
  return pick(slots, (a, b) => a.at > b.at)
}

interface Line {
  readonly kind: Slot['kind']
  readonly pattern: string
}

/** Weekly first: of two slots at the same moment the first is taken. */
function linesOf(schedule: Config['schedule']): Line[] {
  const lines: Line[] = []
  const { daily, weekly } = schedule
  if (weekly !== null) lines.push({ kind: 'weekly', pattern: `${cronTime(weekly.time)} * * ${weekly.weekday}` })
  if (daily !== null) lines.push({ kind: 'daily', pattern: `${cronTime(daily)} * * *` })
  return lines
}

/** `02:30` -> `0 30 2`. */
function cronTime(time: string): string {
  const [hour, minute] = time.split(':')
  return `0 ${Number(minute)} ${Number(hour)}`
}

const crons = new Map<string, Cron>()

function cron(pattern: string, zone: string): Cron {
  const key = `${pattern}|${zone}`
  const known = crons.get(key) ?? new Cron(pattern, { timezone: zone, paused: true })
  crons.set(key, known)
  return known
}

function slot(kind: Slot['kind'], date: Date | null): Slot | null {
  return date === null ? null : { at: date.getTime(), kind }
}

function pick(slots: readonly (Slot | null)[], better: (a: Slot, b: Slot) => boolean): Slot | null {
  return slots.reduce((best, one) => (one !== null && (best === null || better(one, best)) ? one : best), null)
}
