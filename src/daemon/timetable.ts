import type { App } from '../app/app.ts'
import { verifyBackups } from '../backup/verify.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { logLine } from '../catalogue/log.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { failpoint } from '../disk/failpoint.ts'
import { say } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Slot } from '../time/schedule.ts'
import { isoWithOffset } from '../time/zone.ts'
import { isOn } from '../trigger/kind.ts'
import { runTrigger } from '../trigger/run.ts'
import { dueSlot, type RunningSlot, readSlots, withDone, writeSlots } from './slots.ts'

/** Missed by more than this, a slot is said to be caught up. */
const lateMs = 120_000

/** The slot that needs its backup now; null when there is none. */
export async function slotDue(app: App): Promise<Slot | null> {
  const slot = dueSlot(app, await readSlots(app))
  return slot !== null && isOn(app.config, triggerOf(slot)) ? slot : null
}

/**
 * Makes the backup of one slot, exactly one however often this is cut off: what was begun is written down first, and a
 * backup found to be of that run is taken for it. Throws what the backup throws; then the slot is still due.
 */
export async function runSlot(app: App, slot: Slot, work: Work): Promise<void> {
  const state = await readSlots(app)
  const left = state.running?.at === slot.at ? await finishLeft(app, state.running, work) : null
  if (left === null) {
    const sequence = Math.max(0, ...(await listBackups(app)).map((one) => one.sequence))
    await writeSlots(app, { ...state, running: { ...slot, sequence } })
    failpoint('slot-begun')
    await makeBackup(app, slot, work)
    failpoint('slot-made')
  }
  await writeSlots(app, withDone(await readSlots(app), slot.at))
}

async function makeBackup(app: App, slot: Slot, work: Work): Promise<void> {
  const arrivedMs = app.clock.now()
  const due = isoWithOffset(slot.at, app.zone).slice(0, 16).replace('T', ' ')
  if (arrivedMs - slot.at > lateMs) logLine(app, 'INFO', say(app.language, 'log.slot-missed', { due }))
  const reason = say(app.language, 'slot.reason', { due })
  await runTrigger(app, { name: triggerOf(slot), reason, arrivedMs, gate: false, ...work })
}

/** A backup that this slot's killed run made visible: proven now, if its proof was cut off. Null: there is none. */
async function finishLeft(app: App, running: RunningSlot, work: Work): Promise<BackupEntry | null> {
  const made = (await listBackups(app)).find(
    (one) => one.trigger === triggerOf(running) && one.sequence > running.sequence && one.state !== 'damaged',
  )
  if (made === undefined || made.state === 'proven') return made ?? null
  const [seen] = await verifyBackups(app, [made], work)
  // A copy that breaks a rule of the app stays `stored`, and another copy would break it too.
  return seen?.state === 'damaged' ? null : made
}

function triggerOf({ kind }: Slot): string {
  return kind === 'weekly' ? 'weekly_scheduled' : 'daily_scheduled'
}
