import type { Act } from '../catalogue/types.ts'
import { version } from '../version.ts'
import type { Glance } from './glance.ts'
import type { VaultFacts } from './vault.ts'

/** One family in Prometheus' text format. All are gauges: each look tells how things are, nothing counts up. */
export interface Metric {
  /** By Prometheus' conventions: base units in the name, `_timestamp_seconds` for moments. */
  readonly name: string
  readonly help: string
  readonly samples: readonly Sample[]
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricFacts {
  readonly seen: Glance
  readonly vault: VaultFacts
  readonly alerts: readonly { readonly severity: 'warning' | 'critical' }[]
  readonly app: string
}

/** Everything a dashboard or an alert rule of Prometheus needs. What is not known has no sample. Pure. */
export function metricsOf({ seen, vault, alerts, app }: MetricFacts): readonly Metric[] {
  const one = (value: number | null, labels: Sample['labels'] = {}): Sample[] =>
    value === null || !Number.isFinite(value) ? [] : [{ labels: { app, ...labels }, value }]
  const { backups, disk, daemon, lastDrill, lastRun, databases } = seen
  const proven = backups.find(({ state }) => state === 'proven')
  const states = ['captured', 'stored', 'proven', 'damaged'] as const
  const severities = ['warning', 'critical'] as const
  const count = <T>(all: readonly T[], is: (one: T) => boolean): number => all.filter(is).length
  const families: readonly [name: string, help: string, samples: readonly Sample[]][] = [
    ['build_info', 'Version of pulih, always 1.', one(1, { version })],
    [
      'backups',
      'Backups on this machine by state.',
      states.flatMap((state) =>
        one(
          count(backups, (entry) => entry.state === state),
          { state },
        ),
      ),
    ],
    ['backups_size_bytes', 'Size of all archives.', one(backups.reduce((sum, { bytes }) => sum + bytes, 0))],
    [
      'last_proven_backup_timestamp_seconds',
      'When the newest proven backup was made.',
      one(proven === undefined ? null : proven.createdMs / 1000),
    ],
    ['last_backup_success', 'Whether the newest run of a backup succeeded.', one(successOf(lastRun?.outcome))],
    ['last_backup_duration_seconds', 'How long the newest run of a backup took.', one(durationOf(lastRun))],
    ['next_backup_timestamp_seconds', 'When a backup is due next.', one(momentOf(seen.nextRun))],
    ['databases', 'Databases that are kept safe.', one(databases.total)],
    ['databases_healthy', 'Databases found healthy.', one(databases.healthy)],
    ['disk_size_bytes', 'Size of the disk that holds the backups.', one(disk.totalBytes)],
    ['disk_free_bytes', 'Free space on the disk that holds the backups.', one(disk.freeBytes)],
    [
      'disk_full_in_seconds',
      'Time until that disk is full at the pace of the last 30 days.',
      one(disk.fullInDays === null ? null : disk.fullInDays * 86_400),
    ],
    ['daemon_up', 'Whether the daemon lives and is not hung.', one(Number(daemon.running))],
    ['daemon_expected', 'Whether a daemon was seen here before.', one(Number(daemon.expected))],
    ['daemon_heartbeat_timestamp_seconds', "The daemon's last sign of life.", one(momentOf(daemon.heartbeat))],
    ['last_drill_timestamp_seconds', 'When a recovery was last tried.', one(momentOf(lastDrill?.at ?? null))],
    ['last_drill_success', 'Whether that recovery worked.', one(successOf(lastDrill?.outcome))],
    ['last_drill_recovery_duration_seconds', 'How long that recovery took.', one(lastDrill?.recoverySeconds ?? null)],
    [
      'open_alerts',
      'Open alerts by severity.',
      severities.flatMap((severity) =>
        one(
          count(alerts, (alert) => alert.severity === severity),
          { severity },
        ),
      ),
    ],
    ['vault_configured', 'Whether an off-site vault is configured.', one(Number(vault.configured))],
    [
      'vault_last_sync_timestamp_seconds',
      'When backups were last brought to the vault.',
      one(vault.configured ? momentOf(vault.lastSync) : null),
    ],
    [
      'vault_waiting_backups',
      'Proven backups that are not in the vault yet.',
      one(vault.configured ? vault.behind : null),
    ],
  ]
  return families.map(([name, help, samples]) => ({ name: `pulih_${name}`, help, samples }))
}

function successOf(outcome: string | undefined): number | null {
  if (outcome === 'done') return 1
  return outcome === 'failed' || outcome === 'interrupted' ? 0 : null
}

function durationOf(act: Act | null): number | null {
  return act?.durationMs == null ? null : act.durationMs / 1000
}

function momentOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso) / 1000
}

/** The text format, with its last line ended. A family without a sample is left out. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => `${name}{${labelText(labels)}} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('')
}

function labelText(labels: Sample['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
