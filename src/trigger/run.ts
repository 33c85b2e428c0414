import type { App } from '../app/app.ts'
import { checkRequest } from '../backup/request.ts'
import { recordAct } from '../catalogue/history.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { acquireLock, type Lock } from '../disk/lock.ts'
import type { Note } from '../message/phrases.ts'
import type { State } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { closedOr } from './closed.ts'
import { type Existing, existing, joinable, unchangedBackup } from './existing.ts'
import { isOn, typeOfTrigger } from './kind.ts'
import { backupWithRetention } from './retention.ts'

/** One event that may need a backup, and how far its caller waits. */
export interface TriggerRequest extends Work {
  /** `before_migration`, `startup`, a guarded function's name … */
  readonly name: string
  readonly label?: string | null
  readonly reason?: string | null
  /** When the caller asked (the app's clock, ms): it may share only a backup whose capture began after that. */
  readonly arrivedMs: number
  /** The newest backup's sequence number when the caller asked, where that is known: then no clock can deceive. */
  readonly sequence?: number
  /** Somebody waits for the answer (the default): then `override` counts, and being switched off is on record. */
  readonly gate?: boolean
  /** A reason to go on even if the backup fails: on record, with an alert. Empty counts as none. */
  readonly override?: string | null
  readonly until?: 'stored' | 'proven'
  /** For the lock; default 2 min. */
  readonly waitMs?: number
  /**
   * With `until: 'stored'`: called when the gate may open, and the proof goes on behind it. Without it such a backup is
   * left unproven.
   */
  readonly onStored?: (result: TriggerResult) => void
}

export interface TriggerResult {
  /** `switched-off`: the configuration wants no backup here · `overridden`: it failed, and the caller goes on anyway. */
  readonly outcome: 'backed-up' | 'joined' | 'reference' | 'switched-off' | 'overridden'
  readonly backup: string | null
  readonly state: State | null
  readonly warnings: readonly Note[]
  /** When the capture of that backup began; null without a backup. */
  readonly captureFromMs: number | null
}

/** How long a caller waits for somebody else's run: longer than `pulih backup`, which a person can repeat. */
export const gateWaitMs = 120_000

const nothing = { backup: null, state: null, warnings: [], captureFromMs: null } as const

/**
 * The one path from an event to a backup, with retention after it. Callers that arrive together share one; within its
 * `min_interval` and with unchanged content a trigger points to the proven backup there is. Every outcome is on record,
 * a failure also as an alert. Throws what backup() throws, unless the request overrides it: then the gate stays closed.
 */
export async function runTrigger(app: App, request: TriggerRequest): Promise<TriggerResult> {
  checkRequest({ type: typeOfTrigger(request.name), label: request.label ?? null })
  return await answer(app, request).catch((error: unknown) => closedOr(app, request, error))
}

async function answer(app: App, request: TriggerRequest): Promise<TriggerResult> {
  const { name, signal, waitMs = gateWaitMs, gate = true } = request
  if (!isOn(app.config, name)) return await switchedOff(app, request, gate)
  const same = await unchangedBackup(app, name)
  if (same !== null) return await share(app, request, 'reference', same)
  await using lock = await acquireLock(app.folders.state, 'backup', { waitMs, signal, clock: app.clock })
  const joined = await joinable(app, request)
  if (joined !== null) return await share(app, request, 'joined', joined)
  return await makeBackup(app, request, lock)
}

async function makeBackup(app: App, request: TriggerRequest, lock: Lock): Promise<TriggerResult> {
  const { name, label = null, reason = null, until = 'proven', signal, progress } = request
  const early = until === 'stored' ? request.onStored : undefined
  let opening = Promise.resolve()
  try {
    const { entry, manifest, warnings } = await backupWithRetention(app, {
      ...{ type: typeOfTrigger(name), trigger: name, label, reason, until: early ? 'proven' : until },
      ...{ signal, progress, lock },
      ...(early && { onStored: (stored) => (opening = openEarly(stored, early)) }),
    })
    const captureFromMs = Date.parse(manifest.capture.from)
    return { outcome: 'backed-up', backup: entry.name, state: entry.state, warnings, captureFromMs }
  } finally {
    await opening
  }
}

async function openEarly(stored: BackupEntry, tell: (result: TriggerResult) => void): Promise<void> {
  const { entry, captureFromMs } = await existing(stored)
  tell({ outcome: 'backed-up', backup: entry.name, state: entry.state, warnings: [], captureFromMs })
}

async function share(
  app: App,
  { name, reason = null }: TriggerRequest,
  outcome: 'joined' | 'reference',
  { entry, captureFromMs }: Existing,
): Promise<TriggerResult> {
  const facts = { trigger: name, type: typeOfTrigger(name), reason, [outcome]: true }
  await recordAct(app, 'guarded', facts, async (act) => act.finish({ backup: entry.name }))
  return { outcome, backup: entry.name, state: entry.state, warnings: [], captureFromMs }
}

/** A timetable that is switched off is not worth a line every day; a gate that opens without a backup is. */
async function switchedOff(app: App, { name, reason = null }: TriggerRequest, gate: boolean): Promise<TriggerResult> {
  const facts = { trigger: name, type: typeOfTrigger(name), reason, 'switched-off': true }
  if (gate) await recordAct(app, 'guarded', facts, async (act) => act.finish())
  return { outcome: 'switched-off', ...nothing }
}
