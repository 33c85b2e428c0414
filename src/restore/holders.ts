import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { redact } from '../catalogue/redact.ts'
import { errnoOf } from '../error.ts'
import type { Clock } from '../time/clock.ts'
import { sidecars } from './sidecar.ts'

/** A process that has a database, or one of its side files, open; an idle connection counts. */
export interface Holder {
  /** The database, as the caller named it. */
  readonly path: string
  readonly pid: number
  /** Its command line, shortened, with what looks like a secret as dots; never its environment. */
  readonly command: string
}

export interface HolderSearch {
  readonly holders: readonly Holder[]
  /** False where the system has no open-file table to look through: then nobody found means nothing. */
  readonly complete: boolean
}

export interface LiveDatabase {
  readonly path: string
  readonly absolute: string
}

/**
 * Who has these databases open, this process and its own helpers apart. Looks through the open files of every process it may see, removed
 * files included (somebody still on a file that was replaced), and through the kernel's lock table for those of other
 * users. Only looks: no database is opened, nothing is created. A database that does not exist has no holder.
 */
export function findHolders(databases: readonly LiveDatabase[]): HolderSearch {
  const wanted = watchList(databases)
  const pids = processes()
  if (pids === null) return { holders: [], complete: false }
  const found = new Map<string, Holder>()
  const add = (path: string, pid: number): void => {
    if (pid <= 0 || isOurs(pid) || found.has(`${pid} ${path}`)) return
    found.set(`${pid} ${path}`, { path, pid, command: commandOf(pid) })
  }
  for (const pid of pids) for (const path of openFiles(pid, wanted)) add(path, pid)
  for (const { path, pid } of lockOwners(wanted)) add(path, pid)
  return { holders: [...found.values()], complete: true }
}

/** A helper of ours ends by itself a moment after the run that was killed; it is no app that somebody must stop. */
const helperLingersMs = 3000

/** As `findHolders`, after the helper processes of a run that was killed a moment ago have ended. */
export async function findSettledHolders(databases: readonly LiveDatabase[], clock: Clock): Promise<HolderSearch> {
  const until = clock.steady() + helperLingersMs
  for (;;) {
    const search = findHolders(databases)
    if (!search.holders.some(({ pid }) => isHelper(pid)) || clock.steady() >= until) return search
    await clock.sleep(20)
  }
}

function isOurs(pid: number): boolean {
  return pid === process.pid || (parentOf(pid) === process.pid && isHelper(pid))
}

/** Field 4 of `/proc/<pid>/stat`; null when it is gone. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])
  } catch {
    return null
  }
}

const helperScript = join(import.meta.dirname, '../source/sqlite/child.')

function isHelper(pid: number): boolean {
  return wordsOf(pid)?.some((word) => word.startsWith(helperScript)) ?? false
}

interface WatchList {
  /** `<device>:<inode>` -> database. */
  readonly inodes: ReadonlyMap<string, string>
  /** What the open-file table calls a file that was removed or replaced -> database. */
  readonly removed: ReadonlyMap<string, string>
  /** `<major>:<minor>:<inode>` as the lock table writes it -> database. */
  readonly locks: ReadonlyMap<string, string>
}

function watchList(databases: readonly LiveDatabase[]): WatchList {
  const inodes = new Map<string, string>()
  const removed = new Map<string, string>()
  const locks = new Map<string, string>()
  for (const { path, absolute } of databases) {
    // SQLite names side files after the real path.
    const real = realPath(absolute)
    for (const suffix of ['', ...sidecars]) {
      removed.set(`${real}${suffix} (deleted)`, path)
      const found = statSync(`${real}${suffix}`, { bigint: true, throwIfNoEntry: false })
      if (found === undefined) continue
      inodes.set(`${found.dev}:${found.ino}`, path)
      locks.set(`${lockDevice(found.dev)}:${found.ino}`, path)
    }
  }
  return { inodes, removed, locks }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // Missing: then its own name is as real as it gets.
    return path
  }
}

/** Null without `/proc`. */
function processes(): number[] | null {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return null
  }
}

/** Databases of the watch list this process has open. Processes of other users cannot be looked into: none then. */
function openFiles(pid: number, wanted: WatchList): Set<string> {
  const found = new Set<string>()
  if (pid === process.pid) return found
  for (const fd of namesIn(`/proc/${pid}/fd`)) {
    const path = watched(`/proc/${pid}/fd/${fd}`, wanted)
    if (path !== undefined) found.add(path)
  }
  return found
}

function watched(link: string, wanted: WatchList): string | undefined {
  try {
    const target = readlinkSync(link)
    if (!target.startsWith('/') || target.startsWith('/dev/')) return undefined
    const file = statSync(link, { bigint: true })
    return wanted.inodes.get(`${file.dev}:${file.ino}`) ?? wanted.removed.get(target)
  } catch {
    // Closed between listing and looking.
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Ended meanwhile, or another user's.
    return []
  }
}

/** Lines of `/proc/locks`: `3: POSIX  ADVISORY  READ 4242 fe:00:131 1073741826 1073742335`. */
function* lockOwners(wanted: WatchList): Generator<{ path: string; pid: number }> {
  for (const line of readLocks().split('\n')) {
    const match = /(?:POSIX|FLOCK|OFDLCK)\s+\S+\s+\S+\s+(-?\d+)\s+([0-9a-f]+:[0-9a-f]+:\d+)\s/.exec(line)
    const path = match === null ? undefined : wanted.locks.get(match[2]!)
    if (match !== null && path !== undefined) yield { path, pid: Number(match[1]) }
  }
}

function readLocks(): string {
  try {
    return readFileSync('/proc/locks', 'latin1')
  } catch (error) {
    // A kernel without the table, or a sandbox that hides it; the open-file table has been searched already.
    if (['ENOENT', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return ''
    throw error
  }
}

function lockDevice(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn)
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn)
  return `${hex(major)}:${hex(minor)}`
}

function hex(value: bigint): string {
  return value.toString(16).padStart(2, '0')
}

const longest = 160

function commandOf(pid: number): string {
  const words = wordsOf(pid)
  if (words === null) return '?'
  const line = hideSecrets(
    words
      .join(' ')
      .replace(/\p{Cc}/gu, ' ')
      .trim(),
  )
  if (line === '') return nameOf(pid)
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** The words of its command line; null when it is gone. */
function wordsOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return null
  }
}

function nameOf(pid: number): string {
  try {
    return `[${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}]`
  } catch {
    return '?'
  }
}

/** Command lines are public on the machine, but what we print is also logged and sent. */
function hideSecrets(line: string): string {
  return redact(line.replace(/(--?(?:token|secret|pass\w*|api[-_]?key|key)[=\s]\s*)\S+/gi, '$1••••'), null)
}
