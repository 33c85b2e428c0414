import {
  amount,
  choice,
  flag,
  inert,
  list,
  optional,
  orOff,
  record,
  required,
  secret,
  section,
  text,
  whole,
} from './config-shape.ts'
import {
  addresses,
  chat,
  duration,
  envValue,
  folder,
  hours,
  language,
  pathInside,
  repository,
  sql,
  timeOfDay,
  url,
  weeklyTime,
  zone,
} from './config-values.ts'

/** Every key of the configuration, its shape and what holds without it. The parser and the JSON Schema both read this. */

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const backupPaths = section({
  databases: optional(list(pathInside), null),
  critical_files: optional(list(pathInside), null),
  backup_directory: optional(folder, 'backups'),
  archive_directory: optional(folder, null),
})

const notifications = section({
  backup_success: optional(flag, false),
  backup_failure: optional(flag, true),
  backup_warnings: optional(flag, true),
  low_disk_space: optional(flag, true),
})

const recoveryOptions = section({
  auto_recovery_enabled: optional(flag, false),
  recovery_verification: optional(flag, true),
  rollback_points: optional(whole(0, 1000), 3),
})

const lifecycle = section({ startup: optional(flag, true), shutdown: optional(flag, true) })

const appKeys = section({
  start: optional(text, null),
  stop: optional(text, null),
  smoke_test: optional(text, null),
  env: optional(record(envValue), {}),
})

const invariant = section({
  name: required(text),
  database: required(pathInside),
  sql: required(sql),
  tolerance: optional(whole(0, 1_000_000_000), 0),
})

const telegram = section({
  token: required(secret),
  chat_id: required(chat),
  api_root: optional(url, 'https://api.telegram.org'),
})

const email = section({
  host: required(text),
  port: optional(whole(1, 65_535), null),
  secure: optional(flag, null),
  user: optional(text, null),
  password: optional(secret, null),
  from: required(text),
  to: required(addresses),
})

const alerts = section({
  telegram: optional(telegram, null),
  email: optional(email, null),
  webhook: optional(section({ url: required(secret), secret: optional(secret, null) }), null),
  command: optional(text, null),
  heartbeat_url: optional(secret, null),
  remind_after: optional(duration, 6 * hourMs),
  quiet_hours: optional(orOff(hours), { on: null }),
})

const thresholds = section({
  disk_warn_used_percent: optional(amount(1, 100), 85),
  disk_critical_free_percent: optional(amount(0, 99), 10),
  proof_max_age: optional(duration, dayMs),
  drill_max_age: optional(duration, 35 * dayMs),
})

const vault = section({
  repository: required(repository),
  password: required(secret),
  env: optional(record(secret), {}),
})

/** By their own names, which are unique: `groups` says under which headings they may stand. */
export const keys = {
  enabled: optional(flag, true),
  max_backups: optional(whole(1, 10_000), 10),
  auto_backup_triggers: optional(list(text), null),
  daily_backup: optional(orOff(timeOfDay), { on: '02:00' }),
  weekly_full_backup: optional(orOff(weeklyTime), { on: null }),
  critical_operations: optional(list(text), []),
  daily_backups: optional(whole(0, 3660), 7),
  weekly_backups: optional(whole(0, 522), 4),
  monthly_backups: optional(whole(0, 120), 12),
  migration_backups: optional(whole(0, 10_000), 5),
  max_backup_age_days: optional(amount(0.01, 3650), 1),
  min_backups_required: optional(whole(0, 10_000), 1),
  lifecycle: optional(lifecycle, lifecycle.absent),
  backup_paths: optional(backupPaths, backupPaths.absent),
  notifications: optional(notifications, notifications.absent),
  recovery_options: optional(recoveryOptions, recoveryOptions.absent),
  language: optional(language, null),
  time_zone: optional(zone, null),
  app: optional(appKeys, appKeys.absent),
  invariants: optional(list(invariant), []),
  proof: optional(choice('always', 'stored', 'scheduled'), 'always'),
  min_interval: optional(record(duration), {}),
  alerts: optional(alerts, alerts.absent),
  thresholds: optional(thresholds, thresholds.absent),
  vault: optional(vault, null),
  journal: optional(inert, null),
  dashboard: optional(inert, null),
} as const

/** Accepted, but nothing in this version reads them: `doctor` says so. */
export const keysWithoutEffect = ['journal', 'dashboard'] as const satisfies readonly (keyof typeof keys)[]

const scheduleKeys = ['daily_backup', 'weekly_full_backup'] as const
const retentionKeys = ['daily_backups', 'weekly_backups', 'monthly_backups', 'migration_backups'] as const
const countKeys = ['max_backups', 'max_backup_age_days', 'min_backups_required'] as const

/**
 * Headings that only group keys. The founding document writes everything under `backup_config`, the predecessor spread
 * the same keys over several headings: both stand, and so does each key directly at the top.
 */
export const groups: Readonly<Record<string, readonly (keyof typeof keys)[]>> = {
  backup_schedule: scheduleKeys,
  retention_policy: [...retentionKeys, ...countKeys],
}

/** The heading that may hold everything but itself. */
export const mainGroup = 'backup_config'
