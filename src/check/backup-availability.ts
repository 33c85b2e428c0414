import type { Act } from '../catalogue/types.ts'
import { type Note, note } from '../message/phrases.ts'
import type { Check, Scene, Status, Verdict } from './check.ts'
import { worst } from './check.ts'

export interface AvailabilityFacts {
  readonly backups: number
  readonly proven: number
  readonly damaged: number
  readonly newestProven: string | null
  readonly ageMs: number | null
  readonly maxAgeMs: number
  readonly required: number
  readonly enabled: boolean
  /** The newest backup act, when it did not succeed and none has since. */
  readonly failure: { readonly outcome: string; readonly at: string; readonly reason: string } | null
}

/** A run is given this long beyond the limit: a daily backup is a little later some days. */
const graceMs = 3_600_000

export const backupAvailability: Check = {
  name: 'backup-availability',
  async look(scene) {
    return judgeAvailability(availabilityFacts(scene))
  },
}

export function availabilityFacts({ app, nowMs, backups, acts }: Scene): AvailabilityFacts {
  const proven = backups.filter((one) => one.state === 'proven')
  const newest = proven[0]
  return {
    backups: backups.length,
    proven: proven.length,
    damaged: backups.filter((one) => one.state === 'damaged').length,
    newestProven: newest?.name ?? null,
    ageMs: newest === undefined ? null : Math.max(0, nowMs - newest.createdMs),
    maxAgeMs: app.config.maxBackupAgeMs,
    required: app.config.minBackupsRequired,
    enabled: app.config.enabled,
    failure: failureOf(acts),
  }
}

function failureOf(acts: readonly Act[]): AvailabilityFacts['failure'] {
  const last = acts.find((one) => one.act === 'backup' && one.outcome !== 'running' && one.outcome !== 'cancelled')
  if (last === undefined || last.outcome === 'done') return null
  return { outcome: last.outcome, at: last.started, reason: last.error?.message ?? '' }
}

/** No proven backup or one that is too old is critical, and so is a failed run until a later one succeeds. */
export function judgeAvailability(facts: AvailabilityFacts): Verdict {
  const said: [Status, Note][] = []
  if (facts.ageMs === null) said.push(['critical', note('check.no-proven', { backups: facts.backups })])
  else if (facts.ageMs > facts.maxAgeMs + graceMs)
    said.push(['critical', note('check.too-old', { name: facts.newestProven ?? '', ageMs: facts.ageMs })])
  else if (facts.proven < facts.required)
    said.push(['warning', note('check.too-few', { proven: facts.proven, required: facts.required })])
  if (facts.failure !== null) said.push(['critical', note('check.backup-failed', facts.failure)])
  if (!facts.enabled) said.push(['warning', note('check.disabled')])
  if (said.length > 0)
    return { status: worst(said.map(([status]) => status)), facts: { ...facts }, notes: said.map((one) => one[1]) }
  const ok = note('check.available', { name: facts.newestProven ?? '', ageMs: facts.ageMs ?? 0, proven: facts.proven })
  return { status: 'healthy', facts: { ...facts }, notes: [ok] }
}
