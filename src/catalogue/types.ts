import type { Finding, Proof } from '../snapshot/finding.ts'
import type { State } from '../snapshot/manifest.ts'

/** One archive that exists, as `list` shows it: a summary of its manifest plus its mark. */
export interface BackupEntry {
  readonly name: string
  readonly type: string
  readonly label: string | null
  readonly reason: string | null
  readonly trigger: string
  readonly state: State
  /** Why it is damaged; empty otherwise. */
  readonly findings: readonly Finding[]
  readonly created: string
  readonly createdMs: number
  readonly sequence: number
  /** Of the zip file. */
  readonly bytes: number
  readonly path: string
  readonly pinned: boolean
  readonly pinReason: string | null
  readonly legacy: boolean
  readonly sameContentAs: string | null
  readonly proof: Proof | null
  readonly databases: readonly DatabaseSummary[]
  readonly files: number
}

export interface DatabaseSummary {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly rows: Readonly<Record<string, number>>
  /** Largest rowid of each table that has one, decimal; absent in predecessor archives. */
  readonly largestIds?: Readonly<Record<string, string>>
}

/**
 * The small file beside an archive, `.<name>.mark.json`: all that became known about it after it was written.
 * Deleting a mark loses the proof and the pin, never the backup.
 */
export interface Mark {
  readonly version: 1
  readonly proof: Proof | null
  readonly pinned: { readonly at: string; readonly reason: string | null } | null
  readonly damage: { readonly at: string; readonly findings: readonly Finding[] } | null
}

/** Every act that changes or proves something, as kept in `history.jsonl`. */
export type ActName =
  | 'backup'
  | 'verify'
  | 'prune'
  | 'restore'
  | 'undo'
  | 'drill'
  | 'plan'
  | 'export'
  | 'sync'
  | 'pin'
  | 'unpin'
  | 'forget-source'
  | 'override'
  | 'guarded'
  | 'migration'
  | 'maintenance'
  | 'rollback'
  | 'monitor'
  | 'vault-prune'
  | 'fetch'

export interface Act {
  readonly id: string
  readonly act: ActName
  readonly started: string
  readonly ended: string | null
  readonly outcome: 'running' | 'done' | 'failed' | 'interrupted' | 'cancelled'
  readonly backup: string | null
  /**
   * Null when it went well. The message is English, for the record; with the facts (of a PulihError) it can be said again
   * in the reader's language.
   */
  readonly error: { readonly code: string; readonly message: string; readonly facts?: unknown } | null
  readonly durationMs: number | null
  /** More facts of the act: trigger, removed names, measured times … */
  readonly facts: Readonly<Record<string, unknown>>
}
