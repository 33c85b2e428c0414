import { join } from 'node:path'

/** Every place pulih writes to, absolute. Nothing is written anywhere else (but the target of a restore). */
export interface Folders {
  /** The app that is kept safe. */
  readonly app: string
  readonly backups: string
  /** Where retention moves critical backups. */
  readonly archives: string
  readonly reports: string
  readonly logs: string
  /** `backups/.pulih`, 0700: lock, history, index, drafts, scratch. */
  readonly state: string
  /** Archives that are not finished; swept under the lock. Same file system as `backups`. */
  readonly drafts: string
  /** Staged copies, recoveries for proof; swept under the lock. */
  readonly scratch: string
}

export function foldersOf(app: string, backups: string, archives: string): Folders {
  const state = join(backups, '.pulih')
  return {
    app,
    backups,
    archives,
    reports: join(backups, 'reports'),
    logs: join(backups, 'logs'),
    state,
    drafts: join(state, 'drafts'),
    scratch: join(state, 'scratch'),
  }
}
