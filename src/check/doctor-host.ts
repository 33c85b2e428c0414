import { statSync } from 'node:fs'
import { join } from 'node:path'
import { listBackups } from '../catalogue/catalogue.ts'
import { freeSpace } from '../disk/space.ts'
import { isPulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import { logStamp } from '../time/zone.ts'
import { type Advice, critical, info, type Patient, quoted, warning } from './doctor.ts'

/** Disk and clock of this machine. */
export async function lookAtHost(patient: Patient): Promise<Advice[]> {
  return [...(await aboutSpace(patient)), ...(await aboutClock(patient))]
}

async function aboutSpace({ app, found }: Patient): Promise<Advice[]> {
  const { totalBytes, freeBytes } = await freeSpace(app.folders.backups)
  const { diskWarnUsedPercent, diskCriticalFreePercent } = app.config.thresholds
  const freePercent = (freeBytes / Math.max(1, totalBytes)) * 100
  const needBytes = found.databases.reduce((sum, path) => sum + sizeOf(join(app.folders.app, path)), 0) * 2
  const facts = { folder: app.folders.backups, freePercent, freeBytes }
  const look = `df -h ${quoted(app.folders.app)}`
  return [
    ...(freePercent < diskCriticalFreePercent
      ? [critical(note('doctor.space-low', facts), 'pulih prune --dry-run')]
      : []),
    ...(freePercent >= diskCriticalFreePercent && 100 - freePercent >= diskWarnUsedPercent
      ? [warning(note('doctor.space-low', facts), 'pulih prune --dry-run')]
      : []),
    ...(freeBytes < needBytes ? [warning(note('doctor.space-next', { needBytes, freeBytes }), look)] : []),
  ]
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** A clock that was moved back shows as a backup from the future; one that was never set, as an absurd year. */
async function aboutClock({ app }: Patient): Promise<Advice[]> {
  const now = app.clock.now()
  if (now < Date.parse('2025-01-01'))
    return [critical(note('doctor.clock-unset', { now: logStamp(now, app.zone) }), 'timedatectl status')]
  try {
    const newest = (await listBackups(app)).reduce((latest, one) => Math.max(latest, one.createdMs), 0)
    if (newest === 0) return [info(note('doctor.no-backup'), 'pulih backup')]
    const ahead = newest - now
    return ahead > 300_000
      ? [warning(note('doctor.clock-behind', { newest: logStamp(newest, app.zone) }), 'timedatectl status')]
      : []
  } catch (error) {
    if (!isPulihError(error)) throw error
    return [] // an unreadable backup folder is an advice already
  }
}
