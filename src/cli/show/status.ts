import { basename } from 'node:path'
import type { Alert } from '../../alert/alert.ts'
import type { App } from '../../app/app.ts'
import { redact } from '../../catalogue/redact.ts'
import type { Act } from '../../catalogue/types.ts'
import type { Glance } from '../../check/glance.ts'
import type { DayMark } from '../../check/strip.ts'
import { dateTime } from '../../message/format.ts'
import { say, sayNote } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import { isoWithOffset } from '../../time/zone.ts'
import { style } from './style.ts'
import { table } from './table.ts'

const day = 86_400_000

/** `{key, severity, message, since}`: an alert in the JSON of `status` and `alerts list`. */
export function alertJson(app: App, alert: Alert, language: Language) {
  const { key, severity, note, sinceMs } = alert
  const message = redact(sayNote(language, note), app)
  return { key, severity, message, since: isoWithOffset(sinceMs, app.zone) }
}

export function statusJson(app: App, seen: Glance, alerts: readonly Alert[], language: Language) {
  const { backups, latest, databases, disk, nextRun, lastDrill, daemon, lastRun, nowMs } = seen
  return {
    backups: backups.length,
    latest: latest && { name: latest.name, ageDays: ageDays(latest.createdMs, nowMs), state: latest.state },
    databases,
    disk: { usedPercent: disk.usedPercent, freePercent: disk.freePercent, fullInDays: disk.fullInDays },
    nextRun,
    lastDrill: lastDrill && {
      ...{ backup: lastDrill.backup, at: lastDrill.at, outcome: lastDrill.outcome },
      recoverySeconds: lastDrill.recoverySeconds,
    },
    alerts: alerts.map((one) => alertJson(app, one, language)),
    daemon: { running: daemon.running, pid: daemon.pid, heartbeat: daemon.heartbeat },
    lastRun: lastRun && runJson(lastRun),
    proven: backups.filter(({ state }) => state === 'proven').length,
    days: seen.strip,
  }
}

function runJson({ id, act, started, ended, outcome, backup, error }: Act) {
  return { id, act, started, ended, outcome, backup, error: error && { code: error.code, message: error.message } }
}

function ageDays(ms: number, nowMs: number): number {
  return Math.round((Math.max(0, nowMs - ms) / day) * 100) / 100
}

const marks: Readonly<Record<DayMark, string>> = { proven: '■', stored: '▪', failed: '✗', none: '·' }
const colours = { proven: style.good, stored: style.warn, failed: style.bad, none: style.faint }

export function statusScreen(app: App, seen: Glance, alerts: readonly Alert[], language: Language): string {
  const head = (name: HeadName): string => say(language, `status.head.${name}`)
  const rows = [
    [head('total'), totalText(seen, language)],
    [head('latest'), latestText(seen, language)],
    [head('databases'), databaseText(seen, language)],
    [head('disk'), say(language, 'status.disk', seen.disk)],
    [head('last-run'), runText(seen, language)],
    [head('next-run'), seen.nextRun === null ? '-' : dateTime(Date.parse(seen.nextRun), app.zone, language)],
    [head('daemon'), daemonText(seen, language)],
    [head('drill'), drillText(seen, language)],
    [head('strip'), seen.strip.map(({ mark }) => colours[mark](marks[mark])).join('')],
    ['', style.faint(say(language, 'status.legend'))],
  ]
  return [
    style.strong(say(language, 'status.title', { app: basename(app.folders.app) })),
    '',
    table(rows),
    '',
    ...alertLines(app, alerts, language),
    say(language, 'front.next', { command: nextCommand(seen, alerts) }),
  ].join('\n')
}

type HeadName = 'total' | 'latest' | 'databases' | 'disk' | 'last-run' | 'next-run' | 'daemon' | 'drill' | 'strip'

function totalText({ backups }: Glance, language: Language): string {
  const proven = backups.filter(({ state }) => state === 'proven').length
  const bytes = backups.reduce((sum, one) => sum + one.bytes, 0)
  return say(language, 'status.total', { total: backups.length, proven, bytes })
}

function latestText({ latest, nowMs }: Glance, language: Language): string {
  if (latest === null) return style.warn(say(language, 'status.none'))
  const { name, createdMs, state } = latest
  const facts = { name, ageDays: Math.max(0, nowMs - createdMs) / day, state: say(language, `state.${state}`) }
  return (state === 'proven' ? style.good : style.warn)(say(language, 'status.latest', facts))
}

function databaseText({ databases }: Glance, language: Language): string {
  const { healthy, total } = databases
  const good = total > 0 && healthy === total
  return (good ? style.good : style.bad)(say(language, 'status.databases', databases))
}

function runText({ lastRun, nowMs }: Glance, language: Language): string {
  if (lastRun === null) return say(language, 'status.none')
  const { outcome, started, error } = lastRun
  const said = say(language, 'status.run', {
    outcome: say(language, `outcome.${outcome}`),
    ageMs: Math.max(0, nowMs - Date.parse(started)),
    reason: error?.message ?? null,
  })
  return outcome === 'failed' || outcome === 'interrupted' ? style.bad(said) : said
}

function daemonText({ daemon }: Glance, language: Language): string {
  if (daemon.running) return style.good(say(language, 'status.daemon-alive', { pid: daemon.pid ?? 0 }))
  if (!daemon.expected) return say(language, 'status.daemon-none')
  return style.bad(say(language, 'status.daemon-dead', { heartbeat: daemon.heartbeat ?? '' }))
}

function drillText({ lastDrill, nowMs }: Glance, language: Language): string {
  if (lastDrill === null) return say(language, 'status.none')
  const { outcome, at, recoverySeconds } = lastDrill
  const known = outcome === 'done' || outcome === 'failed' || outcome === 'interrupted'
  const word = known ? say(language, `outcome.${outcome}`) : outcome
  const said = say(language, 'status.drill', {
    outcome: word,
    ageMs: Math.max(0, nowMs - Date.parse(at)),
    recoverySeconds,
  })
  return outcome === 'done' ? said : style.bad(said)
}

function alertLines(app: App, alerts: readonly Alert[], language: Language): string[] {
  if (alerts.length === 0) return [style.good(say(language, 'alerts.none'))]
  return [
    style.bad(say(language, 'alerts.open', { count: alerts.length })),
    ...alerts.map((one) => alertLine(app, one, language)),
  ]
}

/** One alert on one line. */
export function alertLine(app: App, alert: Alert, language: Language): string {
  const { severity, message, since } = alertJson(app, alert, language)
  const sign = severity === 'critical' ? style.bad('❌') : style.warn('⚠️')
  return `  ${sign} ${message} ${style.faint(`(${say(language, 'alerts.since', { since })})`)}`
}

function nextCommand({ latest, lastDrill, databases }: Glance, alerts: readonly Alert[]): string {
  if (databases.healthy < databases.total) return 'pulih scenario corruption'
  if (latest === null || latest.state !== 'proven') return 'pulih backup'
  if (alerts.length > 0) return 'pulih health'
  return lastDrill === null ? 'pulih drill' : 'pulih health'
}
