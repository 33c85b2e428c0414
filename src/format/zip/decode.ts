import { isUtf8 } from 'node:buffer'
import { msOfDosTime, type ZipEntry } from './entry.ts'
import { decodeExtras, type Extras } from './extras.ts'
import { flag, in64, method, signature, size, unixKind } from './layout.ts'
import { ZipError, type ZipProblem } from './problem.ts'

/** An entry as the central directory tells it, with everything that is wrong about it taken alone. */
export interface DirectoryEntry extends ZipEntry {
  /** `special`: device, fifo, socket. */
  readonly kind: 'file' | 'folder' | 'symlink' | 'special'
  readonly flags: number
  readonly nameBytes: Buffer
  readonly problems: readonly ZipProblem[]
}

/**
 * Every entry of a central directory, in its order. Throws ZipError when the records do not fill `bytes` exactly.
 * Offsets are as told, without `prefixBytes`.
 */
export function decodeDirectory(bytes: Buffer, entries: number): DirectoryEntry[] {
  const found: DirectoryEntry[] = []
  let at = 0
  for (let index = 0; index < entries; index++) {
    if (at + size.central > bytes.length || bytes.readUInt32LE(at) !== signature.central) {
      throw new ZipError('unreadable', `directory record ${index + 1} of ${entries} is broken`)
    }
    const nameEnd = at + size.central + bytes.readUInt16LE(at + 28)
    const extrasEnd = nameEnd + bytes.readUInt16LE(at + 30)
    const end = extrasEnd + bytes.readUInt16LE(at + 32)
    if (end > bytes.length) throw new ZipError('unreadable', `directory record ${index + 1} is cut off`)
    const name = bytes.subarray(at + size.central, nameEnd)
    found.push(decodeCentral(bytes, at, name, decodeExtras(bytes.subarray(nameEnd, extrasEnd), name)))
    at = end
  }
  if (at !== bytes.length) throw new ZipError('unreadable', 'bytes behind the last directory record')
  return found
}

function decodeCentral(bytes: Buffer, at: number, nameBytes: Buffer, extras: Extras): DirectoryEntry {
  const problems = [...extras.problems]
  const flags = bytes.readUInt16LE(at + 8)
  const dosTime = bytes.readUInt32LE(at + 12)
  const unixMode = bytes.readUInt32LE(at + 38) >>> 16
  const name = nameBytes.toString('utf8')
  const wide = widen(extras, [
    bytes.readUInt32LE(at + 24),
    bytes.readUInt32LE(at + 20),
    bytes.readUInt32LE(at + 42),
    bytes.readUInt16LE(at + 34),
  ])
  if (wide.problem !== null) problems.push({ code: 'entry-damaged', detail: wide.problem })
  const [raw = 0, stored = 0, offset = 0, disk = 0] = wide.values
  if (disk !== 0) problems.push({ code: 'entry-damaged', detail: 'lies on another disk' })
  const entry = {
    name,
    nameBytes,
    flags,
    method: bytes.readUInt16LE(at + 10),
    crc32: bytes.readUInt32LE(at + 16),
    bytes: raw,
    storedBytes: stored,
    offset,
    dosTime,
    mode: unixMode & 0o777,
    mtimeMs: extras.mtime === null ? msOfDosTime(dosTime) : extras.mtime * 1000,
    zip64: bytes.readUInt32LE(at + 24) === in64.u32 && extras.zip64 !== null,
    kind: kindOf(name, unixMode),
  }
  return { ...entry, problems: [...problems, ...entryProblems(entry)] }
}

