import { endianness } from 'node:os'

/**
 * The write-ahead log (`<db>-wal`): a header, then frames of 24 bytes and one page each. All big-endian.
 *
 *     header   0 magic 0x377f0682, the last bit: checksums over big-endian words · 4 version 3007000 · 8 page size
 *             12 checkpoint number · 16 two salts · 24 checksum pair of bytes 0..23
 *     frame    0 page number · 4 database size in pages for a commit, else 0 · 8 two salts · 16 checksum pair · 24 page
 *
 * The pair runs on from the header through every frame: over the first 8 bytes of its header, then its page. A frame
 * whose salts or pair are wrong ends the log; what an earlier round left behind it is told apart that way.
 */
export interface WalHeader {
  readonly pageSize: number
  /** Both salts, as the eight bytes in hex: they change with every reset of the log. */
  readonly salts: string
  readonly bigEndianWords: boolean
  readonly pair: ChecksumPair
}

export type ChecksumPair = readonly [number, number]

export interface WalFrame {
  readonly page: number
  /** Database size in pages when this frame ends a transaction, else 0. */
  readonly commitPages: number
  readonly salts: string
  readonly pair: ChecksumPair
}

export const walHeaderBytes = 32
export const frameHeaderBytes = 24

/** Null when it is no WAL header that SQLite would accept. */
export function readWalHeader(bytes: Buffer): WalHeader | null {
  if (bytes.length < walHeaderBytes) return null
  const magic = bytes.readUInt32BE(0)
  if ((magic & 0xfffffffe) >>> 0 !== 0x377f0682 || bytes.readUInt32BE(4) !== 3007000) return null
  const bigEndianWords = (magic & 1) === 1
  const pair: ChecksumPair = [bytes.readUInt32BE(24), bytes.readUInt32BE(28)]
  if (!samePair(walChecksum(bytes.subarray(0, 24), bigEndianWords, [0, 0]), pair)) return null
  return { pageSize: bytes.readUInt32BE(8), salts: bytes.toString('hex', 16, 24), bigEndianWords, pair }
}

/** The 24 bytes before a page; whether they are valid is for `frameChecksum` to say. */
export function readFrame(bytes: Buffer): WalFrame {
  return {
    page: bytes.readUInt32BE(0),
    commitPages: bytes.readUInt32BE(4),
    salts: bytes.toString('hex', 8, 16),
    pair: [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
  }
}

/** The pair a whole frame (24 bytes and its page) must carry, given the pair of the frame before it. */
export function frameChecksum(frame: Buffer, bigEndianWords: boolean, before: ChecksumPair): ChecksumPair {
  const afterHead = walChecksum(frame.subarray(0, 8), bigEndianWords, before)
  return walChecksum(frame.subarray(frameHeaderBytes), bigEndianWords, afterHead)
}

/** SQLite's checksum over a multiple of 8 bytes: s0 += x0 + s1; s1 += x1 + s0, modulo 2^32. */
export function walChecksum(bytes: Buffer, bigEndianWords: boolean, from: ChecksumPair): ChecksumPair {
  const words = wordsOf(bytes)
  const swap = bigEndianWords !== (endianness() === 'BE')
  let [s0, s1] = [from[0] | 0, from[1] | 0]
  for (let i = 0; i < words.length; i += 2) {
    const [x0, x1] = [words[i] as number, words[i + 1] as number]
    s0 = (s0 + (swap ? swapped(x0) : x0) + s1) | 0
    s1 = (s1 + (swap ? swapped(x1) : x1) + s0) | 0
  }
  return [s0 >>> 0, s1 >>> 0]
}

export function samePair(a: ChecksumPair, b: ChecksumPair): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

/** A view where the bytes lie on a word boundary, otherwise a copy. */
function wordsOf(bytes: Buffer): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  return new Int32Array(Uint8Array.from(bytes).buffer)
}

function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}

/**
 * The first 136 bytes of the wal-index (`<db>-shm`), in the machine's own byte order: two copies of one header, then how
 * far the log has been written back. It says what is committed; the log alone does not.
 *
 *     0 version 3007000 · 8 change counter · 12 (u8) initialised · 13 (u8) big-endian words · 14 (u16) page size, 1 = 65536
 *    16 mxFrame · 20 pages · 24 checksum pair of frame mxFrame · 32 salts as in the WAL · 40 checksum pair of 0..39
 *    48 the same again · 96 nBackfill
 */
export interface WalIndex {
  /** Last committed frame; 0: the log is empty. */
  readonly lastFrame: number
  /** Database size at that commit; 0 right after recovery without a log. */
  readonly pages: number
  /** 0 right after recovery without a log. */
  readonly pageSize: number
  readonly salts: string
  readonly pair: ChecksumPair
  /** Frames already copied into the database. */
  readonly backfilled: number
}

export const walIndexBytes = 136

/** Null while a writer is in the middle of updating it (look again), or when it is no valid index. */
export function readWalIndex(bytes: Buffer): WalIndex | null {
  if (bytes.length < walIndexBytes || !bytes.subarray(0, 48).equals(bytes.subarray(48, 96))) return null
  const word = endianness() === 'BE' ? (at: number) => bytes.readUInt32BE(at) : (at: number) => bytes.readUInt32LE(at)
  if (word(0) !== 3007000 || bytes[12] !== 1) return null
  const pair = walChecksum(bytes.subarray(0, 40), endianness() === 'BE', [0, 0])
  if (!samePair(pair, [word(40), word(44)])) return null
  const pageSize = endianness() === 'BE' ? bytes.readUInt16BE(14) : bytes.readUInt16LE(14)
  return {
    lastFrame: word(16),
    pages: word(20),
    pageSize: pageSize === 1 ? 65536 : pageSize,
    salts: bytes.toString('hex', 32, 40),
    pair: [word(24), word(28)],
    backfilled: word(96),
  }
}
