import { randomBytes } from 'node:crypto'
import type { App } from '../app/app.ts'
import { isAlive, selfIdentity } from '../disk/process.ts'
import { errnoOf, isPulihError, PulihError } from '../error.ts'
import { isoWithOffset } from '../time/zone.ts'
import { appendLine, readLines } from './journal.ts'
import { redact } from './redact.ts'
import type { Act, ActName } from './types.ts'

type Facts = Readonly<Record<string, unknown>>

/** An act on record as begun. End it with `finish` or `fail`; leaving scope without either records it as failed. */
export interface OpenAct extends AsyncDisposable {
  readonly id: string
  /** Records success. Throws history.unwritten when that cannot be written down: the act itself is done then. */
  finish(result?: { backup?: string | null; facts?: Facts }): Promise<void>
  /**
   * Records failure, or cancellation when `error` is one. Never throws: the caller is about to throw `error`, which must
   * not be hidden. If the line cannot be written, the line of the beginning stands alone and reads as interrupted.
   */
  fail(error: unknown, result?: { backup?: string | null; facts?: Facts }): Promise<void>
}

interface BeginLine {
  readonly event: 'begin'
  readonly id: string
  readonly act: ActName
  readonly at: string
  readonly process: string
  readonly facts: Facts
}

interface EndLine {
  readonly event: 'end'
  readonly id: string
  readonly at: string
  readonly outcome: 'done' | 'failed' | 'cancelled'
  readonly backup: string | null
  readonly error: Act['error']
  readonly durationMs: number
  readonly facts: Facts
}

/**
 * Writes down that an act begins, durably, before it does anything. Facts must be JSON and hold no secret; texts in them
 * are redacted all the same. A backup names its `sequence` here, so that no number is given twice. Throws disk.* when
 * nothing can be recorded: the act must not start then.
 *
 * @example
 * await using act = await beginAct(app, 'backup', { trigger, sequence })
 */
export async function beginAct(app: App, act: ActName, facts: Facts = {}): Promise<OpenAct> {
  const id = `${new Date(app.clock.now()).toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`
  const started = app.clock.steady()
  const at = isoWithOffset(app.clock.now(), app.zone)
  const begin: BeginLine = { event: 'begin', id, act, at, process: selfIdentity(), facts }
  await appendLine(app.folders.state, toLine(app, begin))
  let open = true
  async function end(line: Pick<EndLine, 'outcome' | 'backup' | 'error' | 'facts'>): Promise<void> {
    if (!open) return
    open = false
    const ended = { at: isoWithOffset(app.clock.now(), app.zone), durationMs: Math.round(app.clock.steady() - started) }
    await appendLine(app.folders.state, toLine(app, { event: 'end', id, ...ended, ...line }))
  }
  async function fail(error: unknown, result: { backup?: string | null; facts?: Facts } = {}): Promise<void> {
    const outcome = isCancelled(error) ? 'cancelled' : 'failed'
    const facts = result.facts ?? {}
    try {
      await end({ outcome, backup: result.backup ?? null, error: errorFacts(error, app), facts })
    } catch {
      // See the contract above: the error that ended the act is what must reach the person.
    }
  }
  return {
    id,
    fail,
    async finish({ backup = null, facts = {} } = {}) {
      try {
        await end({ outcome: 'done', backup, error: null, facts })
      } catch (error) {
        throw new PulihError('history.unwritten', { act, place: app.folders.state }, { cause: error })
      }
    },
    [Symbol.asyncDispose]: () => fail(new PulihError('bug', { detail: `${act} ended without a result` })),
  }
}

/** Runs `step` as an act on record: done when it returns, failed or cancelled when it throws (the error goes on). */
export async function recordAct<T>(
  app: App,
  act: ActName,
  facts: Facts,
  step: (open: OpenAct) => Promise<T>,
): Promise<T> {
  await using open = await beginAct(app, act, facts)
  try {
    const result = await step(open)
    await open.finish()
    return result
  } catch (error) {
    await open.fail(error)
    throw error
  }
}

/** Every act on record, newest first (in the order they began, whatever the clock did). Lines that make no sense are skipped. */
export async function history(app: App, limit = Number.POSITIVE_INFINITY): Promise<Act[]> {
  const acts = new Map<string, Act>()
  const alive = new Map<string, boolean>()
  for (const line of await readLines(app.folders.state)) {
    const event = parseLine(line)
    if (event?.event === 'begin') acts.set(event.id, begun(event, alive))
    else if (event?.event === 'end') {
      const act = acts.get(event.id)
      if (act !== undefined) acts.set(event.id, ended(act, event))
    }
  }
  return [...acts.values()].reverse().slice(0, limit)
}

function begun({ id, act, at, process, facts }: BeginLine, alive: Map<string, boolean>): Act {
  if (!alive.has(process)) alive.set(process, isAlive(process))
  const outcome = alive.get(process) === true ? 'running' : 'interrupted'
  return { id, act, started: at, ended: null, outcome, backup: null, error: null, durationMs: null, facts }
}

function ended(act: Act, { at, outcome, backup, error, durationMs, facts }: EndLine): Act {
  return { ...act, ended: at, outcome, backup, error, durationMs, facts: { ...act.facts, ...facts } }
}

function toLine(app: App, line: BeginLine | EndLine): string {
  return JSON.stringify(line, (_key, value: unknown) => (typeof value === 'string' ? redact(value, app) : value))
}

function errorFacts(error: unknown, app: App): NonNullable<Act['error']> {
  if (isPulihError(error)) {
    return { code: error.code, message: redact(error.words('en')[0], app), facts: error.facts }
  }
  if (!(error instanceof Error)) return { code: 'unknown', message: redact(String(error), app) }
  return { code: errnoOf(error) ?? error.name, message: redact(error.message, app) }
}

function isCancelled(error: unknown): boolean {
  return isPulihError(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError')
}

function parseLine(line: string): BeginLine | EndLine | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // Torn by a crash or a full disk, or not ours: the acts around it still count.
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const found = value as Record<string, unknown>
  if (typeof found.id !== 'string' || typeof found.at !== 'string' || !isFacts(found.facts)) return null
  if (found.event === 'begin') return typeof found.act === 'string' ? (value as BeginLine) : null
  if (found.event !== 'end') return null
  return ['done', 'failed', 'cancelled'].includes(String(found.outcome)) ? endLine(found as unknown as EndLine) : null
}

/** Ends written by other versions may miss something; what is there still counts. */
function endLine(found: EndLine): EndLine {
  const { backup, durationMs, error } = found
  return {
    ...found,
    backup: typeof backup === 'string' ? backup : null,
    durationMs: typeof durationMs === 'number' ? durationMs : 0,
    error: typeof error?.message === 'string' ? error : null,
  }
}

function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
