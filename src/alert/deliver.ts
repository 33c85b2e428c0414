import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { redact } from '../catalogue/redact.ts'
import { tryExclusive } from '../disk/exclusive.ts'
import { isPulihError } from '../error.ts'
import { note, sayNote } from '../message/phrases.ts'
import { closed, isOpen, opened, replaced } from './change.ts'
import { type Due, dueNow, isSilent, type Rules } from './due.ts'
import { noticeOf } from './notice.ts'
import { notifiers } from './notifier/all.ts'
import { channelLimitMs, type Notice, type Notifier } from './notifier/notifier.ts'
import { type Alert, type AlertState, changeAlerts, isDiskTrouble, readAlerts } from './state.ts'

/** Somebody who is sending sees what is added meanwhile: this long is waited for them to be done with it. */
const turnWaitMs = 15_000

/**
 * Sends everything that is due, each to the first channel that accepts it. A channel that fails is passed over for the rest
 * of this run, and is an alert itself. What no channel takes stays due for the next run. Over all processes one at a time.
 * Throws disk.* only.
 */
export async function deliver(app: App): Promise<void> {
  const channels = notifiers(app)
  const rules = rulesOf(app)
  await forgetSilent(app, rules, channels.length === 0)
  if (channels.length === 0 || dueNow(await readAlerts(app), rules, app.clock.now()).length === 0) return
  using turn = await takeTurn(app)
  if (turn === null) return
  const failed = new Set<string>()
  const tried = new Set<string>()
  while (failed.size < channels.length) {
    const due = dueNow(await readAlerts(app), rules, app.clock.now())
    const next = due.find((one) => !tried.has(idOf(one)))
    if (next === undefined) return
    tried.add(idOf(next))
    await sendOne(app, next, channels, failed)
  }
}

export function rulesOf({ config: { alerts, notifications }, zone }: App): Rules {
  return { alerts, notifications, zone }
}

function idOf({ alert, kind }: Due): string {
  return `${kind} ${alert.sinceMs} ${alert.key}`
}

/** Null: another process is at it and takes too long; what is left stays due. */
async function takeTurn(app: App): Promise<Disposable | null> {
  const until = performance.now() + turnWaitMs
  for (;;) {
    const held = lockOrTrouble(app)
    // Nothing can be written, not even the lock: rather told twice than not at all.
    if (held === 'trouble') return { [Symbol.dispose]: () => undefined }
    if (held !== null) return { [Symbol.dispose]: () => held.close() }
    if (performance.now() > until) return null
    await pause(50 + Math.random() * 50)
  }
}

function lockOrTrouble(app: App): ReturnType<typeof tryExclusive> | 'trouble' {
  try {
    return tryExclusive(join(app.folders.state, 'alerts-send.lock'))
  } catch (error) {
    if (!isDiskTrouble(error)) throw error
    return 'trouble'
  }
}

async function sendOne(app: App, due: Due, channels: readonly Notifier[], failed: Set<string>): Promise<void> {
  const notice = noticeOf(app, due)
  for (const channel of channels) {
    if (failed.has(channel.name)) continue
    const reason = await tryChannel(app, channel, notice)
    await changeAlerts(app, (state) => {
      const known = reason === null ? withTold(state, due, app.clock.now()) : state
      return channelState(app, known, channel.name, reason)
    })
    if (reason === null) return
    failed.add(channel.name)
    const said = note('alert.channel-failed', { channel: channel.name, reason })
    logLine(app, 'ERROR', `❌ ${sayNote(app.language, said)}`)
  }
}

/** Null when it was accepted; else why not. Nothing a channel throws goes further: telling goes on with the next one. */
export async function tryChannel(app: App, channel: Notifier, notice: Notice): Promise<string | null> {
  try {
    await channel.send(notice, AbortSignal.timeout(channelLimitMs))
    return null
  } catch (error) {
    if (isPulihError(error, 'alert.refused')) return redact(error.facts.reason, app)
    // Its secret is not there (config.secret), or a bug of ours: either way this channel reaches nobody.
    return redact(isPulihError(error) ? error.words(app.language)[0] : String(error), app)
  }
}

/** Opens or closes the alert of the channel itself. */
export function channelState(app: App, state: AlertState, channel: string, reason: string | null): AlertState {
  const key = `channel-failed:${channel}`
  const nowMs = app.clock.now()
  if (reason === null) return closed(state, key, nowMs)
  return opened(state, { key, severity: 'warning', note: note('alert.channel-failed', { channel, reason }) }, nowMs)
}

/** Told as it was when the notice was made; what changed meanwhile is due again. */
function withTold(state: AlertState, { alert, kind }: Due, nowMs: number): AlertState {
  const known = state.alerts.find((one) => one.key === alert.key && one.sinceMs === alert.sinceMs)
  if (known === undefined) return state
  const isEnd = kind === 'closed' || kind === 'missed'
  return replaced(state, known, { ...known, told: { severity: alert.severity, lastMs: nowMs, closed: isEnd } })
}

/** Closed alerts of which nobody will be told any more must not stay for ever. */
async function forgetSilent(app: App, rules: Rules, nobodyListens: boolean): Promise<void> {
  const isOver = (one: Alert) => isSilent(one, rules) || (nobodyListens && !isOpen(one) && !one.told.closed)
  if (!(await readAlerts(app)).alerts.some(isOver)) return
  await changeAlerts(app, (state) => ({
    ...state,
    alerts: state.alerts.map((one) => (isOver(one) ? { ...one, told: { ...one.told, closed: true } } : one)),
  }))
}
