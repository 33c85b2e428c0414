import type { Act, BackupEntry } from '../catalogue/types.ts'
import { localDay } from '../time/zone.ts'

export type DayMark = 'proven' | 'stored' | 'failed' | 'none'

export interface Day {
  readonly day: string
  readonly mark: DayMark
}

const dayMs = 86_400_000

/** One mark a local day, the oldest first, today last. A failure shows unless a backup of that day was proven. Pure. */
export function strip(
  facts: { readonly backups: readonly BackupEntry[]; readonly acts: readonly Act[] },
  at: { readonly nowMs: number; readonly zone: string },
  count = 30,
): Day[] {
  const { nowMs, zone } = at
  const dayOf = (ms: number): string => localDay(ms, zone)
  const marks = new Map<string, DayMark>()
  const put = (ms: number, mark: DayMark): void => void marks.set(dayOf(ms), mark)
  const made = facts.acts.filter((one) => one.act === 'backup')
  for (const one of facts.backups) if (one.state === 'stored' || one.state === 'captured') put(one.createdMs, 'stored')
  for (const one of made) if (['failed', 'interrupted'].includes(one.outcome)) put(Date.parse(one.started), 'failed')
  // Retention removes archives, the record of their making stays.
  for (const one of made)
    if (one.outcome === 'done' && typeof one.facts.provenMs === 'number') put(Date.parse(one.started), 'proven')
  for (const one of facts.backups) if (one.state === 'proven') put(one.createdMs, 'proven')
  // Noon to noon: a day of 23 or 25 hours is still one day.
  const noon = Date.parse(`${dayOf(nowMs)}T12:00:00Z`)
  return Array.from({ length: count }, (_, n) => {
    const day = new Date(noon - (count - 1 - n) * dayMs).toISOString().slice(0, 10)
    return { day, mark: marks.get(day) ?? 'none' }
  })
}
