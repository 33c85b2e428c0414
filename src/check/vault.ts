import type { Act } from '../catalogue/types.ts'
import { note } from '../message/phrases.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'

export interface VaultFacts {
  readonly configured: boolean
  /** The last sync that was done. */
  readonly lastSync: string | null
  /** Proven backups made after it. */
  readonly behind: number
  /** How long the oldest of those waits. */
  readonly waitingMs: number
  /** The newest sync, when it failed. */
  readonly failure: { readonly at: string; readonly reason: string } | null
}

const day = 86_400_000
/** Once a day is in step, with two hours for the run itself. */
const lateMs = day + 2 * 3_600_000

/** Judged from the record of syncs: looking costs no network. */
export const vault: Check = {
  name: 'vault',
  families: ['vault-failed', 'vault-behind'],
  look: async (scene) => judgeVault(vaultFacts(scene)),
}

export function vaultFacts({ app, nowMs, backups, acts }: Scene): VaultFacts {
  const syncs = acts.filter((one) => one.act === 'sync' && one.outcome !== 'running' && one.outcome !== 'cancelled')
  const done = syncs.find((one) => one.outcome === 'done')
  const doneMs = done === undefined ? Number.NEGATIVE_INFINITY : Date.parse(done.started)
  const waiting = backups.filter((one) => one.state === 'proven' && one.createdMs > doneMs)
  return {
    configured: app.config.vault !== null,
    lastSync: done?.started ?? null,
    behind: waiting.length,
    waitingMs: Math.max(0, ...waiting.map((one) => nowMs - one.createdMs)),
    failure: failureOf(syncs[0]),
  }
}

function failureOf(newest: Act | undefined): VaultFacts['failure'] {
  if (newest === undefined || newest.outcome === 'done') return null
  return { at: newest.started, reason: newest.error?.message ?? newest.outcome }
}

/** Out of step for a day is a warning, for a week critical; so is a sync that failed until one is done. */
export function judgeVault(facts: VaultFacts): Verdict {
  const { configured, failure, waitingMs, behind, lastSync } = facts
  if (!configured) return verdictOf({ configured: false }, [], note('check.vault-none'))
  const severity = waitingMs > 7 * day ? 'critical' : 'warning'
  const causes: Cause[] = []
  if (failure !== null) causes.push({ key: 'vault-failed', severity, note: note('check.vault-failed', failure) })
  else if (behind > 0 && waitingMs > lateMs)
    causes.push({ key: 'vault-behind', severity, note: note('check.vault-behind', { behind, lastSync }) })
  return verdictOf(facts, causes, note('check.vault-ok', { lastSync, behind }))
}
