import type { Config } from '../app/config.ts'

/** The founding document's names and the type each makes; any other name is its own type. */
const types: Readonly<Record<string, string>> = {
  before_migration: 'pre_migration',
  before_deployment: 'pre_deployment',
  before_bulk_operations: 'bulk_operation',
  before_asset_operations: 'asset_operation',
  daily_scheduled: 'scheduled',
  weekly_scheduled: 'scheduled',
}

/** What `auto_backup_triggers` can switch off by leaving it out of its list. */
const switched: ReadonlySet<string> = new Set([
  'before_migration',
  'before_deployment',
  'before_bulk_operations',
  'daily_scheduled',
])

export function typeOfTrigger(name: string): string {
  return types[name] ?? name
}

/**
 * Whether a trigger makes a backup by itself. `enabled: false` switches all of them off; `lifecycle` start and stop;
 * `auto_backup_triggers` the kinds it can list. A name in `critical_operations` is on whatever the list says.
 */
export function isOn(config: Config, name: string): boolean {
  if (!config.enabled) return false
  if (name === 'startup') return config.lifecycle.startup
  if (name === 'shutdown') return config.lifecycle.shutdown
  if (config.criticalOperations.includes(name) || !switched.has(name)) return true
  return config.autoBackupTriggers?.includes(name) ?? true
}

/** Within this time of the last backup with the same content none is made: by trigger or type name, else 10 min for start and stop. */
export function minIntervalOf(config: Config, name: string): number {
  const lifecycle = name === 'startup' || name === 'shutdown'
  return config.minInterval[name] ?? config.minInterval[typeOfTrigger(name)] ?? (lifecycle ? 600_000 : 0)
}
