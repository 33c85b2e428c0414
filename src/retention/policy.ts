import type { Config } from '../app/config.ts'

/** How much to keep. Every number counts proven backups only. */
export interface RetentionPolicy {
  readonly newest: number
  /** Days, weeks and months in which there is a proven backup, counted back from the newest. */
  readonly daily: number
  readonly weekly: number
  readonly monthly: number
  /** Of every type, so that a flood of one cannot push out another. */
  readonly perType: number
  /** Of single types: more than `perType`. */
  readonly ofType: Readonly<Record<string, number>>
}

export function policyOf(config: Config): RetentionPolicy {
  const { daily, weekly, monthly, migration } = config.retention
  return {
    newest: Math.max(config.maxBackups, config.minBackupsRequired),
    daily,
    weekly,
    monthly,
    perType: 2,
    ofType: { pre_migration: migration, safety: config.recovery.rollbackPoints },
  }
}
