import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { PulihError } from '../error.ts'

/** Two of our own copies; the first may be changed by looking (its WAL is folded in), the second is left as it is. */
export interface CompareRequest {
  readonly live: string
  readonly backup: string
  /** The live one is known to be damaged: every table is checked with its indexes, not only its pages. */
  readonly thorough?: boolean
}

/** Counts of rows, told apart by primary key or rowid; null: not known (damaged, or nothing names a row). Never a guess. */
export interface TableDifference {
  /** There now and not in the backup. */
  readonly lost: number | null
  /** In both, with other values. */
  readonly changed: number | null
  /** In the backup and no longer there now. */
  readonly onlyInBackup: number | null
  /** What SQLite says is wrong with the live table. */
  readonly damage: string | null
}

export interface Comparison {
  readonly tables: Readonly<Record<string, TableDifference>>
  /** The first thing wrong with the live copy; null when it is sound. */
  readonly damage: string | null
}

/**
 * How the rows of a live database (a copy of it) differ from those of a recovered backup. What cannot be read is null and
 * named in `damage`: looking does not throw. Throws cancelled only.
 */
export async function compareRows(request: CompareRequest, signal?: AbortSignal): Promise<Comparison> {
  if (signal?.aborted) throw new PulihError('cancelled')
  const child = startChild()
  const stop = (): void => void child.kill('SIGKILL')
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await converse(child, request)
  } catch (error) {
    if (signal?.aborted) throw new PulihError('cancelled', undefined, { cause: error })
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

function startChild(): ChildProcess {
  // The same folder and ending as this file: sources in a checkout, JavaScript in the package.
  const file = import.meta.filename.replace(/compare(\.[jt]s)$/, 'compare-child$1')
  return spawn(process.execPath, ['--no-warnings', file], { stdio: 'pipe' })
}

async function converse(child: ChildProcess, request: CompareRequest): Promise<Comparison> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<{ code: number | null; signal: string | null }>()
  child.once('error', reject)
  child.once('close', (code, signal) => resolve({ code, signal }))
  // It may die before it has read the question; how it ended says so.
  child.stdin!.on('error', () => undefined)
  child.stdin!.end(JSON.stringify(request))
  const [answer, trouble, end] = await Promise.all([text(child.stdout!), text(child.stderr!), ended])
  if (end.code === 0) return JSON.parse(answer) as Comparison
  return { tables: {}, damage: lastLine(trouble) ?? `process ended: ${end.signal ?? end.code}` }
}

/** The error's own line in what an uncaught error prints. */
function lastLine(trouble: string): string | null {
  return /^(?:Error|\w*Error)(?: \[\w+\])?: (.+)$/m.exec(trouble)?.[1] ?? null
}
