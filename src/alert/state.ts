import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { redact } from '../catalogue/redact.ts'
import { dropBallast, keepBallast } from '../disk/ballast.ts'
import { writeDurably } from '../disk/draft.ts'
import { alone } from '../disk/exclusive.ts'
import { errnoOf, isPulihError } from '../error.ts'
import type { Note } from '../message/phrases.ts'

export type Severity = 'warning' | 'critical'

/** One cause a person should hear of: opened once, reminded, closed once. */
export interface Alert {
  /** Names the cause: `backup-failed`, `database-damaged:finance_bot.db` … At most one open alert has it. */
  readonly key: string
  readonly severity: Severity
  readonly note: Note
  readonly sinceMs: number
  readonly closedMs: number | null
  /** What has reached a person so far. */
  readonly told: {
    /** The highest severity that was delivered; null: nothing yet. */
    readonly severity: Severity | null
    /** When the last message about it was accepted by a channel. */
    readonly lastMs: number | null
    readonly closed: boolean
  }
}

export interface AlertState {
  readonly version: 1
  /** Open ones and the newest closed ones, in the order they were opened. */
  readonly alerts: readonly Alert[]
  /** During announced maintenance nothing is sent before this moment. */
  readonly heldUntilMs: number | null
}

const none: AlertState = { version: 1, alerts: [], heldUntilMs: null }
const closedKept = 200

/** What could not be written down, by file: it holds for this process, so that a full disk does not silence it. */
const unwritten = new Map<string, AlertState>()

/** As it is now; an absent or unreadable file is an empty state: its next write mends it. */
export async function readAlerts(app: App): Promise<AlertState> {
  const kept = unwritten.get(statePath(app))
  if (kept !== undefined) return kept
  try {
    return parse(JSON.parse(await readFile(statePath(app), 'utf8')))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return none
    throw error
  }
}

/**
 * Read, change, write durably, over all processes one at a time. Answers the new state. Where nothing can be written (a
 * full or read-only disk: most likely what the alert is about) it is kept in memory, and told all the same.
 */
export async function changeAlerts(app: App, change: (state: AlertState) => AlertState): Promise<AlertState> {
  const path = statePath(app)
  const made: { state?: AlertState } = {}
  try {
    return await alone(`${path}.lock`, async () => {
      made.state = trimmed(change(await readAlerts(app)))
      await write(app, made.state)
      unwritten.delete(path)
      return made.state
    })
  } catch (error) {
    if (!isDiskTrouble(error)) throw error
    const state = made.state ?? trimmed(change(await readAlerts(app)))
    unwritten.set(path, state)
    return state
  }
}

/** Makes sure that a disk which fills up later still has room for the alert that says so. */
export async function keepAlertsReady(app: App): Promise<void> {
  try {
    await alone(`${statePath(app)}.lock`, () => keepBallast(ballastPath(app), ballastBytes))
  } catch (error) {
    if (!isDiskTrouble(error)) throw error
  }
}

export function isDiskTrouble(error: unknown): boolean {
  return isPulihError(error) && error.code.startsWith('disk.')
}

const ballastBytes = 256 * 1024

async function write(app: App, state: AlertState): Promise<void> {
  const dots = (_key: string, value: unknown) => (typeof value === 'string' ? redact(value, app) : value)
  const text = `${JSON.stringify(state, dots, 2)}\n`
  try {
    await writeDurably(statePath(app), text)
  } catch (error) {
    if (!isPulihError(error, 'disk.full') || !(await dropBallast(ballastPath(app)))) throw error
    await writeDurably(statePath(app), text)
  }
}

function ballastPath(app: App): string {
  return join(app.folders.state, 'alerts-ballast')
}

function statePath(app: App): string {
  return join(app.folders.state, 'alerts.json')
}

function parse(value: unknown): AlertState {
  const { version, alerts, heldUntilMs } = (value ?? {}) as Partial<AlertState>
  if (version !== 1 || !Array.isArray(alerts)) return none
  return { version, alerts, heldUntilMs: heldUntilMs ?? null }
}

/** Closed alerts that nobody needs to hear of any more go, oldest first. */
function trimmed(state: AlertState): AlertState {
  const done = state.alerts.filter((one) => one.closedMs !== null && one.told.closed)
  const gone = new Set(done.slice(0, Math.max(0, done.length - closedKept)))
  return gone.size === 0 ? state : { ...state, alerts: state.alerts.filter((one) => !gone.has(one)) }
}
