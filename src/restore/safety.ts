import type { App } from '../app/app.ts'
import { backup } from '../backup/backup.ts'
import { failpoint } from '../disk/failpoint.ts'
import type { Lock } from '../disk/lock.ts'
import { isPulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import type { PlanWarning } from './plan-types.ts'
import { asWarning } from './plan-words.ts'

export interface Safety {
  /** The snapshot; null when none could be taken, then `warnings` says why. */
  readonly name: string | null
  readonly warnings: readonly PlanWarning[]
}

/** What says that the present state itself cannot be backed up; anything else (no space, no permission) stops the recovery. */
const hopeless = ['source.', 'backup.source-damaged', 'backup.emptied', 'backup.no-database', 'backup.not-proven']

/**
 * A snapshot of the state that is about to be replaced. When that state is too damaged for one the reason comes back
 * instead: its exact files are kept in any case. Throws disk.*, cancelled: then nothing may be replaced.
 */
export async function takeSafety(app: App, request: { reason: string; lock: Lock } & Work): Promise<Safety> {
  const { reason, lock, signal, progress } = request
  try {
    const record = await backup(app, { type: 'safety', trigger: 'restore', reason, lock, signal, progress })
    failpoint('restore-safe')
    return { name: record.entry.name, warnings: [] }
  } catch (error) {
    if (!isPulihError(error) || !hopeless.some((code) => error.code.startsWith(code))) throw error
    return { name: null, warnings: [asWarning(note('restore.warn.no-safety', { reason: error.message }))] }
  }
}
