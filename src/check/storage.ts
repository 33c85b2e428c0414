import type { App } from '../app/app.ts'
import { freeSpace } from '../disk/space.ts'
import { type Note, note } from '../message/phrases.ts'
import type { Check, Scene, Status, Verdict } from './check.ts'
import { worst } from './check.ts'

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
  /** Days until the disk is full at the pace of the archives of the last 30 days; null: too little history to say. */
  readonly fullInDays: number | null
}

const day = 86_400_000

export const storage: Check = {
  name: 'storage',
  async look(scene) {
    return judgeStorage(await storageFacts(scene))
  },
}

export async function storageFacts(scene: Scene): Promise<StorageFacts> {
  const { app, backups } = scene
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
    fullInDays: forecastDays(scene, freeBytes),
  }
}

function limits({ config: { thresholds } }: App): Pick<StorageFacts, 'warnUsedPercent' | 'criticalFreePercent'> {
  return {
    warnUsedPercent: thresholds.diskWarnUsedPercent,
    criticalFreePercent: thresholds.diskCriticalFreePercent,
  }
}

/** Straight on from what the archives of the last 30 days added; under a day of history nothing can be said. */
function forecastDays({ backups, nowMs }: Scene, freeBytes: number): number | null {
  const recent = backups.filter((one) => nowMs - one.createdMs <= 30 * day && one.createdMs <= nowMs)
  const oldest = recent.at(-1)
  if (oldest === undefined || nowMs - oldest.createdMs < day) return null
  const perDay = recent.reduce((sum, one) => sum + one.bytes, 0) / ((nowMs - oldest.createdMs) / day)
  return perDay > 0 ? Math.floor(freeBytes / perDay) : null
}

/** Under 10 % free or no room for the next backup is critical; from 85 % used, or full within a week, a warning. */
export function judgeStorage(facts: StorageFacts): Verdict {
  const said: [Status, Note][] = []
  const { usedPercent, freePercent, freeBytes, nextBackupBytes, fullInDays } = facts
  if (freePercent < facts.criticalFreePercent) said.push(['critical', note('check.disk-critical', { freePercent })])
  else if (usedPercent >= facts.warnUsedPercent) said.push(['warning', note('check.disk-warning', { usedPercent })])
  if (nextBackupBytes > freeBytes)
    said.push(['critical', note('check.no-room', { needBytes: nextBackupBytes, freeBytes })])
  if (fullInDays !== null && fullInDays < 7) said.push(['warning', note('check.full-soon', { days: fullInDays })])
  const notes = said.length > 0 ? said.map((one) => one[1]) : [note('check.disk-ok', { usedPercent, freeBytes })]
  return { status: worst(said.map(([status]) => status)), facts: { ...facts }, notes }
}

function round(percent: number): number {
  return Math.round(percent * 10) / 10
}
