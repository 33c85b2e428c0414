import type { Failure } from './protocol.ts'

const busy = 5
const locked = 6

/** Detail of the failure to copy or release what this process does not (or no longer) hold. */
export const notHeld = 'the read lock was lost'

/** What went wrong in the child, with the database it concerns and SQLite's own code: crosses over as `Failure`. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure'
  readonly path: string | null
  readonly sqlite: number | null

  constructor(path: string | null, sqlite: number | null, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.path = path
    this.sqlite = sqlite
  }

  get isBusy(): boolean {
    return this.sqlite !== null && [busy, locked].includes(this.sqlite & 0xff)
  }

  /** Runs `act` and names `path` in whatever it throws. */
  static during<T>(path: string, act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw failureOf(error, path)
    }
  }
}

export function failureOf(error: unknown, path: string | null): SourceFailure {
  if (error instanceof SourceFailure) return error
  return new SourceFailure(path, sqliteCodeOf(error), error instanceof Error ? error.message : String(error), {
    cause: error,
  })
}

/** Extended: 776 is "read-only, and a journal must be rolled back". Null when SQLite did not say it. */
export function sqliteCodeOf(error: unknown): number | null {
  if (error instanceof SourceFailure) return error.sqlite
  if (!(error instanceof Error) || !('errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode : null
}

/** No memory, a read error, no space, no file handle: says something about the machine just now, nothing about the file. */
const machineTrouble = new Set([7, 10, 13, 14])

/** The one I/O error that is about the file: it ends early. */
const shortRead = 522

/** Damage is for the caller to report; what may be gone the next time is thrown on. */
export function passOnMachineTrouble(error: unknown): void {
  if (isMachineTrouble(sqliteCodeOf(error))) throw error
}

/** As `passOnMachineTrouble`, for a check that goes on after a page it could not get and tells of it in a line. */
export function requirePagesRead(lines: readonly string[]): void {
  for (const line of lines) {
    const code = /unable to get the page\. error code=(\d+)/.exec(line)?.[1]
    if (code !== undefined && isMachineTrouble(Number(code))) throw new SourceFailure(null, Number(code), line)
  }
}

function isMachineTrouble(code: number | null): boolean {
  return code !== null && code !== shortRead && machineTrouble.has(code & 0xff)
}

export function plain(failure: SourceFailure): Failure {
  return { path: failure.path, sqlite: failure.sqlite, detail: failure.message }
}
