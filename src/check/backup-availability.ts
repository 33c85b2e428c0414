import type { Act } from '../catalogue/types.ts'
import { note } from '../message/phrases.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'

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
  families: ['no-proven-backup', 'too-few-backups', 'backup-failed', 'automatic-backups-off'],
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
  const causes: Cause[] = []
  const say = (key: string, severity: Cause['severity'], said: Cause['note']) =>
    causes.push({ key, severity, note: said })
  if (facts.ageMs === null) say('no-proven-backup', 'critical', note('check.no-proven', { backups: facts.backups }))
  else if (facts.ageMs > facts.maxAgeMs + graceMs)
    say('no-proven-backup', 'critical', note('check.too-old', { name: facts.newestProven ?? '', ageMs: facts.ageMs }))
  else if (facts.proven < facts.required)
    say('too-few-backups', 'warning', note('check.too-few', { proven: facts.proven, required: facts.required }))
  if (facts.failure !== null) say('backup-failed', 'critical', note('check.backup-failed', facts.failure))
  if (!facts.enabled) say('automatic-backups-off', 'warning', note('check.disabled'))
  const { newestProven, ageMs, proven } = facts
  return verdictOf(facts, causes, note('check.available', { name: newestProven ?? '', ageMs: ageMs ?? 0, proven }))
}
