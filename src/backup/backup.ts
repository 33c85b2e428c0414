import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { beginAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { requireSettled } from '../catalogue/recovery.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { acquireLock } from '../disk/lock.ts'
import { sweep } from '../disk/scratch.ts'
import { isPulihError, PulihError } from '../error.ts'
import { type Note, note, say, sayNote } from '../message/phrases.ts'
import type { Manifest } from '../snapshot/manifest.ts'
import { openPrevious, type Previous } from './previous.ts'
import { proveBackup } from './prove.ts'
import { type BackupRequest, checkRequest } from './request.ts'
import { findSources } from './sources.ts'
import { storeBackup } from './store.ts'

export type { BackupRequest }

export interface BackupRecord {
  readonly manifest: Manifest
  readonly entry: BackupEntry
  readonly warnings: readonly Note[]
  /** Milliseconds from the call until the archive was visible and read back. */
  readonly storedMs: number
  /** Until it was recovered and fully checked; null when only `stored` was asked for or its proof found something. */
  readonly provenMs: number | null
}

const waitMs = 30_000

/**
 * The act from trigger to catalogue: capture, store, prove. All or nothing: on any error, kill or power cut no new
 * archive is listed and the earlier ones are untouched; the failure is in the history and the log.
 * Throws backup.*, source.*, disk.*, lock.busy (exit 5), cancelled (exit 130).
 */
export async function backup(app: App, request: BackupRequest): Promise<BackupRecord> {
  checkRequest(request)
  const started = app.clock.steady()
  await using _lock = request.lock
    ? null
    : await acquireLock(app.folders.state, 'backup', {
        waitMs: request.waitMs ?? waitMs,
        signal: request.signal,
        clock: app.clock,
      })
  await sweep(app.folders)
  await using act = await beginAct(app, 'backup', { type: request.type, trigger: request.trigger })
  try {
    await requireSettled(app.folders)
    const record = await attempt(app, request, started)
    await act.finish({
      backup: record.entry.name,
      facts: { sequence: record.manifest.sequence, storedMs: record.storedMs, provenMs: record.provenMs },
    })
    for (const warning of record.warnings) logLine(app, 'WARNING', `⚠️ ${sayNote(app.language, warning)}`)
    logLine(app, 'INFO', say(app.language, 'log.backup-done', { name: record.entry.name }))
    return record
  } catch (error) {
    const failure = request.signal?.aborted ? new PulihError('cancelled', undefined, { cause: error }) : error
    await act.fail(failure)
    const reason = isPulihError(failure) ? failure.words(app.language)[0] : String(failure)
    logLine(app, 'ERROR', say(app.language, 'log.backup-failed', { reason }))
    throw failure
  }
}

/** Copies from the previous archive where it can; should that one turn out to be damaged, once more without it. */
async function attempt(app: App, request: BackupRequest, started: number): Promise<BackupRecord> {
  const backups = await listBackups(app)
  await using previous = await openPrevious(app, backups)
  try {
    return await makeBackup(app, request, { started, backups, previous })
  } catch (error) {
    if (previous === null || !isPulihError(error, 'archive.damaged')) throw error
    const record = await makeBackup(app, request, { started, backups, previous: null })
    return {
      ...record,
      warnings: [...record.warnings, note('warning.previous-damaged', { name: previous.entry.name })],
    }
  }
}

interface Facts {
  readonly started: number
  readonly backups: readonly BackupEntry[]
  readonly previous: Previous | null
}

async function makeBackup(app: App, request: BackupRequest, facts: Facts): Promise<BackupRecord> {
  const sources = await findSources(app)
  await using stored = await storeBackup(app, request, { ...facts, sources })
  const storedMs = Math.round(app.clock.steady() - facts.started)
  request.onStored?.(stored.entry)
  const { manifest, warnings } = stored
  if (request.until === 'stored') return { manifest, entry: stored.entry, warnings, storedMs, provenMs: null }
  const entry = await proveBackup(app, stored, request)
  const provenMs = entry.state === 'proven' ? Math.round(app.clock.steady() - facts.started) : null
  return { manifest, entry, warnings, storedMs, provenMs }
}
