import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { diskError } from '../../disk/failure.ts'
import { errnoOf, PulihError } from '../../error.ts'
import { type HeaderReading, headerBytes, readHeader, type SqliteHeader } from '../../format/sqlite/header.ts'

/** What the system says of one file; times in ns. */
export interface FileFacts {
  readonly dev: bigint
  readonly ino: bigint
  readonly bytes: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

/**
 * A live database seen from outside, without SQLite: only for a process that has no SQLite connection to it (closing the
 * descriptor would drop that connection's locks).
 */
export interface Look {
  /** As the app and the manifest name it. */
  readonly path: string
  /** The real path: SQLite names the side files after it. */
  readonly real: string
  readonly main: FileFacts & { readonly links: number }
  /** What lies in the file itself; in WAL mode a newer page 1 may be in the WAL. */
  readonly header: SqliteHeader
  /** Null when it is missing or has no bytes: then it holds nothing. */
  readonly wal: (FileFacts & { readonly start: string }) | null
  readonly journal: FileFacts | null
  readonly hasWalIndex: boolean
  /** When this was seen, wall time in ns, before the first look. */
  readonly atNs: bigint
}

/**
 * Looks at one database. Creates nothing. Throws source.missing, source.empty, source.not-a-file, source.not-sqlite,
 * source.encrypted, source.malformed, disk.denied.
 */
export function lookAt(folder: string, path: string): Look {
  const atNs = BigInt(Date.now()) * 1_000_000n
  const real = realPathOf(join(folder, path), path)
  // The journal first and the log second: one that is gone by then has its content in the file looked at afterwards.
  const journal = sideFile(`${real}-journal`)
  const wal = sideFile(`${real}-wal`)
  const { facts, reading } = mainFile(real, path)
  return {
    path,
    real,
    main: facts,
    header: headerIn(reading, path),
    wal: wal === null ? null : { ...wal, start: startOf(`${real}-wal`) },
    journal,
    hasWalIndex: statSync(`${real}-shm`, { throwIfNoEntry: false }) !== undefined,
    atNs,
  }
}

function realPathOf(absolute: string, path: string): string {
  try {
    return realpathSync(absolute)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new PulihError('source.missing', { path }, { cause: error })
    if (code === 'ELOOP') throw new PulihError('source.not-a-file', { path, kind: 'loop' }, { cause: error })
    throw diskError(error, 'read', absolute)
  }
}

function mainFile(real: string, path: string): { facts: Look['main']; reading: HeaderReading } {
  const found = statSync(real, { throwIfNoEntry: false })
  if (found === undefined) throw new PulihError('source.missing', { path })
  requireFile(found, path)
  // Not blocking: between the look and here it may have become a pipe.
  const fd = opened(real, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const facts = fstatSync(fd, { bigint: true })
    const bytes = Buffer.alloc(headerBytes)
    const length = readSync(fd, bytes, 0, headerBytes, 0)
    const reading = readHeader(bytes.subarray(0, length), Number(facts.size))
    return { facts: { ...factsOf(facts), links: Number(facts.nlink) }, reading }
  } catch (error) {
    throw diskError(error, 'read', real)
  } finally {
    closeSync(fd)
  }
}

function requireFile(found: Stats, path: string): void {
  if (found.isFile()) return
  throw new PulihError('source.not-a-file', { path, kind: found.isDirectory() ? 'folder' : 'special' })
}

function headerIn(reading: HeaderReading, path: string): SqliteHeader {
  switch (reading.kind) {
    case 'sqlite':
      return reading.header
    case 'empty':
      throw new PulihError('source.empty', { path })
    case 'encrypted':
      throw new PulihError('source.encrypted', { path })
    case 'not-sqlite':
      throw new PulihError('source.not-sqlite', { path })
    case 'damaged':
      throw new PulihError('source.malformed', { path, detail: `header: ${reading.detail}` })
  }
}

function sideFile(path: string): FileFacts | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined || found.size === 0n ? null : factsOf(found)
}

/** The first 32 bytes as hex: a WAL's salts are among them. '' when it is gone meanwhile. */
function startOf(path: string): string {
  try {
    const fd = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(32)
      return bytes.toString('hex', 0, readSync(fd, bytes, 0, 32, 0))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw diskError(error, 'read', path)
  }
}

function opened(path: string, flags: number): number {
  try {
    return openSync(path, flags)
  } catch (error) {
    throw diskError(error, 'read', path)
  }
}

function factsOf(found: { dev: bigint; ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): FileFacts {
  const { dev, ino, mtimeNs, ctimeNs } = found
  return { dev, ino, bytes: Number(found.size), mtimeNs, ctimeNs }
}

/** Timestamps come from the kernel's tick (1 to 10 ms): two writes within one cannot be told apart by them. */
const tickNs = 20_000_000n
/** File systems that keep whole (or even) seconds only. */
const coarseNs = 2_500_000_000n

/** True when any write after the look must show: the last change is further back than the clock's grain. */
export function isSettled(look: Look): boolean {
  return untilSettledMs(look) === 0
}

/** How long until then; Infinity for a file that was changed in the future (the clock was set back). */
export function untilSettledMs(look: Look): number {
  return Math.max(...filesOf(look).map((file) => untilFileSettledMs(file, look.atNs)))
}

/** `ctime` is what counts: every write sets it to now, and nobody can set it to something else. */
export function untilFileSettledMs({ ctimeNs }: Pick<FileFacts, 'ctimeNs'>, atNs: bigint): number {
  const grainNs = ctimeNs % 1_000_000_000n === 0n ? coarseNs : tickNs
  const leftNs = grainNs - (atNs - ctimeNs)
  if (leftNs > 2n * grainNs) return Number.POSITIVE_INFINITY
  return leftNs <= 0n ? 0 : Math.ceil(Number(leftNs) / 1e6)
}

/** True when both saw the same bytes in every file, provided `isSettled(before)`. */
export function isSame(before: Look, after: Look): boolean {
  const [a, b] = [stateOf(before), stateOf(after)]
  return before.real === after.real && a === b
}

/** True when the path still leads to the same file, whatever is in it by now. */
export function isSameFile(before: Look, after: Look): boolean {
  return before.real === after.real && before.main.dev === after.main.dev && before.main.ino === after.main.ino
}

/** All that tells one state of the files from another, as text. */
export function stateOf({ main, header, wal, journal }: Look): string {
  const parts = [`main:${factsText(main)}:${header.changeCounter}`]
  if (wal !== null) parts.push(`wal:${factsText(wal)}:${wal.start}`)
  if (journal !== null) parts.push(`journal:${factsText(journal)}`)
  return parts.join(' ')
}

function factsText({ dev, ino, bytes, mtimeNs, ctimeNs }: FileFacts): string {
  return [dev, ino, bytes, mtimeNs, ctimeNs].join(':')
}

function filesOf({ main, wal, journal }: Look): FileFacts[] {
  return [main, wal, journal].filter((file) => file !== null)
}
