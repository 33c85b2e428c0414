import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { isPulihError } from '../error.ts'
import { note, say } from '../message/phrases.ts'
import type { Progress } from '../snapshot/progress.ts'
import { alarm, calm } from '../trigger/alarm.ts'
import { runTrigger, type TriggerResult } from '../trigger/run.ts'
import { type Bot, type BotEnd, startBot } from './bot.ts'
import { forgetHold, isHeld, removeSupervisor, writeSupervisor } from './hold.ts'
import { asksToEnd, takeSignals } from './signals.ts'

export interface SuperviseRequest {
  /** The bot's command line. */
  readonly words: readonly string[]
  readonly restart: 'never' | 'on-failure'
  /** Opens the gate of a start whose backup fails; null: such a start does not happen. */
  readonly override: string | null
  /** The bot's standard output goes to standard error. */
  readonly quietOutput: boolean
  /** Cancels a backup before or after the bot's run; while the bot runs, signals are the bot's. */
  readonly signal: AbortSignal
  readonly progress?: Progress | undefined
  /** Something a person at the terminal should see. */
  readonly tell: (line: string) => void
}

export interface Supervised {
  readonly end: BotEnd
  readonly restarts: number
  readonly startup: TriggerResult
  /** Null when that backup failed or was cancelled: on record, and alerted. */
  readonly shutdown: TriggerResult | null
}

/** A run that lasted this long was a good one: pauses and the count of crashes start over. */
const goodRunMs = 60_000
const longestPauseMs = 300_000
/** So many short runs in a row are a crash loop. */
const crashLoop = 5
const crashKey = 'crash-loop'
const holdLookMs = 200
/** How long a bot that is being held may take to end by itself. */
const holdLimitMs = 30_000

/**
 * A bot with a backup before it starts, before each restart, and after it stopped. Signals to this process are the bot's
 * while it runs. Throws what the first start's backup throws (the bot was not started), and run.missing.
 */
export async function supervise(app: App, request: SuperviseRequest): Promise<Supervised> {
  await forgetHold(app)
  let startup = await backupBefore(app, request, null)
  let crashes = 0
  for (let restarts = 0; ; restarts++) {
    const { end, asked, held } = await runOnce(app, request)
    crashes = end.exit === 0 || asked || end.ranMs > goodRunMs ? 0 : crashes + 1
    const again = held || (!asked && end.exit !== 0 && request.restart === 'on-failure')
    const next = again ? await readyAgain(app, request, { end, held, crashes }) : null
    if (next === null) {
      await removeSupervisor(app)
      return { end, restarts, startup, shutdown: request.signal.aborted ? null : await backupAfter(app, request) }
    }
    startup = next
  }
}

/** Waits, and makes the backup of the next start; null when this process is told to end meanwhile. */
async function readyAgain(
  app: App,
  request: SuperviseRequest,
  { end, held, crashes }: { readonly end: BotEnd; readonly held: boolean; readonly crashes: number },
): Promise<TriggerResult | null> {
  try {
    if (held) await untilFree(app, request.signal)
    else await pauseAfter(app, request, end, crashes)
    return await backupAgain(app, request, end)
  } catch (error) {
    if (request.signal.aborted) return null
    throw error
  }
}

async function backupBefore(app: App, request: SuperviseRequest, reason: string | null): Promise<TriggerResult> {
  const { signal, progress, override } = request
  return await runTrigger(app, { name: 'startup', reason, override, arrivedMs: app.clock.now(), signal, progress })
}

/** The bot stays down until its backup is made: what damages a database must not get another go at it. */
async function backupAgain(app: App, request: SuperviseRequest, end: BotEnd): Promise<TriggerResult> {
  const reason = say(app.language, 'run.reason', { how: howEnded(app, end) })
  for (let failures = 1; ; failures++) {
    try {
      return await backupBefore(app, request, reason)
    } catch (error) {
      if (request.signal.aborted) throw error
      const said = isPulihError(error) ? error.words(app.language)[0] : String(error)
      const pauseMs = pauseOf(failures + 3)
      request.tell(say(app.language, 'run.not-restarted', { reason: said, seconds: pauseMs / 1000 }))
      await app.clock.sleep(pauseMs, request.signal)
    }
  }
}

