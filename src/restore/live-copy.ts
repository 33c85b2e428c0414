import type { App } from '../app/app.ts'
import { capture } from '../capture/capture.ts'
import { isPulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'

/** A copy of a live database in `folder`, or why there is none. */
export type LiveCopy = { readonly file: string } | { readonly missing: true } | { readonly damage: string }

/**
 * Copies a live database as a backup would: nothing is written beside it, and one at rest is not even opened. What cannot be
 * captured is answered, not thrown. Throws disk.*, cancelled.
 */
export async function copyLive(app: App, path: string, folder: string, work: Work): Promise<LiveCopy> {
  try {
    const { signal, progress } = work
    const sources = { databases: [path], files: [], leftOut: [], previous: null }
    // Not disposed here: the copy belongs to the caller's scratch folder and goes with it.
    const { databases } = await capture(app, { scratch: folder, ...sources, signal, progress })
    const file = databases[0]?.stagedPath ?? null
    return file === null ? { damage: 'not captured' } : { file }
  } catch (error) {
    if (isPulihError(error, 'source.missing')) return { missing: true }
    if (isPulihError(error) && error.code.startsWith('source.')) return { damage: error.message }
    throw error
  }
}
