import type { Act } from '../catalogue/types.ts'
import { note } from '../message/phrases.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'
import { daemonLife } from './life.ts'

export interface LastDrill {
  readonly backup: string | null
  readonly at: string
  readonly outcome: string
  readonly recoverySeconds: number | null
  readonly reason: string | null
}

export interface DrillFacts {
  readonly last: LastDrill | null
  /** Since the last one that passed. */
  readonly ageMs: number | null
  readonly maxAgeMs: number
  /** Somebody drills here: one was done before, or a daemon is expected to. */
  readonly expected: boolean
  /** Since the first backup: how long there was something to drill with. */
  readonly sinceMs: number
}

export const drill: Check = {
  name: 'drill',
  families: ['drill-failed', 'drill-overdue'],
  async look(scene) {
    return judgeDrill(await drillFacts(scene))
  },
}

/** The newest drill that ended one way or the other; null when there was none. */
export function lastDrillOf(acts: readonly Act[]): LastDrill | null {
  const ended = acts.find((one) => one.act === 'drill' && !['running', 'cancelled'].includes(one.outcome))
  if (ended === undefined) return null
  const { backup, started, outcome, facts, error } = ended
  return {
    backup: backup ?? (typeof facts.name === 'string' ? facts.name : null),
    at: started,
    outcome,
    recoverySeconds: typeof facts.recoverySeconds === 'number' ? facts.recoverySeconds : null,
    reason: error?.message ?? null,
  }
}

async function drillFacts({ app, nowMs, acts, backups }: Scene): Promise<DrillFacts> {
  const passed = acts.find((one) => one.act === 'drill' && one.outcome === 'done')
  const first = backups.at(-1)
  return {
    last: lastDrillOf(acts),
    ageMs: passed === undefined ? null : Math.max(0, nowMs - Date.parse(passed.started)),
    maxAgeMs: app.config.thresholds.drillMaxAgeMs,
    expected: passed !== undefined || (await daemonLife(app)).expected,
    sinceMs: first === undefined ? 0 : Math.max(0, nowMs - first.createdMs),
  }
}

/** A recovery that was tried and failed is critical; one not tried for too long, where somebody drills, a warning. */
export function judgeDrill(facts: DrillFacts): Verdict {
  const { last, ageMs, maxAgeMs, expected, sinceMs } = facts
  const causes: Cause[] = []
  if (last !== null && last.outcome === 'failed')
    causes.push({
      key: 'drill-failed',
      severity: 'critical',
      note: note('check.drill-failed', { backup: last.backup, at: last.at, reason: last.reason ?? '' }),
    })
  else if (expected && (ageMs ?? sinceMs) > maxAgeMs)
    causes.push({ key: 'drill-overdue', severity: 'warning', note: note('check.drill-overdue', { ageMs }) })
  const fine =
    last === null
      ? note('check.drill-none')
      : note('check.drill-ok', { at: last.at, recoverySeconds: last.recoverySeconds })
  return verdictOf(facts, causes, fine)
}
