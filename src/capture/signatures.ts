import { unsettled } from '../source/files/files.ts'
import { isSettled, type Look, stateOf } from '../source/sqlite/look.ts'

/**
 * What the files of a source looked like just before it was captured: opaque text per relative path. Equal means: the same
 * bytes as then. Kept in the index; losing it costs one full capture.
 *
 * It is taken before the capture, so a write in between makes it too old, never too new. A write within the same tick of
 * the kernel's clock as the one before it would not show; therefore a state seen that soon after a change is marked, and
 * a marked one equals nothing (what is seen later carries no mark).
 */
export type Signatures = Readonly<Record<string, string>>

export function signatureOf(look: Look): string {
  const state = stateOf(look)
  return isSettled(look) ? state : unsettled(state)
}

export function isUnchanged(previous: Signatures | null, path: string, signature: string): boolean {
  return previous !== null && Object.hasOwn(previous, path) && previous[path] === signature && !isMarked(signature)
}

function isMarked(signature: string): boolean {
  return signature.startsWith(unsettled(''))
}
