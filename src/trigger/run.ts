import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import { findSources } from '../backup/sources.ts'
import { isAllUnchanged } from '../capture/unchanged.ts'
import { listBackups, readSignatures } from '../catalogue/catalogue.ts'
import { recordAct } from '../catalogue/history.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { acquireLock, type Lock } from '../disk/lock.ts'
import type { Note } from '../message/phrases.ts'
import type { State } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { isOn, minIntervalOf, typeOfTrigger } from './kind.ts'
import { backupWithRetention } from './retention.ts'

/** One event that may need a backup, and how far its caller waits. */
export interface TriggerRequest extends Work {
  /** `before_migration`, `startup`, a guarded function's name … */
  readonly name: string
  readonly label?: string | null
  readonly reason?: string | null
  /** When the caller asked (the app's clock, ms): it may share only a backup whose capture began after that. */
  readonly arrivedMs: number
  readonly until?: 'stored' | 'proven'
  /** For the lock; default 30 s. */
  readonly waitMs?: number
}

export interface TriggerResult {
  /** `switched-off`: the configuration says no backup is wanted here; the gate is open without one. */
  readonly outcome: 'backed-up' | 'joined' | 'reference' | 'switched-off'
  readonly backup: string | null
  readonly state: State | null
  readonly warnings: readonly Note[]
}

/**
 * The one path from an event to a backup, with retention after it. Callers that arrive together share one; within its
 * `min_interval` and with unchanged content a trigger points to the proven backup there is. Every outcome is on record.
 * Throws what backup() throws: then the gate stays closed.
 */
export async function runTrigger(app: App, request: TriggerRequest): Promise<TriggerResult> {
  const { name, signal, waitMs = 30_000 } = request
  if (!isOn(app.config, name)) return await record(app, request, { outcome: 'switched-off', backup: null })
  await using lock = await acquireLock(app.folders.state, 'backup', { waitMs, signal, clock: app.clock })
  const joined = await joinable(app, request)
  if (joined !== null) return await record(app, request, { outcome: 'joined', backup: joined })
  const same = await unchangedBackup(app, name)
  if (same !== null) return await record(app, request, { outcome: 'reference', backup: same })
  return await makeBackup(app, request, lock)
}

async function makeBackup(app: App, request: TriggerRequest, lock: Lock): Promise<TriggerResult> {
  const { name, label = null, reason = null, until = 'proven', signal, progress } = request
  const work = { signal, progress, lock }
  const { entry, warnings } = await backupWithRetention(app, {
    ...{ type: typeOfTrigger(name), trigger: name, label, reason, until },
    ...work,
  })
  return { outcome: 'backed-up', backup: entry.name, state: entry.state, warnings }
}

/** The newest backup, when its capture began after this caller asked and it is as far as this caller wants. */
async function joinable(app: App, { arrivedMs, until = 'proven' }: TriggerRequest): Promise<BackupEntry | null> {
  const newest = (await listBackups(app)).find((one) => !one.legacy)
  if (newest === undefined || newest.createdMs < arrivedMs) return null
  const enough = newest.state === 'proven' || (until === 'stored' && newest.state === 'stored')
  if (!enough) return null
  await using reader = await openArchive(newest.path)
  const from = Date.parse(reader.manifest?.capture.from ?? '')
  return from >= arrivedMs ? newest : null
}

async function unchangedBackup(app: App, name: string): Promise<BackupEntry | null> {
  const withinMs = minIntervalOf(app.config, name)
  const known = withinMs > 0 ? await readSignatures(app) : null
  if (known === null) return null
  const newest = (await listBackups(app)).find((one) => one.name === known.backup)
  const ageMs = app.clock.now() - (newest?.createdMs ?? 0)
  if (newest?.state !== 'proven' || ageMs < 0 || ageMs > withinMs) return null
  return isAllUnchanged(app, await findSources(app), known.signatures) ? newest : null
}

async function record(
  app: App,
  { name, reason }: TriggerRequest,
  result: { readonly outcome: TriggerResult['outcome']; readonly backup: BackupEntry | null },
): Promise<TriggerResult> {
  const { outcome, backup: entry } = result
  const facts = { trigger: name, type: typeOfTrigger(name), reason: reason ?? null, [outcome]: true }
  await recordAct(app, 'guarded', facts, async (act) => act.finish({ backup: entry?.name ?? null }))
  return { outcome, backup: entry?.name ?? null, state: entry?.state ?? null, warnings: [] }
}
