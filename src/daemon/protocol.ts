import { PulihError } from '../error.ts'

/**
 * What a host and the daemon of its app say to each other over a Unix socket, one JSON value a line. The page for whoever
 * writes another client is doc/protocol-daemon.md.
 */
export const protocolVersion = 1

/** While it works on an answer the daemon says `still` this often. */
export const stillEveryMs = 2000

/** A daemon that said nothing for this long is hung: its client keeps the gate closed (or uses its override). */
export const silentMs = 10_000

/** A longer line is refused, and its connection closed. */
export const longestLine = 64 * 1024

/** May the operation begin? `arrived` is the moment the daemon reads this line. */
export interface TriggerAsk {
  readonly version: 1
  /** The client's own; every answer repeats it. */
  readonly id: string
  readonly ask: 'trigger'
  /** `before_migration`, `startup`, a guarded function's name … */
  readonly name: string
  readonly label?: string | null
  readonly reason?: string | null
  /** Default `proven`. */
  readonly until?: 'stored' | 'proven'
  /** Opens the gate when its backup fails; goes on record. */
  readonly override?: string | null
  /** How long to wait for another run; default 2 min. */
  readonly waitMs?: number
}

/** The guarded operation has ended: what did it change? */
export interface DoneAsk {
  readonly version: 1
  readonly id: string
  readonly ask: 'done'
  readonly name: string
  /** As the open gate named it. */
  readonly backup: string | null
  /** False when the operation threw. */
  readonly ok: boolean
}

export interface StatusAsk {
  readonly version: 1
  readonly id: string
  readonly ask: 'status'
}

export type Ask = TriggerAsk | DoneAsk | StatusAsk

/** `accepted` at once, `still` while it works, then exactly one of the others. */
export type Answer = { readonly version: 1; readonly id: string } & (
  | { readonly answer: 'accepted' | 'still' }
  | OpenAnswer
  | ClosedAnswer
  | DoneAnswer
  | StatusAnswer
)

export interface OpenAnswer {
  readonly answer: 'open'
  readonly trigger: string
  readonly type: string
  readonly outcome: Outcome
  readonly backup: string | null
  readonly state: string | null
  /** When the capture of that backup began, ISO with offset; null without a backup. */
  readonly captured: string | null
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
}

/**
 * `backed-up`: for this caller · `joined`: one that began after this caller asked · `reference`: nothing changed since
 * that proven backup · `switched-off`: the configuration wants none here · `overridden`: it failed, and goes on anyway.
 */
export type Outcome = 'backed-up' | 'joined' | 'reference' | 'switched-off' | 'overridden'

export interface ClosedAnswer {
  readonly answer: 'closed'
  readonly error: {
    readonly code: string
    /** In the app's language. */
    readonly message: string
    readonly hint: string
    /** As the exit code of a command would be. */
    readonly exit: number
  }
}

export interface DoneAnswer {
  readonly answer: 'done'
  /** Null: not counted. */
  readonly changed: readonly RowChange[] | null
}

export interface RowChange {
  readonly database: string
  readonly table: string
  /** After minus before. */
  readonly rows: number
}

export interface StatusAnswer {
  readonly answer: 'status'
  readonly pid: number
  readonly started: string
  /** What it works on now: `schedule`, a job's name, `gate`; null when it waits. */
  readonly doing: string | null
  readonly nextRun: string | null
}

export function encode(value: Ask | Answer): string {
  return `${JSON.stringify(value)}\n`
}

/** Throws daemon.bad-ask for anything that is not an ask of this version. */
export function parseAsk(line: string): Ask {
  const found = objectOf(line)
  if (found === null) throw refused('not a JSON object')
  const { version, id, ask, name } = found
  if (version !== protocolVersion) throw refused(`version ${JSON.stringify(version)}, this daemon speaks 1`)
  if (typeof id !== 'string' || id.length > 100) throw refused('id must be a text of at most 100 characters')
  if (ask === 'status') return { version, id, ask }
  if (ask !== 'trigger' && ask !== 'done') throw refused(`ask ${JSON.stringify(ask)}; known: trigger, done, status`)
  if (typeof name !== 'string') throw refused('name must be a text')
  const base = { version, id, name } as const
  return ask === 'done' ? doneAsk(base, found) : triggerAsk(base, found)
}

type Base = { readonly version: 1; readonly id: string; readonly name: string }

function doneAsk(base: Base, { backup = null, ok = true }: Found): DoneAsk {
  if (typeof ok !== 'boolean') throw refused('ok must be true or false')
  return { ...base, ask: 'done', backup: textOrNull('backup', backup), ok }
}

function triggerAsk(base: Base, found: Found): TriggerAsk {
  const { label = null, reason = null, until = 'proven', override = null, waitMs } = found
  if (until !== 'stored' && until !== 'proven') throw refused('until must be stored or proven')
  if (waitMs !== undefined && !isDuration(waitMs)) throw refused('waitMs must be between 0 and 3600000')
  return {
    ...base,
    ask: 'trigger',
    label: textOrNull('label', label),
    reason: textOrNull('reason', reason),
    until,
    override: textOrNull('override', override),
    ...(waitMs === undefined ? {} : { waitMs }),
  }
}

type Found = Readonly<Record<string, unknown>>

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 3_600_000
}

function textOrNull(key: string, value: unknown): string | null {
  if (value === null || typeof value === 'string') return value
  throw refused(`${key} must be a text or null`)
}

function refused(detail: string): PulihError<'daemon.bad-ask'> {
  return new PulihError('daemon.bad-ask', { detail })
}

/** What the daemon said; null for a line that makes no sense, or is of a version not known here. */
export function parseAnswer(line: string): Answer | null {
  const found = objectOf(line)
  if (found?.version !== protocolVersion || typeof found.id !== 'string') return null
  const answers = ['accepted', 'still', 'open', 'closed', 'done', 'status']
  return answers.includes(found.answer as string) ? (found as unknown as Answer) : null
}

function objectOf(line: string): Found | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Found) : null
  } catch {
    // Not JSON: the caller says what that means.
    return null
  }
}
