import type { Comparison, TableDifference } from './compare.ts'
import type { Loss, RowCounts } from './plan-types.ts'

/** What is known of one database when the loss is added up. */
export interface DatabaseLoss {
  readonly path: string
  /** The tables of the backup, so that each is named even when nothing is known about it. */
  readonly backupTables: readonly string[]
  /** `same`: nothing changes. `missing`: there is no file, and what was in it since is not known. */
  readonly live: Comparison | 'same' | 'missing'
}

/** Adds up what going back to the captured moment costs. Unknown stays null. */
export function lossOf(databases: readonly DatabaseLoss[], capturedMs: number | null, nowMs: number): Loss {
  const pick = (field: 'lost' | 'changed' | 'onlyInBackup'): RowCounts =>
    Object.fromEntries(databases.map((one) => [one.path, countsOf(one, field)]))
  return {
    minutes: capturedMs === null ? null : Math.max(0, Math.round((nowMs - capturedMs) / 6000) / 10),
    rows: pick('lost'),
    changed: pick('changed'),
    onlyInBackup: pick('onlyInBackup'),
  }
}

function countsOf(
  { live, backupTables }: DatabaseLoss,
  field: keyof TableDifference & string,
): Record<string, number | null> {
  const nothing = live === 'same' ? 0 : null
  const found: Record<string, number | null> = Object.fromEntries(backupTables.map((table) => [table, nothing]))
  if (typeof live === 'string') return found
  for (const [table, difference] of Object.entries(live.tables)) {
    const value = difference[field]
    found[table] = typeof value === 'number' ? value : null
  }
  return found
}