/** Puts zip64 values in the place of full fields, in the fixed order: size, stored size, offset, disk. */
function widen(extras: Extras, fields: readonly number[]): { values: number[]; problem: string | null } {
  const queue = [...(extras.zip64 ?? [])]
  let problem: string | null = null
  const values = fields.map((field, index) => {
    if (field !== (index === 3 ? in64.u16 : in64.u32) || extras.zip64 === null) return field
    const value = queue.shift()
    if (value !== undefined && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
    problem = 'zip64 extra without the size it should hold'
    return field
  })
  return { values, problem }
}

function kindOf(name: string, unixMode: number): DirectoryEntry['kind'] {
  const bits = unixMode & unixKind.mask
  if (bits === unixKind.symlink) return 'symlink'
  if (bits === unixKind.folder || (bits === 0 && name.endsWith('/'))) return 'folder'
  return bits === unixKind.file || bits === 0 ? 'file' : 'special'
}

const secret = flag.encrypted | flag.strongEncryption | flag.maskedHeader

type Facts = Omit<DirectoryEntry, 'problems'>

function entryProblems(entry: Facts): ZipProblem[] {
  const damaged = (detail: string): ZipProblem => ({ code: 'entry-damaged', detail })
  const found: ZipProblem[] = []
  if (!isUtf8(entry.nameBytes)) found.push({ code: 'entry-unsafe-name', detail: 'name is not UTF-8' })
  if (entry.flags & secret) found.push(damaged('encrypted'))
  if (entry.flags & flag.patched) found.push(damaged('patch data'))
  if (entry.method !== method.store && entry.method !== method.deflate) {
    found.push(damaged(`unknown compression method ${entry.method}`))
  }
  if (entry.method === method.store && entry.bytes !== entry.storedBytes) {
    found.push(damaged('stored uncompressed, but its sizes differ'))
  }
  // Deflate cannot do better than 1032:1; a greater promise is a lie about sizes.
  if (entry.method === method.deflate && entry.bytes > entry.storedBytes * 1032 + 64) {
    found.push(damaged('its size is impossible'))
  }
  return found
}

/** What a local header says; `problem` is set instead when there is none. */
export interface LocalHeader {
  readonly bytes: number
  readonly differences: readonly string[]
}

/** Reads the local header at the start of `bytes` and lists how it differs from its directory entry; null: not a header. */
export function decodeLocal(bytes: Buffer, entry: DirectoryEntry): LocalHeader | null {
  if (bytes.length < size.local || bytes.readUInt32LE(0) !== signature.local) return null
  const nameEnd = size.local + bytes.readUInt16LE(26)
  const end = nameEnd + bytes.readUInt16LE(28)
  if (end > bytes.length) return null
  const name = bytes.subarray(size.local, nameEnd)
  const extras = decodeExtras(bytes.subarray(nameEnd, end), name)
  const differences = extras.problems.map(({ detail }) => detail)
  const compare = (what: string, here: number, there: number): void => {
    if (here !== there) differences.push(`${what} differs between directory and local header`)
  }
  if (!name.equals(entry.nameBytes)) differences.push('name differs between directory and local header')
  compare('flags', bytes.readUInt16LE(6), entry.flags)
  compare('method', bytes.readUInt16LE(8), entry.method)
  compare('time', bytes.readUInt32LE(10), entry.dosTime)
  const wide = widen(extras, [bytes.readUInt32LE(22), bytes.readUInt32LE(18)])
  if (wide.problem !== null) differences.push(wide.problem)
  const told = [bytes.readUInt32LE(14), ...wide.values]
  // With a data descriptor each of the three may be zero here; one that is not must be right.
  const known = (value: number | undefined): boolean => value !== 0 || !(entry.flags & flag.descriptor)
  if (known(told[0])) compare('CRC', told[0]!, entry.crc32)
  if (known(told[1])) compare('size', told[1]!, entry.bytes)
  if (known(told[2])) compare('stored size', told[2]!, entry.storedBytes)
  return { bytes: end, differences }
}

/**
 * Length of the data descriptor at the start of `bytes` (up to 24 are looked at), or null when none agrees with the entry:
 * CRC and two sizes of 4 or 8 bytes, with or without a signature.
 */
export function descriptorBytes(bytes: Buffer, entry: ZipEntry): number | null {
  for (const [start, width] of [
    [4, 4],
    [4, 8],
    [0, 4],
    [0, 8],
  ] as const) {
    const total = start + 4 + 2 * width
    if (bytes.length < total || (start === 4 && bytes.readUInt32LE(0) !== signature.descriptor)) continue
    const read = (at: number): number => (width === 4 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at)))
    const [stored, raw] = [read(start + 4), read(start + 4 + width)]
    if (bytes.readUInt32LE(start) === entry.crc32 && stored === entry.storedBytes && raw === entry.bytes) return total
  }
  return null
}
