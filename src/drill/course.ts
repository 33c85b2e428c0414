import type { Note } from '../message/phrases.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Stopwatch } from './stopwatch.ts'

/** What came of it: the app stands in its folder when there is no reason. */
export interface Recovered {
  readonly findings: readonly Finding[]
  /** Why it could not be recovered; null when it was. */
  readonly reason: Note | null
}

/** One way back that a drill may take: from an archive, or from the vault. */
export interface Course extends AsyncDisposable {
  /** Of the backup. */
  readonly name: string
  readonly from: 'archive' | 'vault'
  /** Lays the app out in `scratch/app` and checks it. Throws disk.*, cancelled; what is wrong with the copy is an answer. */
  recover(scratch: string, watch: Stopwatch, work: Work): Promise<Recovered>
}
