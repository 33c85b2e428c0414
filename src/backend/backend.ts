import { PulihError } from '../error.ts'

/**
 * A place for bytes under names: what a repository is kept in.
 *
 * Callers may rely on, and implementers must hold:
 *
 * - **put is all or nothing.** Until it resolves nothing is readable or listed under the name (a place that shows parts
 *   while they arrive is no backend). After it resolves the bytes survive a crash of this machine and, as far as the
 *   place lets us ask for it, of the other side.
 * - **Names are content hashes** (but `config`), so putting a name again may replace or keep what is there: both are the
 *   same bytes. With `exclusive` an existing name must make it fail with `backend.exists`, exactly once among racers
 *   where the place can do that.
 * - **Reading.** A range that reaches past the end is `backend.short`, never a short answer. A missing file is
 *   `backend.missing`. Nothing is buffered beyond the range asked for.
 * - **list** yields every file of one kind that was there when it began, in any order and page by page; files put or
 *   removed meanwhile may or may not show. Names that are not 64 hex digits are left out. A folder that does not exist
 *   is empty.
 * - **remove** of a missing file succeeds: the first try may have worked and its answer been lost.
 * - **Errors.** `backend.unreachable`, `backend.failed` and `backend.unkept` may go away by trying again; all others are
 *   final (`wrap/retry.ts` goes by that). Implementers do not retry by themselves, but for one renewal of a stale
 *   connection. No error, place or fact holds a secret.
 * - **Cancelling** by the signal rejects soon with the signal's reason and leaves nothing half-made visible.
 * - At most `connections` calls at once make it faster; more are allowed (`wrap/limit.ts` holds them back).
 */
export interface Backend extends AsyncDisposable {
  /** For messages: the repository's notation without user names' passwords. */
  readonly place: string
  /** How many calls at once are useful. */
  readonly connections: number
  /** True when the other side compares what arrives with a hash we send: then what was put need not be read back. */
  readonly verifiesUploads: boolean
  /** Makes what must exist before the first put (folders, the bucket); harmless when it is there. */
  create(signal?: AbortSignal): Promise<void>
  list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed>
  /** Bytes of one file; throws `backend.missing`. */
  size(file: FileName, signal?: AbortSignal): Promise<number>
  /** The whole file, or exactly the range. */
  read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer>
  put(file: FileName, bytes: Uint8Array, options?: PutOptions): Promise<void>
  remove(file: FileName, signal?: AbortSignal): Promise<void>
  /** Removes what interrupted puts left behind, older than a day; callers hold the repository's exclusive lock. */
  sweep(signal?: AbortSignal): Promise<void>
}

/** restic's folders; `config` is a single file without a name. */
export type FileKind = 'config' | 'keys' | 'locks' | 'snapshots' | 'index' | 'data'
export const fileKinds = ['config', 'keys', 'locks', 'snapshots', 'index', 'data'] as const

export interface FileName {
  readonly kind: FileKind
  /** 64 hex digits; empty for `config`. */
  readonly name: string
}

export interface Listed {
  readonly name: string
  readonly bytes: number
}

export interface Range {
  readonly offset: number
  readonly length: number
}

export interface PutOptions {
  readonly signal?: AbortSignal | undefined
  /** Fail with `backend.exists` when the name is taken. */
  readonly exclusive?: boolean
}

export const configFile: FileName = { kind: 'config', name: '' }

/** Where a file lies in restic's layout; packs are spread over 256 folders by their first two digits. */
export function layoutPath(file: FileName): string {
  if (file.kind === 'config') return 'config'
  return file.kind === 'data' ? `data/${file.name.slice(0, 2)}/${file.name}` : `${file.kind}/${file.name}`
}

export function isListedName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}

/** The 256 folders of packs, `00` to `ff`. */
export const packFolders: readonly string[] = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0'))

/** What a person reads about one file: `snapshots/0a1b2c3d`. */
export function shortName(file: FileName): string {
  return file.kind === 'config' ? 'config' : `${file.kind}/${file.name.slice(0, 8)}`
}

/** The error of a range past the end of a file. */
export function shortFile(place: string, file: FileName, hasBytes: number, wantsBytes: number): PulihError {
  return new PulihError('backend.short', { place, name: shortName(file), hasBytes, wantsBytes })
}
