import { PulihError } from '../../error.ts'
import { notHeld } from './failure.ts'
import type { Failure } from './protocol.ts'

/** SQLite's "read-only, but a hot journal would have to be rolled back first". */
const readonlyRollback = 776
const lockWaitSeconds = 10

/** What the child reported, as a sentence. `about` names the file when the failure does not. */
export function sourceError(failure: Failure, about: string | null): PulihError {
  const path = failure.path ?? about ?? '?'
  const { detail } = failure
  if (detail === notHeld) return new PulihError('source.helper-died', { path, how: notHeld })
  if (failure.sqlite === readonlyRollback) return new PulihError('source.interrupted', { path })
  switch (failure.sqlite === null ? null : failure.sqlite & 0xff) {
    case 5:
    case 6:
      return new PulihError('source.busy', { path, waitedSeconds: lockWaitSeconds })
    case 8:
    case 14:
    case 23:
      return new PulihError('source.unopenable', { path, detail })
    case 11:
      return new PulihError('source.malformed', { path, detail })
    case 13:
      return new PulihError('disk.full', { place: path })
    case 26:
      return new PulihError('source.not-sqlite', { path })
    default:
      return new PulihError('source.failed', { path, detail })
  }
}