async function backupAfter(app: App, { signal, progress, tell }: SuperviseRequest): Promise<TriggerResult | null> {
  try {
    return await runTrigger(app, { name: 'shutdown', arrivedMs: app.clock.now(), signal, progress })
  } catch (error) {
    // The bot has ended as it did, and its exit code is the news; the failure is on record and alerted.
    if (!isPulihError(error)) throw error
    tell(say(app.language, 'run.shutdown-failed', { reason: error.words(app.language)[0] }))
    return null
  }
}

interface OneRun {
  readonly end: BotEnd
  /** Somebody told this process to end, not just the bot. */
  readonly asked: boolean
  /** It was stopped for a restore and is to start again. */
  readonly held: boolean
}

async function runOnce(app: App, { words, quietOutput }: SuperviseRequest): Promise<OneRun> {
  let asked = false
  let bot: Bot | null = null
  const early: NodeJS.Signals[] = []
  using _signals = takeSignals((signal) => {
    asked ||= asksToEnd(signal)
    if (bot === null) early.push(signal)
    else passOn(bot, signal)
  })
  bot = await startBot(app, words, { quietOutput })
  for (const signal of early) passOn(bot, signal)
  await writeSupervisor(app, bot.process.pid ?? null)
  const stable = setTimeout(() => void calm(app, crashKey), goodRunMs)
  const watch = watchHold(app, bot)
  try {
    const end = await bot.ended
    await writeSupervisor(app, null)
    return { end, asked, held: watch.held() && !asked }
  } finally {
    clearTimeout(stable)
    watch.stop()
  }
}

/** On a terminal Ctrl-C reaches the bot by itself: handed on, it would come twice. */
function passOn(bot: Bot, signal: NodeJS.Signals): void {
  const comesByItself = process.stdin.isTTY === true && ['SIGINT', 'SIGQUIT', 'SIGWINCH'].includes(signal)
  if (!comesByItself) bot.process.kill(signal)
}

function watchHold(app: App, bot: Bot): { held: () => boolean; stop: () => void } {
  let since: number | null = null
  const timer = setInterval(() => {
    if (since === null && isHeld(app)) {
      since = performance.now()
      bot.process.kill('SIGTERM')
    } else if (since !== null && performance.now() - since > holdLimitMs) bot.process.kill('SIGKILL')
  }, holdLookMs)
  return { held: () => since !== null, stop: () => clearInterval(timer) }
}

async function untilFree(app: App, signal: AbortSignal): Promise<void> {
  while (isHeld(app)) await app.clock.sleep(holdLookMs, signal)
}

async function pauseAfter(app: App, { signal, tell }: SuperviseRequest, end: BotEnd, crashes: number): Promise<void> {
  const how = howEnded(app, end)
  const pauseMs = pauseOf(crashes)
  const line = say(app.language, 'run.restarting', { how, seconds: pauseMs / 1000 })
  tell(line)
  logLine(app, 'WARNING', `⚠️ ${line}`)
  if (crashes >= crashLoop) await alarm(app, crashKey, 'critical', note('alert.crash-loop', { crashes, how }))
  await app.clock.sleep(pauseMs, signal)
}

/** 1 s, 2 s, 4 s … 5 min. */
function pauseOf(failures: number): number {
  return Math.min(longestPauseMs, 1000 * 2 ** Math.max(0, failures - 1))
}

function howEnded(app: App, { code, signal }: BotEnd): string {
  return code === null
    ? say(app.language, 'run.by-signal', { signal: signal ?? '?' })
    : say(app.language, 'run.by-code', { code })
}
