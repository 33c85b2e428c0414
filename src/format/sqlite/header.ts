/**
 * The first 100 bytes of a SQLite database, big-endian:
 *
 *     0  16  "SQLite format 3\0"          40  4  schema cookie
 *    16   2  page size, 1 = 65536         44  4  schema format
 *    18   1  write version: 1 rollback,   52  4  largest root page, not 0: auto_vacuum
 *            2 WAL                        56  4  text encoding 1 UTF-8, 2 UTF-16le, 3 UTF-16be
 *    19   1  read version, the same       60  4  user_version
 *    20   1  reserved bytes per page      64  4  incremental vacuum
 *    21   3  64, 32, 32                   68  4  application_id
 *    24   4  file change counter          92  4  counter when 28 was written
 *    28   4  pages                        96  4  SQLite version that wrote it
 */
export interface SqliteHeader {
  readonly pageSize: number
  /** Of the file. In WAL mode the newest page 1 may be in the WAL, with other facts than these. */
  readonly pages: number
  readonly journalMode: JournalMode
  readonly reservedBytes: number
  /** Rises with every commit in rollback mode; in WAL mode only when page 1 itself is written. */
  readonly changeCounter: number
  readonly schemaCookie: number
  readonly autoVacuum: 'none' | 'full' | 'incremental'
  readonly encoding: Encoding
  readonly userVersion: number
  readonly applicationId: number
  /** As a number, 3053004 for 3.53.4; 0 for very old writers. */
  readonly writtenBy: number
}

export type JournalMode = 'wal' | 'rollback'
export type Encoding = 'UTF-8' | 'UTF-16le' | 'UTF-16be'

/** What a file turns out to be by its beginning. */
export type HeaderReading =
  | { readonly kind: 'sqlite'; readonly header: SqliteHeader }
  /** No bytes at all: to SQLite a valid new database, to us a mistake. */
  | { readonly kind: 'empty' }
  /** No SQLite signature, length a whole number of pages, bytes without pattern: most likely a codec's work. */
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'not-sqlite' }
  /** The signature is there, the fields behind it are impossible. `detail` says which, in English. */
  | { readonly kind: 'damaged'; readonly detail: string }

export const headerBytes = 100

const signature = Buffer.from('SQLite format 3\0', 'latin1')
const encodings: readonly Encoding[] = ['UTF-8', 'UTF-16le', 'UTF-16be']

/** Reads a header from the file's first bytes (all of them, if there are fewer than 100). Never throws. */
export function readHeader(start: Uint8Array, fileBytes: number): HeaderReading {
  if (fileBytes === 0) return { kind: 'empty' }
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength)
  if (!bytes.subarray(0, 16).equals(signature)) {
    return { kind: fileBytes % 512 === 0 && looksRandom(bytes) ? 'encrypted' : 'not-sqlite' }
  }
  if (bytes.length < headerBytes) return { kind: 'damaged', detail: `only ${bytes.length} bytes long` }
  const detail = impossible(bytes)
  return detail === null ? { kind: 'sqlite', header: fields(bytes, fileBytes) } : { kind: 'damaged', detail }
}

function impossible(bytes: Buffer): string | null {
  const pageSize = pageSizeOf(bytes)
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) return `page size ${pageSize}`
  const read = bytes[19] as number
  if (read < 1 || read > 2) return `file format version ${read}`
  if (pageSize - (bytes[20] as number) < 480) return `${bytes[20]} reserved bytes in pages of ${pageSize}`
  if (bytes[21] !== 64 || bytes[22] !== 32 || bytes[23] !== 32) return 'payload fractions are not 64, 32, 32'
  const encoding = bytes.readUInt32BE(56)
  // 0: no table was ever made; SQLite takes it for UTF-8.
  if (encoding > 3) return `text encoding ${encoding}`
  return null
}

function fields(bytes: Buffer, fileBytes: number): SqliteHeader {
  const pageSize = pageSizeOf(bytes)
  const changeCounter = bytes.readUInt32BE(24)
  const pages = bytes.readUInt32BE(28)
  // Writers before 3.7 leave a stale page count; the counters tell.
  const valid = pages > 0 && changeCounter === bytes.readUInt32BE(92)
  return {
    pageSize,
    pages: valid ? pages : Math.floor(fileBytes / pageSize),
    journalMode: bytes[19] === 2 ? 'wal' : 'rollback',
    reservedBytes: bytes[20] as number,
    changeCounter,
    schemaCookie: bytes.readUInt32BE(40),
    autoVacuum: bytes.readUInt32BE(52) === 0 ? 'none' : bytes.readUInt32BE(64) === 0 ? 'full' : 'incremental',
    encoding: encodings[Math.max(0, bytes.readUInt32BE(56) - 1)] as Encoding,
    userVersion: bytes.readInt32BE(60),
    applicationId: bytes.readInt32BE(68),
    writtenBy: bytes.readUInt32BE(96),
  }
}

function pageSizeOf(bytes: Buffer): number {
  const stored = bytes.readUInt16BE(16)
  return stored === 1 ? 65536 : stored
}

/** Cipher text has bytes of every kind; text and most formats keep to few. 100 bytes are enough to tell. */
function looksRandom(bytes: Buffer): boolean {
  if (bytes.length < headerBytes) return false
  const kinds = new Set(bytes)
  const odd = bytes.filter((byte) => byte >= 0x80 || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13))
  return kinds.size >= 60 && odd.length >= 35
}
