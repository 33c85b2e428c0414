import { isPulihError, PulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'

/** Throws `cancelled` once the work's signal has fired; called between pieces of long work. */
export function stopIfCancelled(work: Work): void {
  const { signal } = work
  if (!signal?.aborted) return
  throw isPulihError(signal.reason) ? signal.reason : new PulihError('cancelled', undefined, { cause: signal.reason })
}
