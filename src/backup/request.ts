import type { BackupEntry } from '../catalogue/types.ts'
import type { Lock } from '../disk/lock.ts'
import { PulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'

/** What a caller wants backed up and how far it waits. */
export interface BackupRequest extends Work {
  /** One of the firm types or any name a host passes; `[A-Za-z0-9._-]`, 64 at most. */
  readonly type: string
  /** Same characters; becomes part of the name. */
  readonly label?: string | null
  readonly reason?: string | null
  /** What began it, for the record: `manual`, `daily_scheduled`, `before_migration`, a function's name. */
  readonly trigger: string
  /** `stored`: the bytes are kept, quick-checked and read back; `proven` (default): recovered and fully checked too. */
  readonly until?: 'stored' | 'proven'
  /** How long to wait for another run to end; default 30 s. */
  readonly waitMs?: number
  /** Pins the backup, with this reason, in the moment it becomes visible. */
  readonly pin?: string | null
  /** A lock the caller holds already; it is not released here. */
  readonly lock?: Lock
  /** Called once the archive is visible and read back, before its proof. */
  readonly onStored?: (entry: BackupEntry) => void
}

const word = /^[A-Za-z0-9._-]{1,64}$/

/** Refuses a type or label that could not be part of a file name. Throws backup.bad-type, backup.bad-label (exit 2). */
export function checkRequest(request: Pick<BackupRequest, 'type' | 'label'>): void {
  if (!word.test(request.type)) throw new PulihError('backup.bad-type', { found: request.type })
  const label = request.label ?? null
  if (label !== null && !word.test(label)) throw new PulihError('backup.bad-label', { found: label })
}
