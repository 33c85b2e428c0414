import type { App } from '../app/app.ts'
import type { Work } from '../snapshot/progress.ts'

/** Something the daemon does from time to time beside the backups: health, drills, copies to the vault. */
export interface Job {
  /** Names it in the log, in `status` and in the alert when it fails. */
  readonly name: string
  /** Asked every few seconds, so it only looks at something small: the newest act of a kind, a file. */
  due(app: App, nowMs: number): Promise<boolean>
  /** One turn. What it throws is logged and alerted, and it is tried again after a growing pause. */
  run(app: App, work: Work): Promise<void>
  /** Ended by its signal after this long; default 1 h. */
  readonly limitMs?: number
}

/** Each job has its line here, and is loaded when the daemon starts. */
export const jobs: readonly (() => Promise<Job>)[] = [
  async () => (await import('./job/monitor.ts')).monitorJob(),
  async () => (await import('./job/vault.ts')).vaultJob(),
  async () => (await import('./job/drill.ts')).drillJob(),
  async () => (await import('./job/self-test.ts')).selfTestJob(),
]
