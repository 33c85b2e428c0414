import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import type { Act, BackupEntry } from '../catalogue/types.ts'
import { isPulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'
import { nextRun } from '../time/schedule.ts'
import { isoWithOffset } from '../time/zone.ts'
import { lookAtDatabases } from './database-integrity.ts'
import { type LastDrill, lastDrillOf } from './drill.ts'
import { type DaemonLife, daemonLife } from './life.ts'
import { type StorageFacts, storageFacts } from './storage.ts'
import { type Day, strip } from './strip.ts'

/** Everything `status` shows but the alerts. */
export interface Glance {
  readonly backups: readonly BackupEntry[]
  readonly latest: BackupEntry | null
  readonly nowMs: number
  readonly databases: { readonly healthy: number; readonly total: number }
  readonly disk: StorageFacts
  /** When a backup is due next by the timetable; null: nothing is scheduled, or automatic backups are off. */
  readonly nextRun: string | null
  readonly daemon: DaemonLife
  readonly lastDrill: LastDrill | null
  /** The newest run of a backup, however it ended. */
  readonly lastRun: Act | null
  readonly strip: readonly Day[]
}

export async function glance(app: App, work: Work = {}): Promise<Glance> {
  const nowMs = app.clock.now()
  const [backups, acts] = await Promise.all([listBackups(app), history(app)])
  const scene = { app, nowMs, depth: 'quick' as const, backups, acts, ...work }
  const next = app.config.enabled ? nextRun(app.config.schedule, app.zone, nowMs) : null
  return {
    ...{ backups, nowMs },
    latest: backups[0] ?? null,
    databases: await databasesOf(() => lookAtDatabases(scene, 'glance')),
    disk: await storageFacts(scene),
    nextRun: next === null ? null : isoWithOffset(next.at, app.zone),
    daemon: await daemonLife(app),
    lastDrill: lastDrillOf(acts),
    lastRun: acts.find((one) => one.act === 'backup') ?? null,
    strip: strip({ backups, acts }, { nowMs, zone: app.zone }),
  }
}

/** A full disk leaves no room to copy a database for its check: none is known to be healthy then, and the rest is shown. */
async function databasesOf(look: () => Promise<{ healthy: number; total: number }>) {
  try {
    const { healthy, total } = await look()
    return { healthy, total }
  } catch (error) {
    if (!isPulihError(error) || !error.code.startsWith('disk.')) throw error
    return { healthy: 0, total: 0 }
  }
}
