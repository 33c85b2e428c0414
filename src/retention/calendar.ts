import type { BackupEntry } from '../catalogue/types.ts'
import { localDay } from '../time/zone.ts'

export type Span = 'day' | 'week' | 'month'

/**
 * The first backup in each of the first `count` days (weeks, months) that have one. `newestFirst` decides both which span
 * is recent and which backup stands for it. Counting spans that have a backup, instead of days back from today, keeps a
 * history through weeks without backups and through a clock that jumped ahead.
 */
export function firstOfEach(
  newestFirst: readonly BackupEntry[],
  span: Span,
  count: number,
  zone: string,
): BackupEntry[] {
  const first = new Map<string, BackupEntry>()
  for (const one of newestFirst) {
    const key = spanOf(one.createdMs, span, zone)
    if (!first.has(key)) first.set(key, one)
  }
  // By date, not by sequence: after a clock went back, the latest days are still the ones to keep.
  const latest = [...first.keys()].sort().reverse().slice(0, count)
  return latest.map((key) => first.get(key) as BackupEntry)
}

/** `2025-08-02`, the Monday of its week, `2025-08`: local, and in the order of time when sorted as text. */
function spanOf(ms: number, span: Span, zone: string): string {
  const day = localDay(ms, zone)
  if (span === 'day') return day
  if (span === 'month') return day.slice(0, 7)
  const noon = new Date(`${day}T12:00:00Z`)
  noon.setUTCDate(noon.getUTCDate() - ((noon.getUTCDay() + 6) % 7))
  return noon.toISOString().slice(0, 10)
}
