import type { App } from '../app/app.ts'
import { type BackupRecord, type BackupRequest, backup } from '../backup/backup.ts'
import { acquireLock } from '../disk/lock.ts'
import { isPulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import { prune } from '../retention/prune.ts'
import { alarmFailure, alarmRules, settleFailure } from './alarm.ts'
import { copyOffSite } from './off-site.ts'

/**
 * A backup and, once it is proven, what retention says about the older ones, and its copy in the vault: the form every
 * command and trigger uses. A failure opens an alert, a proven backup closes it. A caller that brings its lock (a gate:
 * somebody waits) gets no copy here; the daemon carries it within a minute.
 */
export async function backupWithRetention(app: App, request: BackupRequest): Promise<BackupRecord> {
  const made = await backupAndPrune(app, request)
  if (request.lock || made.entry.state !== 'proven') return made
  const warnings = await copyOffSite(app, { signal: request.signal, progress: request.progress })
  return { ...made, warnings: [...made.warnings, ...warnings] }
}

async function backupAndPrune(app: App, request: BackupRequest): Promise<BackupRecord> {
  const waitMs = request.waitMs ?? 30_000
  const take = { waitMs, signal: request.signal, clock: app.clock }
  await using own = request.lock ? null : await acquireLock(app.folders.state, 'backup', take)
  const lock = request.lock ?? own
  const made = await alarmed(app, { ...request, ...(lock ? { lock } : {}) })
  await alarmRules(app, made.manifest, made.entry.state === 'proven')
  // A removal waits for a newer proven backup; without one, or cut off here, the next run does it.
  if (made.entry.state !== 'proven') return made
  await settleFailure(app)
  try {
    await prune(app, { signal: request.signal, ...(lock ? { lock } : {}) })
    return made
  } catch (error) {
    // The backup is made and safe; that older ones could not be removed is said, not hidden, and is on record.
    if (!isPulihError(error)) throw error
    return { ...made, warnings: [...made.warnings, note('warning.retention-failed', { reason: error.message })] }
  }
}

async function alarmed(app: App, request: BackupRequest): Promise<BackupRecord> {
  try {
    return await backup(app, request)
  } catch (error) {
    await alarmFailure(app, request.trigger, error)
    throw error
  }
}
