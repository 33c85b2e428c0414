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

/** One thing that is wrong, and what its alert is opened under: the same key is the same cause. */
export interface Cause {
  readonly key: string
  readonly severity: 'warning' | 'critical'
  readonly note: Note
}

/** The answer to one question about health. `facts` are part of the JSON contract; `notes` are its sentences. */
export interface Verdict {
  readonly status: Status
  readonly facts: Readonly<Record<string, unknown>>
  readonly notes: readonly Note[]
  /** Empty when healthy. */
  readonly causes: readonly Cause[]
}

/** As bad as its worst cause; without any it is healthy, and `fine` says so. */
export function verdictOf(facts: object, causes: readonly Cause[], fine: Note): Verdict {
  return {
    status: worst(causes.map(({ severity }) => severity)),
    facts: { ...facts },
    notes: causes.length > 0 ? causes.map((one) => one.note) : [fine],
    causes,
  }
}

/** How thoroughly to look: `quick` for a look every few minutes, `full` when a person asks. */
export type Depth = 'quick' | 'full'

/** What every check is handed: read once, so that all of them speak of the same moment. */
export interface Scene extends Work {
  readonly app: App
  readonly nowMs: number
  readonly depth: Depth
  /** Newest first. */
  readonly backups: readonly BackupEntry[]
  /** Newest first. */
  readonly acts: readonly Act[]
}

/** One question: gather facts, then a pure verdict. One file each; listed in all.ts. */
export interface Check {
  readonly name: CheckName
  /** What its causes' keys begin with (up to a colon): the monitor closes alerts of these when they are not found again. */
  readonly families: readonly string[]
  look(scene: Scene): Promise<Verdict>
}

const order: Readonly<Record<Status, number>> = { healthy: 0, warning: 1, critical: 2 }

export function worst(statuses: readonly Status[]): Status {
  return statuses.reduce((a, b) => (order[b] > order[a] ? b : a), 'healthy')
}
