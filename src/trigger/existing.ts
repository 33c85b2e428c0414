import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import { findSources } from '../backup/sources.ts'
import { isAllUnchanged } from '../capture/unchanged.ts'
import { listBackups, readSignatures } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { isPulihError } from '../error.ts'
import { minIntervalOf } from './kind.ts'

/** A backup that is there already, and when its capture began (the app's clock, ms). */
export interface Existing {
  readonly entry: BackupEntry
  readonly captureFromMs: number
}

/** Throws archive.unreadable. */
export async function existing(entry: BackupEntry): Promise<Existing> {
  await using reader = await openArchive(entry.path)
  return { entry, captureFromMs: Date.parse(reader.manifest?.capture.from ?? '') }
}

/** The sequence number of the newest backup; 0 when there is none. */
export async function newestSequence(app: App): Promise<number> {
  return (await listBackups(app))[0]?.sequence ?? 0
}

/** The caller's question, as far as sharing somebody else's backup goes: see TriggerRequest. */
export interface Arrival {
  readonly arrivedMs: number
  readonly sequence?: number
  readonly until?: 'stored' | 'proven'
}

/**
 * The newest backup, when its capture began after the caller asked and it is as far as the caller wants; else null. Ask
 * with the lock held: then no run is in between.
 */
export async function joinable(
  app: App,
  { arrivedMs, sequence = 0, until = 'proven' }: Arrival,
): Promise<Existing | null> {
  const newest = (await listBackups(app)).find((one) => !one.legacy)
  // It was written after its capture began: what is older than the question need not be opened.
  if (newest === undefined || newest.createdMs < arrivedMs || newest.sequence <= sequence) return null
  const enough = newest.state === 'proven' || (until === 'stored' && newest.state === 'stored')
  if (!enough) return null
  const found = await existing(newest)
  // One from the future was made before somebody set the clock back, whenever that was.
  return found.captureFromMs >= arrivedMs && found.captureFromMs <= app.clock.now() ? found : null
}

/** The newest proven backup, when nothing changed since and it is younger than this trigger's interval; else null. */
export async function unchangedBackup(app: App, name: string): Promise<Existing | null> {
  const withinMs = minIntervalOf(app.config, name)
  const known = withinMs > 0 ? await readSignatures(app) : null
  if (known === null) return null
  const newest = (await listBackups(app)).find((one) => one.name === known.backup)
  const ageMs = app.clock.now() - (newest?.createdMs ?? 0)
  if (newest?.state !== 'proven' || ageMs < 0 || ageMs > withinMs) return null
  return (await isUnchanged(app, known.signatures)) ? await existing(newest) : null
}

async function isUnchanged(app: App, signatures: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    return isAllUnchanged(app, await findSources(app), signatures)
  } catch (error) {
    // A source that is missing or cannot be looked at: the backup that follows says so, and puts it on record.
    if (isPulihError(error)) return false
    throw error
  }
}
