import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { writeDurably } from '../disk/draft.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'
import { lastDue, type Slot } from '../time/schedule.ts'

/** What is known about the timetable's slots, in `.pulih/schedule.json`. Times are ms since the epoch. */
export interface SlotState {
  readonly version: 1
  /** Slots before this are nobody's business: nothing was expected then. */
  readonly sinceMs: number
  /** Moments of the slots that have had their backup, newest last: matched exactly, whatever the clock did since. */
  readonly done: readonly number[]
  /** The slot whose backup began and is not known to have ended. */
  readonly running: RunningSlot | null
}

export interface RunningSlot extends Slot {
  /** The highest sequence number before it began: a backup of this slot has a higher one. */
  readonly sequence: number
}

/** A year of daily and weekly slots. */
const doneKept = 420

/** The newest slot that still needs its backup; null when there is none. Only the newest: missed ones are caught up once. */
export function dueSlot(app: App, state: SlotState): Slot | null {
  const slot = lastDue(app.config.schedule, app.zone, app.clock.now())
  if (slot === null || slot.at < state.sinceMs || state.done.includes(slot.at)) return null
  return slot
}

export function withDone(state: SlotState, at: number): SlotState {
  return { ...state, done: [...state.done, at].slice(-doneKept), running: null }
}

/** As it was left; a first start is written down. Throws disk.*. */
export async function readSlots(app: App): Promise<SlotState> {
  const known = await readState(app)
  const now = app.clock.now()
  if (known !== null && known.sinceMs <= now) return known
  // With `since` to come the clock was ahead when that was written: from now on everything is expected again.
  const state = known === null ? await firstState(app) : { ...known, sinceMs: now }
  await writeSlots(app, state)
  return state
}

export async function writeSlots(app: App, state: SlotState): Promise<void> {
  await writeDurably(pathOf(app), `${JSON.stringify(state)}\n`)
}

async function readState(app: App): Promise<SlotState | null> {
  try {
    return parse(JSON.parse(await readFile(pathOf(app), 'utf8')))
  } catch (error) {
    // Unreadable text is as good as none: at worst one backup too many.
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw diskError(error, 'read', pathOf(app))
  }
}

function pathOf(app: App): string {
  return join(app.folders.state, 'schedule.json')
}

function parse(value: unknown): SlotState | null {
  const { version, sinceMs, done, running } = (value ?? {}) as Partial<SlotState>
  if (version !== 1 || typeof sinceMs !== 'number' || !Array.isArray(done)) return null
  return { version, sinceMs, done, running: running ?? null }
}

/** The newest slot counts as missed only where pulih was in use before it and there is no proven backup since. */
async function firstState(app: App): Promise<SlotState> {
  const now = app.clock.now()
  const slot = lastDue(app.config.schedule, app.zone, now)
  const missed = slot !== null && (await isMissed(app, slot.at))
  return { version: 1, sinceMs: missed ? slot.at : now, done: [], running: null }
}

async function isMissed(app: App, at: number): Promise<boolean> {
  const backups = await listBackups(app)
  if (backups.some((one) => one.state === 'proven' && one.createdMs >= at)) return false
  const firstAct = (await history(app)).at(-1)
  const uses = [...backups.map((one) => one.createdMs), ...(firstAct ? [Date.parse(firstAct.started)] : [])]
  return uses.some((ms) => ms < at)
}
