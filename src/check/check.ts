import type { App } from '../app/app.ts'
import type { Act, BackupEntry } from '../catalogue/types.ts'
import type { Note } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'

export type Status = 'healthy' | 'warning' | 'critical'

export const checkNames = [
  'backup-availability',
  'database-integrity',
  'storage',
  'stored-files',
  'continuity',
  'drill',
  'schedule',
  'vault',
  'exposure',
] as const

export type CheckName = (typeof checkNames)[number]

/** The answer to one question about health. `facts` are part of the JSON contract; `notes` are its sentences. */
export interface Verdict {
  readonly status: Status
  readonly facts: Readonly<Record<string, unknown>>
  readonly notes: readonly Note[]
}

/** What every check is handed: read once, so that all of them speak of the same moment. */
export interface Scene extends Work {
  readonly app: App
  readonly nowMs: number
  /** Newest first. */
  readonly backups: readonly BackupEntry[]
  /** Newest first. */
  readonly acts: readonly Act[]
}

/** One question: gather facts, then a pure verdict. One file each; listed in all.ts. */
export interface Check {
  readonly name: CheckName
  look(scene: Scene): Promise<Verdict>
}

const order: Readonly<Record<Status, number>> = { healthy: 0, warning: 1, critical: 2 }

export function worst(statuses: readonly Status[]): Status {
  return statuses.reduce((a, b) => (order[b] > order[a] ? b : a), 'healthy')
}
