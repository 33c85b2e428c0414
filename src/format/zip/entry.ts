/** What a zip says about one entry. Sizes and offsets in bytes; all are safe integers. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly crc32: number
  /** Uncompressed. */
  readonly bytes: number
  /** As it lies in the file, compressed or not. */
  readonly storedBytes: number
  /** Of its local header. */
  readonly offset: number
  /** Permission bits. */
  readonly mode: number
  /** Whole seconds when the entry has a UTC timestamp, otherwise what the DOS fields say (local time, two seconds). */
  readonly mtimeMs: number
  /** DOS date (high half) and time (low half) as stored: local time of the writing machine. */
  readonly dosTime: number
  /** The sizes stand in zip64 fields, in both headers. */
  readonly zip64: boolean
}

/** DOS date and time of a moment in this machine's local time; 1980-01-01 and 2107-12-31 are the ends of what fits. */
export function dosTimeOf(ms: number): number {
  const at = new Date(ms)
  const year = at.getFullYear()
  if (!(year >= 1980)) return dosFirst
  if (year > 2107) return dosLast
  const date = ((year - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate()
  const time = (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1)
  return ((date << 16) | time) >>> 0
}

/** The moment DOS fields name in this machine's local time; nonsense fields give a nonsense but finite moment. */
export function msOfDosTime(dos: number): number {
  const date = dos >>> 16
  const time = dos & 0xffff
  const day = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31] as const
  return new Date(...day, time >> 11, (time >> 5) & 63, (time & 31) * 2).getTime()
}

const dosFirst = (((1 << 5) | 1) << 16) >>> 0
const dosLast = ((((127 << 9) | (12 << 5) | 31) << 16) | ((23 << 11) | (59 << 5) | 29)) >>> 0

/** UTC seconds fit the signed 32-bit field of the timestamp extra until 2038; beyond, only the DOS fields remain. */
export function hasTimestamp(ms: number): boolean {
  const seconds = Math.floor(ms / 1000)
  return seconds >= -0x80000000 && seconds <= 0x7fffffff
}
