import type { App } from '../app/app.ts'
import { freeSpace } from '../disk/space.ts'
import { note } from '../message/phrases.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'
import { fullInDays, noteSpace } from './space-history.ts'

export interface StorageFacts {
  readonly place: string
  readonly totalBytes: number
  readonly freeBytes: number
  readonly usedPercent: number
  readonly freePercent: number
  readonly warnUsedPercent: number
  readonly criticalFreePercent: number
  /** Room for the next backup, judged by the newest one: its archive, and one copy of every database beside it. */
  readonly nextBackupBytes: number
  /** Days until the disk is full at the measured pace of the last 30 days; null: under a day of history, or not filling. */
  readonly fullInDays: number | null
}

export const storage: Check = {
  name: 'storage',
  families: ['disk-space', 'disk-no-room', 'disk-full-soon'],
  async look(scene) {
    return judgeStorage(await storageFacts(scene))
  },
}

export async function storageFacts(scene: Scene): Promise<StorageFacts> {
  const { app, backups, nowMs } = scene
  const { totalBytes, freeBytes } = await freeSpace(app.folders.backups)
  const freePercent = totalBytes === 0 ? 0 : round((freeBytes / totalBytes) * 100)
  const newest = backups.find((one) => one.state === 'proven')
  const databases = newest?.databases.reduce((sum, one) => sum + one.bytes, 0) ?? 0
  return {
    place: app.folders.backups,
    totalBytes,
    freeBytes,
    usedPercent: round(100 - freePercent),
    freePercent,
    ...limits(app),
    nextBackupBytes: (newest?.bytes ?? 0) + databases,
    fullInDays: fullInDays(await noteSpace(app, { atMs: nowMs, freeBytes })),
  }
}

function limits({ config: { thresholds } }: App): Pick<StorageFacts, 'warnUsedPercent' | 'criticalFreePercent'> {
  return {
    warnUsedPercent: thresholds.diskWarnUsedPercent,
    criticalFreePercent: thresholds.diskCriticalFreePercent,
  }
}

/** Under 10 % free or no room for the next backup is critical; from 85 % used, or full within a week, a warning. */
export function judgeStorage(facts: StorageFacts): Verdict {
  const causes: Cause[] = []
  const say = (key: string, severity: Cause['severity'], said: Cause['note']) =>
    causes.push({ key, severity, note: said })
  const { usedPercent, freePercent, freeBytes, nextBackupBytes } = facts
  if (freePercent < facts.criticalFreePercent)
    say('disk-space', 'critical', note('check.disk-critical', { freePercent }))
  else if (usedPercent >= facts.warnUsedPercent)
    say('disk-space', 'warning', note('check.disk-warning', { usedPercent }))
  if (nextBackupBytes > freeBytes)
    say('disk-no-room', 'critical', note('check.no-room', { needBytes: nextBackupBytes, freeBytes }))
  if (facts.fullInDays !== null && facts.fullInDays < 7)
    say('disk-full-soon', 'warning', note('check.full-soon', { days: facts.fullInDays }))
  return verdictOf(facts, causes, note('check.disk-ok', { usedPercent, freeBytes }))
}

function round(percent: number): number {
  return Math.round(percent * 10) / 10
}
