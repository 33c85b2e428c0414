import type { DirectoryPlace } from './encode.ts'
import { in64, limit, signature, size } from './layout.ts'
import { ZipError, type ZipProblem } from './problem.ts'

/** The longest end a zip can have: what to read of a file's tail to be sure to have it. */
export const longestEnd = size.end64 + size.locator64 + size.end + 0xffff

export interface End {
  /** Where the directory really lies (also when bytes were put before the first entry). */
  readonly directory: DirectoryPlace
  /** Bytes before the zip: every offset inside it is off by this many. 0 in an honest file. */
  readonly prefixBytes: number
  readonly comment: string
  readonly problems: readonly ZipProblem[]
}

/**
 * Finds the end of central directory in the last bytes of a file of `fileBytes`. Takes the last record whose comment
 * ends exactly with the file; a second one, bytes behind or before are problems.
 * Throws ZipError: no end, more than one disk, impossible places, beyond the limits.
 */
export function decodeEnd(tail: Buffer, fileBytes: number): End {
  const base = fileBytes - tail.length
  const { at, problems } = findEnd(tail)
  const narrow = readEnd(tail, at)
  const locator = at - size.locator64
  const has64 = locator >= 0 && tail.readUInt32LE(locator) === signature.locator64
  const told = has64 ? readEnd64(tail, locator, base, narrow) : narrow
  const endsAt = base + (has64 ? locator - size.end64 : at)
  const prefixBytes = endsAt - told.bytes - told.offset
  checkPlace(told, prefixBytes)
  const comment = tail.toString('latin1', at + size.end, at + size.end + tail.readUInt16LE(at + 20))
  return {
    directory: { ...told, offset: told.offset + prefixBytes },
    prefixBytes,
    comment,
    problems: prefixBytes === 0 ? problems : [...problems, broken(`${prefixBytes} bytes before the first entry`)],
  }
}

function findEnd(tail: Buffer): { at: number; problems: ZipProblem[] } {
  const seen: number[] = []
  const needle = Buffer.from('PK\x05\x06', 'latin1')
  for (let at = tail.lastIndexOf(needle); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(needle, at - 1)) {
    if (at + size.end <= tail.length) seen.push(at)
  }
  const left = (at: number): number => tail.length - at - size.end - tail.readUInt16LE(at + 20)
  const exact = seen.filter((at) => left(at) === 0)
  if (exact[0] !== undefined) {
    return { at: exact[0], problems: exact.length > 1 ? [broken('more than one end of directory')] : [] }
  }
  const early = seen.find((at) => left(at) > 0)
  if (early !== undefined) return { at: early, problems: [broken(`${left(early)} bytes after the end`)] }
  throw noEnd(seen.length > 0)
}

function noEnd(cut: boolean): ZipError {
  return cut
    ? new ZipError('truncated', 'its end record is cut off')
    : new ZipError('endless', 'no end of central directory')
}

function readEnd(tail: Buffer, at: number): DirectoryPlace {
  const disks = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)]
  if (disks.some((disk) => disk !== 0 && disk !== in64.u16)) throw new ZipError('unreadable', 'spans several disks')
  const entries = tail.readUInt16LE(at + 10)
  if (tail.readUInt16LE(at + 8) !== entries) throw new ZipError('unreadable', 'entry counts contradict each other')
  return { entries, bytes: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) }
}

/** The zip64 end record must stand right before its locator, and agree with every narrow field that is not full. */
function readEnd64(tail: Buffer, locator: number, base: number, narrow: DirectoryPlace): DirectoryPlace {
  const at = locator - size.end64
  if (at < 0 || tail.readUInt32LE(at) !== signature.end64) throw new ZipError('unreadable', 'zip64 end record missing')
  const [disk, startDisk] = [tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 20)]
  const locatorDisks = [tail.readUInt32LE(locator + 4), tail.readUInt32LE(locator + 16)]
  if (disk !== 0 || startDisk !== 0 || locatorDisks[0] !== 0 || (locatorDisks[1] ?? 0) > 1) {
    throw new ZipError('unreadable', 'spans several disks')
  }
  const told = {
    entries: safe(tail.readBigUInt64LE(at + 32)),
    bytes: safe(tail.readBigUInt64LE(at + 40)),
    offset: safe(tail.readBigUInt64LE(at + 48)),
  }
  const agrees =
    safe(tail.readBigUInt64LE(at + 4)) === size.end64 - 12 &&
    safe(tail.readBigUInt64LE(at + 24)) === told.entries &&
    (narrow.entries === in64.u16 || narrow.entries === told.entries) &&
    (narrow.bytes === in64.u32 || narrow.bytes === told.bytes) &&
    (narrow.offset === in64.u32 || narrow.offset === told.offset)
  if (!agrees) throw new ZipError('unreadable', 'zip64 end record contradicts the end record')
  const prefix = base + at - told.bytes - told.offset
  if (safe(tail.readBigUInt64LE(locator + 8)) + prefix !== base + at) {
    throw new ZipError('unreadable', 'zip64 end record is not where its locator says')
  }
  return told
}

function checkPlace(told: DirectoryPlace, prefixBytes: number): void {
  if (prefixBytes < 0) throw new ZipError('unreadable', 'the directory lies outside the file')
  if (told.entries > limit.entries) throw new ZipError('unreadable', `more than ${limit.entries} entries`)
  if (told.bytes > limit.directoryBytes) throw new ZipError('unreadable', 'its directory is too large')
  if (told.bytes < told.entries * size.central) throw new ZipError('unreadable', 'its directory is too short')
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ZipError('unreadable', 'impossible size')
  return Number(value)
}

function broken(detail: string): ZipProblem {
  return { code: 'archive-unreadable', detail }
}
