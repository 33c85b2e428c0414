import { note } from '../message/phrases.ts'
import { lastDue, nextRun } from '../time/schedule.ts'
import { isoWithOffset } from '../time/zone.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'
import { type DaemonLife, daemonLife, staleMs } from './life.ts'

export interface ScheduleFacts extends DaemonLife {
  readonly enabled: boolean
  readonly nextRun: string | null
  /** The newest moment at which a backup was due, and whether one began since; null: none is scheduled. */
  readonly lastDue: { readonly at: string; readonly lateMs: number; readonly done: boolean } | null
}

/** A slot is caught up within this, whatever else runs. */
const lateMs = 2 * 3_600_000

export const schedule: Check = {
  name: 'schedule',
  families: ['daemon-silent', 'schedule-missed'],
  async look(scene) {
    return judgeSchedule(await scheduleFacts(scene))
  },
}

async function scheduleFacts(scene: Scene): Promise<ScheduleFacts> {
  const { app, nowMs } = scene
  const { config, zone } = app
  const next = config.enabled ? nextRun(config.schedule, zone, nowMs) : null
  return {
    ...(await daemonLife(app)),
    enabled: config.enabled,
    nextRun: next === null ? null : isoWithOffset(next.at, zone),
    lastDue: newestDue(scene),
  }
}

function newestDue({ app, nowMs, backups, acts }: Scene): ScheduleFacts['lastDue'] {
  const { config, zone } = app
  const due = config.enabled ? lastDue(config.schedule, zone, nowMs) : null
  if (due === null) return null
  const done =
    backups.some((one) => one.createdMs >= due.at) ||
    acts.some((one) => ['backup', 'guarded'].includes(one.act) && Date.parse(one.started) >= due.at)
  const oldest = backups.at(-1)?.createdMs ?? nowMs
  // Nothing was kept safe yet when that slot came: nobody's business.
  return { at: isoWithOffset(due.at, zone), lateMs: nowMs - due.at, done: done || oldest > due.at }
}

/** A daemon that was expected and is silent for five minutes is critical; one that misses its slot as well. */
export function judgeSchedule(facts: ScheduleFacts): Verdict {
  const causes: Cause[] = []
  const { expected, running, ageMs, heartbeat, pid, lastDue: due } = facts
  if (expected && !running && (ageMs ?? 0) > staleMs)
    causes.push({
      key: 'daemon-silent',
      severity: 'critical',
      note: note('check.daemon-silent', { heartbeat: heartbeat ?? '', ageMs: ageMs ?? 0 }),
    })
  else if (running && due !== null && !due.done && due.lateMs > lateMs)
    causes.push({ key: 'schedule-missed', severity: 'critical', note: note('check.slot-missed', { due: due.at }) })
  const fine = running
    ? note('check.daemon-alive', { pid: pid ?? 0, next: facts.nextRun })
    : note('check.daemon-unexpected', { seen: expected })
  return verdictOf(facts, causes, fine)
}
