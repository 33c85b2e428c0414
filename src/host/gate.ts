import { randomUUID } from 'node:crypto'
import type { App } from '../app/app.ts'
import { readPlace } from '../daemon/place.ts'
import { type ClosedAnswer, type OpenAnswer, silentMs } from '../daemon/protocol.ts'
import { PulihError } from '../error.ts'
import { type CommandAnswer, runPulih } from './command.ts'
import { connect, type Talk } from './talk.ts'

/** What a host may say about one guarded operation. */
export interface GateOptions {
  readonly label?: string
  readonly reason?: string
  /** `stored` opens as soon as the copy is kept, checked and read back; default `proven`. */
  readonly until?: 'stored' | 'proven'
  /** A reason to go on even when the backup fails; on record, with an alert. Default: `PULIH_OVERRIDE`. */
  readonly override?: string
  /** How long to wait for another run to end; default 2 min, 1 h at most. */
  readonly waitMs?: number
}

/** An open gate: the backup that lies behind the operation. */
export type Opened = Omit<OpenAnswer, 'answer'>

const waitMsDefault = 120_000
const beyondWaitMs = 120_000

/**
 * Asks whether the operation may begin, at the daemon or by a command of its own, and answers only when it may. Throws
 * gate.closed with the reason, gate.silent for a hung daemon, gate.timeout, gate.no-answer: then it must not begin.
 */
export async function openGate(app: App, name: string, options: GateOptions = {}): Promise<Opened> {
  const override = options.override ?? (process.env.PULIH_OVERRIDE || undefined)
  const wish = { ...options, ...(override === undefined ? {} : { override }) }
  const place = await readPlace(app.folders.state)
  using talk = place === null ? null : await connect(place.socket).catch((error: unknown) => refused(name, error))
  if (talk === null || place === null) return await byCommand(app, name, wish)
  const started = performance.now()
  const answer = await askDaemon(talk, name, wish)
  // Both ways together wait no longer than one.
  const leftMs = Math.max(1000, (wish.waitMs ?? waitMsDefault) - (performance.now() - started))
  if (answer === 'ended') return await byCommand(app, name, { ...wish, waitMs: leftMs })
  if (answer !== 'silent') return opened(name, answer)
  if (override !== undefined) return await byCommand(app, name, { ...wish, waitMs: 1000 })
  throw new PulihError('gate.silent', { name, pid: place.pid, seconds: silentMs / 1000 })
}

/** Tells what ran behind the gate has ended, so that the history can say what it changed. Never disturbs the host. */
export async function tellDone(app: App, name: string, { backup }: Opened, ok: boolean): Promise<void> {
  const place = await readPlace(app.folders.state)
  using talk = place === null ? null : await connect(place.socket)
  if (talk !== null) {
    talk.say({ version: 1, id: randomUUID(), ask: 'done', name, backup, ok })
    await talk.hear(silentMs)
  } else if (backup !== null) {
    await runPulih(app.folders.app, name, ['trigger', name, '--done', backup, ...(ok ? [] : ['--failed'])], 30_000)
  }
}

/** A daemon of somebody else: this user could not run the command on that user's app either. */
function refused(name: string, error: unknown): never {
  const detail = error instanceof Error ? error.message : String(error)
  throw new PulihError('gate.no-answer', { name, detail }, { cause: error })
}

type Heard = OpenAnswer | ClosedAnswer | 'silent' | 'ended'

async function askDaemon(talk: Talk, name: string, options: GateOptions): Promise<Heard> {
  const limitMs = (options.waitMs ?? waitMsDefault) + beyondWaitMs
  const deadline = performance.now() + limitMs
  const { label, reason, until, override, waitMs } = options
  const asked = Object.entries({ label, reason, until, override, waitMs }).filter(([, value]) => value !== undefined)
  talk.say({ version: 1, id: randomUUID(), ask: 'trigger', name, ...Object.fromEntries(asked) })
  while (performance.now() < deadline) {
    const answer = await talk.hear(silentMs)
    if (answer === 'silent' || answer === 'ended') return answer
    if (answer.answer === 'open' || answer.answer === 'closed') return answer
  }
  throw new PulihError('gate.timeout', { name, seconds: Math.round(limitMs / 1000) })
}

function opened(name: string, answer: OpenAnswer | ClosedAnswer): Opened {
  if (answer.answer === 'closed') throw new PulihError('gate.closed', { name, ...answer.error })
  return answer
}

async function byCommand(app: App, name: string, options: GateOptions): Promise<Opened> {
  const { label, reason, until, override, waitMs = waitMsDefault } = options
  const flags = Object.entries({ label, reason, until, override, wait: `${Math.ceil(waitMs / 1000)}s` })
  const words = flags.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]))
  const answer = await runPulih(app.folders.app, name, ['trigger', name, ...words], waitMs + beyondWaitMs)
  return readAnswer(name, answer)
}

function readAnswer(name: string, { exit, json }: CommandAnswer): Opened {
  const { error, outcome } = (json ?? {}) as { error?: Partial<ClosedAnswer['error']>; outcome?: unknown }
  if ((exit === 0 || exit === 3) && typeof outcome === 'string') return json as Opened
  if (error === undefined) throw new PulihError('gate.no-answer', { name, detail: `exit ${exit}` })
  const { code = 'unknown', message = '', hint = '' } = error
  throw new PulihError('gate.closed', { name, code, message, hint, exit: exit ?? 1 })
}
