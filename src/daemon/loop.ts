import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { isPulihError } from '../error.ts'
import { note, say } from '../message/phrases.ts'
import type { Progress } from '../snapshot/progress.ts'
import { alarm, calm } from '../trigger/alarm.ts'
import type { AppOnDisk } from './app-on-disk.ts'
import { Backoff } from './backoff.ts'
import type { Pulse } from './heartbeat.ts'
import { type Job, jobs } from './jobs.ts'
import { runSlot, slotDue } from './timetable.ts'

export interface LoopParts {
  readonly app: () => App
  readonly onDisk: AppOnDisk
  readonly pulse: Pulse
  readonly signal: AbortSignal
  readonly progress: Progress | undefined
}

/** No sleep is longer: a machine that was suspended, or whose clock was set, is noticed this soon. */
const napMs = 15_000
const hourMs = 3_600_000
const slotLimitMs = 6 * hourMs

/** Does what is due, one thing after another, until the signal. Returns then; throws for nothing else. */
export async function loop(parts: LoopParts): Promise<void> {
  const { app, onDisk, signal } = parts
  const loaded = await Promise.all(jobs.map((load) => load()))
  const timetable = new Backoff()
  const turns = loaded.map((job) => ({ job, backoff: new Backoff() }))
  while (!signal.aborted) {
    await onDisk.look()
    await timetable.attempt(
      app().clock,
      () => turnOfSlots(parts),
      (error) => told(parts, 'schedule', error),
    )
    for (const { job, backoff } of turns) {
      await backoff.attempt(
        app().clock,
        () => turnOfJob(parts, job),
        (error) => failedJob(parts, job, error),
      )
    }
    await nap(parts)
  }
}

/** A failure is on record and alerted where it happened; here it only decides about the pause. */
async function turnOfSlots({ app, pulse, signal, progress }: LoopParts): Promise<void> {
  const slot = await slotDue(app())
  if (slot === null) return
  const limited = AbortSignal.any([signal, AbortSignal.timeout(slotLimitMs)])
  await pulse.during('schedule', slotLimitMs, () => runSlot(app(), slot, { signal: limited, progress }))
}

async function turnOfJob({ app, pulse, signal, progress }: LoopParts, job: Job): Promise<void> {
  if (!(await job.due(app(), app().clock.now()))) return
  const { limitMs = hourMs } = job
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  await pulse.during(job.name, limitMs, () => job.run(app(), { signal: limited, progress }))
  await calm(app(), `job-failed:${job.name}`)
}

async function failedJob(parts: LoopParts, job: Job, error: unknown): Promise<void> {
  if (parts.signal.aborted) return
  const reason = await told(parts, job.name, error)
  await alarm(parts.app(), `job-failed:${job.name}`, 'warning', note('alert.job-failed', { job: job.name, reason }))
}

async function told({ app, signal }: LoopParts, what: string, error: unknown): Promise<string> {
  const reason = isPulihError(error) ? error.words(app().language)[0] : String(error)
  if (!signal.aborted) logLine(app(), 'ERROR', say(app().language, 'log.daemon-failed', { what, reason }))
  return reason
}

async function nap({ app, signal }: LoopParts): Promise<void> {
  // An end in the middle of it is what the loop looks for next.
  await app()
    .clock.sleep(napMs, signal)
    .catch(() => undefined)
}
