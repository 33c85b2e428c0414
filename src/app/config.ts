import type { Language } from '../message/sentence.ts'
import type { Secret } from './secret.ts'

/** The configuration after parsing: all three forms (founding, predecessor's, ours) end here. Defaults filled in. */
export interface Config {
  readonly enabled: boolean
  readonly maxBackups: number
  /** Names of automatic triggers that are on; null: all of them (no list was configured). */
  readonly autoBackupTriggers: readonly string[] | null
  readonly lifecycle: { readonly startup: boolean; readonly shutdown: boolean }
  readonly schedule: {
    /** `HH:MM` in the app's time zone; null: switched off. */
    readonly daily: string | null
    /** `weekday` 0 is Sunday. */
    readonly weekly: { readonly weekday: number; readonly time: string } | null
  }
  readonly criticalOperations: readonly string[]
  readonly retention: {
    readonly daily: number
    readonly weekly: number
    readonly monthly: number
    readonly migration: number
  }
  readonly maxBackupAgeMs: number
  readonly minBackupsRequired: number
  /** Relative to the app; null: discovery decides. */
  readonly databases: readonly string[] | null
  readonly criticalFiles: readonly string[] | null
  readonly backupDirectory: string
  readonly archiveDirectory: string
  readonly notifications: {
    readonly backupSuccess: boolean
    readonly backupFailure: boolean
    readonly backupWarnings: boolean
    readonly lowDiskSpace: boolean
  }
  readonly recovery: { readonly auto: boolean; readonly verify: boolean; readonly rollbackPoints: number }
  readonly language: Language | null
  /** IANA name; null: the system's. */
  readonly timeZone: string | null
  readonly app: {
    readonly start: string | null
    readonly stop: string | null
    readonly smokeTest: string | null
    readonly env: Readonly<Record<string, string>>
  }
  readonly invariants: readonly Invariant[]
  readonly proof: 'always' | 'stored' | 'scheduled'
  /** Trigger or type name -> milliseconds. */
  readonly minInterval: Readonly<Record<string, number>>
  readonly alerts: AlertConfig
  readonly thresholds: {
    readonly diskWarnUsedPercent: number
    readonly diskCriticalFreePercent: number
    readonly proofMaxAgeMs: number
    readonly drillMaxAgeMs: number
  }
  readonly vault: {
    readonly repository: string
    readonly password: Secret
    /** For the backend: access keys and the like. */
    readonly env: Readonly<Record<string, Secret>>
  } | null
  /** Secrets written as plain text in the file: `doctor` warns of them. Key paths. */
  readonly literalSecrets: readonly string[]
}

/** `sql` returns violations: no row, no violation. `tolerance` violations are accepted. */
export interface Invariant {
  readonly name: string
  readonly database: string
  readonly sql: string
  readonly tolerance: number
}

export interface AlertConfig {
  readonly telegram: { readonly token: Secret; readonly chatId: string; readonly apiRoot: string } | null
  readonly email: {
    readonly host: string
    readonly port: number
    readonly secure: boolean | null
    readonly user: string | null
    readonly password: Secret | null
    readonly from: string
    readonly to: readonly string[]
  } | null
  readonly webhook: { readonly url: Secret; readonly secret: Secret | null } | null
  /** A command line run by `sh`; the notice arrives as JSON on standard input. */
  readonly command: string | null
  readonly heartbeatUrl: Secret | null
  /** The channels in the order they were written. */
  readonly order: readonly ('telegram' | 'email' | 'webhook' | 'command')[]
  readonly remindAfterMs: number
  readonly quietHours: { readonly from: string; readonly to: string } | null
}
