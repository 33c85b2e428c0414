import { posix } from 'node:path'
import { PulihError } from '../error.ts'
import type { Config } from './config.ts'
import { type JsonNode, readJson } from './config-json.ts'
import { groups, keys, mainGroup } from './config-keys.ts'
import {
  type FieldValues,
  type Place,
  type Reading,
  readFields,
  reportTwice,
  reportUnknown,
  text,
  under,
  wrong,
} from './config-shape.ts'

/** What `parseConfig` needs besides the text; both are asked only when a secret is revealed. */
export interface ParseOptions {
  /** Where `{"env": NAME}` looks. Default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv
  /** What `{"file": PATH}` is relative to. Default: the working directory. */
  readonly folder?: string
}

/**
 * Reads a configuration in any of its three forms (the founding document's, the predecessor's, ours) into one value with
 * every default filled in. `where` names the file in errors. Throws `config.syntax`, or `config.invalid` with every
 * problem of the file at once. Secrets that the environment or a file holds are looked up when they are revealed.
 *
 * @example
 * parseConfig('{"backup_config": {"max_backups": 20}}', 'config/backup_config.json').maxBackups // 20
 */
export function parseConfig(source: string, where: string, options: ParseOptions = {}): Config {
  const root = readJson(source, where)
  const reading: Reading = {
    problems: [],
    literalSecrets: [],
    env: options.env ?? process.env,
    folder: options.folder ?? process.cwd(),
  }
  const places = placesOf(root, reading)
  const values = readFields(keys, places, { key: '', line: root.line }, reading)
  if (reading.problems.length === 0) reportConflicts(values, places, reading)
  const problems = reading.problems.toSorted((a, b) => a.line - b.line)
  if (problems.length > 0) throw new PulihError('config.invalid', { where, problems })
  return configOf(values, reading.literalSecrets)
}

/** What holds without a configuration file: everything on, databases and code found by looking. */
export function defaultConfig(): Config {
  return parseConfig('{}', 'defaults')
}

/** The keys of the file that are really there, by their own names: for `doctor`. */
export function keysIn(source: string, where: string): ReadonlySet<string> {
  const reading: Reading = { problems: [], literalSecrets: [], env: {}, folder: '' }
  return new Set(placesOf(readJson(source, where), reading).keys())
}

type Values = FieldValues<typeof keys>

/** Finds every key under whichever heading the three forms write it. */
function placesOf(root: JsonNode, reading: Reading): Map<string, Place> {
  const places = new Map<string, Place>()
  gather(root, '', Object.keys(keys), [mainGroup, ...Object.keys(groups)], places, reading)
  return places
}

function gather(
  node: JsonNode,
  at: string,
  known: readonly string[],
  headings: readonly string[],
  places: Map<string, Place>,
  reading: Reading,
): void {
  if (node.kind !== 'object') return void wrong(node, at === '' ? '{}' : at, { kind: 'object' }, reading)
  reportTwice(node, at, reading)
  for (const [name, member] of node.members) {
    const key = under(at, name)
    if (name === mainGroup && headings.includes(name)) {
      gather(member, key, known, Object.keys(groups), places, reading)
    } else if (headings.includes(name)) gather(member, key, groups[name]!, [], places, reading)
    else if (known.includes(name)) place(name, { key, node: member }, places, reading)
    else if (name === '$schema' && at === '') text.read(member, key, reading)
    else unknownKey(name, member.line, at, [...known, ...headings], reading)
  }
}

function place(name: string, found: Place, places: Map<string, Place>, reading: Reading): void {
  const earlier = places.get(name)
  if (earlier === undefined) places.set(name, found)
  else reading.problems.push({ kind: 'twice', key: found.key, line: found.node.line, other: earlier.key })
}

/** A key that belongs elsewhere is named by its full path: `smoke_test` at the top means `app.smoke_test`. */
function unknownKey(name: string, line: number, at: string, known: readonly string[], reading: Reading): void {
  const home = homes().get(name)
  if (home === undefined) reportUnknown(name, line, at, known, reading)
  else reading.problems.push({ kind: 'unknown', key: under(at, name), line, near: home })
}

function homes(): ReadonlyMap<string, string> {
  const inSections = Object.entries(keys).flatMap(([key, { missing }]) => {
    const within =
      typeof missing === 'object' && missing !== null && !Array.isArray(missing) ? Object.keys(missing) : []
    return within.filter((name) => name !== 'on').map((name) => [name, `${key}.${name}`] as const)
  })
  const atTop = Object.keys(keys).map((name) => [name, name] as const)
  return new Map([...inSections, ...atTop])
}

