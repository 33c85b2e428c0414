import type { State } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Holder } from './holders.ts'

/** What the operator asks for; every field is optional and the default is "the newest proven backup, all of it". */
export interface RestoreRequest extends Work {
  /** A backup's name, `latest`, or the path of a zip file. */
  readonly name?: string | undefined
  /** Milliseconds: the newest proven backup whose capture ended at or before this moment. */
  readonly atMs?: number | undefined
  /** Lay it out in this folder instead of into the app. */
  readonly to?: string | undefined
  /** `to` may hold other files already; none of them is overwritten. */
  readonly into?: boolean | undefined
  /** Databases, files or folders, as in the manifest; empty: everything. */
  readonly only?: readonly string[] | undefined
}

/** What one path will see: `leave` is there and not in the backup, and stays. */
export type PathAction = 'create' | 'replace' | 'same' | 'remove' | 'leave'

export interface PlannedPath {
  /** Relative to the target. */
  readonly path: string
  readonly kind: 'database' | 'file'
  readonly action: PathAction
  /** As in the backup; null when it is not in it. */
  readonly bytes: number | null
  /** What is there now, side files included; null: nothing. */
  readonly currentBytes: number | null
  readonly secret: boolean
}

/** Per database and table: how many rows; null is "not known", never a guess. */
export type RowCounts = Readonly<Record<string, Readonly<Record<string, number | null>>>>

export interface Loss {
  /** From the backup's capture until the plan was made; null when that moment is not known. */
  readonly minutes: number | null
  /** Rows that exist now and not in the backup. */
  readonly rows: RowCounts
  /** Rows in both whose values differ: they go back to the backup's. */
  readonly changed: RowCounts
  /** Rows that come back. */
  readonly onlyInBackup: RowCounts
}

export interface PlanStep {
  readonly id: 'stop' | 'safety' | 'fetch' | 'swap' | 'check' | 'start' | 'lay-out'
  readonly title: { readonly id: string; readonly en: string }
}

export interface PlanWarning {
  readonly code: string
  readonly message: { readonly id: string; readonly en: string }
}

/** Shown first, saved as JSON, then run. Making it changes nothing. */
export interface RestorePlan {
  readonly plan: 'restore' | 'undo'
  readonly version: 1
  readonly created: string
  /** The backup's name; for an undo the id of the act it reverses. */
  readonly from: string
  /** Absolute path of the zip file; null for an undo. */
  readonly archive: string | null
  readonly state: State | null
  readonly target: string
  readonly inPlace: boolean
  readonly into: boolean
  readonly only: readonly string[]
  readonly paths: readonly PlannedPath[]
  readonly loss: Loss
  /** Who has a database of the plan open now. */
  readonly holders: readonly Holder[]
  /** Command lines of the app: run only when somebody holds a database. */
  readonly stop: string | null
  readonly start: string | null
  /** A safety snapshot will be taken; false when the state there now cannot be backed up. Its files are kept either way. */
  readonly safety: boolean
  readonly space: { readonly needBytes: number; readonly freeBytes: number }
  readonly warnings: readonly PlanWarning[]
  readonly steps: readonly PlanStep[]
}

export interface RestoreResult {
  readonly restored: readonly string[]
  readonly from: string
  /** The snapshot of the state that was replaced; null when none was taken. */
  readonly safety: string | null
  readonly verified: true
  readonly loss: Loss
  readonly target: string
  readonly inPlace: boolean
  /** Paths that were the same already. */
  readonly same: readonly string[]
  /** Paths that went away (an undo of a restore that had made them). */
  readonly removed: readonly string[]
  /** Where the replaced files are; null when nothing was replaced. */
  readonly quarantine: string | null
  /** The record that `restore --undo` reverses; null when nothing changed in the app. */
  readonly id: string | null
  /** An earlier run that had been killed, and how it was settled first. */
  readonly resumed: { readonly id: string; readonly ended: 'done' | 'rolled-back' } | null
  readonly service: { readonly stopped: boolean; readonly started: boolean }
  readonly warnings: readonly PlanWarning[]
}
