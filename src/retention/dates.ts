import type { BackupEntry } from '../catalogue/types.ts'

const dayMs = 86_400_000
const skewMs = 10 * 60_000

/** Made, by its own date, later than now: the clock was wrong then, or is wrong now. */
export function isFuture(backup: BackupEntry, nowMs: number): boolean {
  return backup.createdMs > nowMs + skewMs
}

/** True when now is more than a day before the newest backup was made: then no date can be trusted to remove anything. */
export function isClockBehind(bySequence: readonly BackupEntry[], nowMs: number): boolean {
  const newest = bySequence.find((one) => one.sequence > 0)
  return newest !== undefined && newest.createdMs > nowMs + dayMs
}

/**
 * Backups whose date contradicts their sequence number, because the clock had jumped: all that stand outside the longest
 * run in which dates rise with sequence numbers (a day of slack). `bySequence` is newest first; so is the answer.
 */
export function outOfOrder(bySequence: readonly BackupEntry[]): BackupEntry[] {
  const line = bySequence.filter((one) => one.sequence > 0)
  const inRun = new Set(longestRun(line))
  return line.filter((one) => !inRun.has(one))
}

/** A run that ends at a backup: how long it is, how much time it spans, and the step before. */
interface Run {
  readonly length: number
  readonly from: number
  readonly spanMs: number
  readonly before: Run | null
  readonly end: BackupEntry
}

/** Of equally long runs the one that spans less time: a jump is what stretches a run. */
function longestRun(newestFirst: readonly BackupEntry[]): BackupEntry[] {
  const runs: Run[] = []
  for (const end of newestFirst) {
    let best: Run = { length: 1, from: end.createdMs, spanMs: 0, before: null, end }
    for (const before of runs) {
      if (end.createdMs > before.end.createdMs + dayMs) continue
      const longer = { length: before.length + 1, from: before.from, spanMs: before.from - end.createdMs, before, end }
      if (isBetter(longer, best)) best = longer
    }
    runs.push(best)
  }
  const best = runs.reduce<Run | null>((a, b) => (a === null || isBetter(b, a) ? b : a), null)
  const run: BackupEntry[] = []
  for (let step = best; step !== null; step = step.before) run.push(step.end)
  return run
}

function isBetter(a: Run, b: Run): boolean {
  return a.length > b.length || (a.length === b.length && a.spanMs < b.spanMs)
}
