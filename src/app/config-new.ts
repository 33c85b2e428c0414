import type { Language } from '../message/sentence.ts'
import { schemaName } from './schema.ts'

export interface NewConfigFacts {
  readonly language: Language
  readonly zone: string
  readonly startCommand: string | null
}

/**
 * The text of a first configuration: short, for a person to grow. Databases and files are left to discovery, which also
 * sees the database that is added next year; a list would have to be kept up by hand.
 */
export function newConfig({ language, zone, startCommand }: NewConfigFacts): string {
  const config = {
    $schema: `./${schemaName}`,
    backup_config: {
      enabled: true,
      max_backups: 10,
      backup_schedule: { daily_backup: '02:00' },
      retention_policy: { daily_backups: 7, weekly_backups: 4, monthly_backups: 12, migration_backups: 5 },
    },
    language,
    time_zone: zone,
    ...(startCommand === null ? {} : { app: { start: startCommand } }),
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