/** What is right by itself but not together. */
function reportConflicts(values: Values, places: ReadonlyMap<string, Place>, reading: Reading): void {
  const paths = places.get('backup_paths')
  const backups = posix.normalize(values.backup_paths.backup_directory).replace(/\/$/, '')
  const { databases } = values.backup_paths
  for (const [index, database] of (databases ?? []).entries()) {
    if (paths === undefined || !`${database}/`.startsWith(`${backups}/`)) continue
    const key = `${paths.key}.databases[${index}]`
    reading.problems.push({ kind: 'inside-backups', key, line: paths.node.line, found: JSON.stringify(database) })
  }
  const invariants = places.get('invariants')
  for (const [index, invariant] of values.invariants.entries()) {
    if (invariants === undefined) continue
    const here = { line: invariants.node.line, key: `${invariants.key}[${index}]` }
    const first = values.invariants.findIndex((one) => one.name === invariant.name)
    if (first !== index) {
      reading.problems.push({
        kind: 'twice',
        key: `${here.key}.name`,
        line: here.line,
        other: `${invariants.key}[${first}].name`,
      })
    }
    if (databases !== null && !databases.includes(invariant.database)) {
      const allowed = { kind: 'choice', values: databases } as const
      const found = JSON.stringify(invariant.database)
      reading.problems.push({ kind: 'value', key: `${here.key}.database`, line: here.line, found, allowed })
    }
  }
}

function configOf(values: Values, literalSecrets: readonly string[]): Config {
  const { backup_paths: paths, notifications, recovery_options: recovery, app, thresholds, vault } = values
  return {
    enabled: values.enabled,
    maxBackups: values.max_backups,
    autoBackupTriggers: values.auto_backup_triggers,
    lifecycle: values.lifecycle,
    schedule: { daily: values.daily_backup.on, weekly: values.weekly_full_backup.on },
    criticalOperations: values.critical_operations,
    retention: {
      daily: values.daily_backups,
      weekly: values.weekly_backups,
      monthly: values.monthly_backups,
      migration: values.migration_backups,
    },
    maxBackupAgeMs: Math.round(values.max_backup_age_days * 86_400_000),
    minBackupsRequired: values.min_backups_required,
    databases: unique(paths.databases),
    criticalFiles: unique(paths.critical_files),
    backupDirectory: paths.backup_directory,
    archiveDirectory: paths.archive_directory ?? posix.join(paths.backup_directory, 'archives'),
    notifications: {
      backupSuccess: notifications.backup_success,
      backupFailure: notifications.backup_failure,
      backupWarnings: notifications.backup_warnings,
      lowDiskSpace: notifications.low_disk_space,
    },
    recovery: {
      auto: recovery.auto_recovery_enabled,
      verify: recovery.recovery_verification,
      rollbackPoints: recovery.rollback_points,
    },
    language: values.language,
    timeZone: values.time_zone,
    app: { start: app.start, stop: app.stop, smokeTest: app.smoke_test, env: app.env },
    invariants: values.invariants,
    proof: values.proof,
    minInterval: { startup: 600_000, shutdown: 600_000, ...values.min_interval },
    alerts: alertsOf(values.alerts),
    thresholds: {
      diskWarnUsedPercent: thresholds.disk_warn_used_percent,
      diskCriticalFreePercent: thresholds.disk_critical_free_percent,
      proofMaxAgeMs: thresholds.proof_max_age,
      drillMaxAgeMs: thresholds.drill_max_age,
    },
    vault,
    literalSecrets,
  }
}

function alertsOf(alerts: Values['alerts']): Config['alerts'] {
  const { telegram, email, webhook } = alerts
  return {
    telegram: telegram && {
      token: telegram.token,
      chatId: telegram.chat_id,
      apiRoot: telegram.api_root.replace(/\/+$/, ''),
    },
    email: email && { ...email, port: email.port ?? (email.secure === true ? 465 : 587) },
    webhook,
    command: alerts.command,
    heartbeatUrl: alerts.heartbeat_url,
    order: Object.keys(alerts)
      .filter(isChannel)
      .filter((name) => alerts[name] !== null),
    remindAfterMs: alerts.remind_after,
    quietHours: alerts.quiet_hours.on,
  }
}

function isChannel(name: string): name is Config['alerts']['order'][number] {
  return ['telegram', 'email', 'webhook', 'command'].includes(name)
}

function unique(paths: readonly string[] | null): readonly string[] | null {
  return paths === null ? null : [...new Set(paths)]
}
