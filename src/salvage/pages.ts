import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type Encoding, headerBytes, readHeader, type SqliteHeader } from '../format/sqlite/header.ts'
import {
  type ChecksumPair,
  frameChecksum,
  frameHeaderBytes,
  readFrame,
  readWalHeader,
  samePair,
  walHeaderBytes,
} from '../format/sqlite/wal.ts'

/** What the pages need to be understood; from the file itself, or from a backup when its header is gone. */
export interface Shape {
  readonly pageSize: number
  readonly reservedBytes: number
  readonly encoding: Encoding
}

/**
 * The pages of one of OUR OWN copies of a damaged database, with the committed frames of its log over them. Reads one page
 * at a time, so a database of any size fits. Null for a page that is not there.
 */
export class Pages implements Disposable {
  readonly shape: Shape
  readonly usable: number
  /** Whole pages there are. */
  readonly count: number
  /** Of page 1 as it is now; null when that is no header. */
  readonly header: SqliteHeader | null
  readonly #main: number | null
  readonly #wal: number | null
  readonly #frames: ReadonlyMap<number, number>

  private constructor(main: number | null, wal: number | null, shape: Shape, log: Log, mainBytes: number) {
    this.shape = shape
    this.usable = shape.pageSize - shape.reservedBytes
    this.#main = main
    this.#wal = wal
    this.#frames = log.frames
    this.count = log.pages > 0 ? log.pages : Math.floor(mainBytes / shape.pageSize)
    const first = this.read(1)
    const reading = first === null ? null : readHeader(first, mainBytes)
    this.header = reading?.kind === 'sqlite' ? reading.header : null
  }

  /** `fallback` is used when neither the file nor its log says how long a page is. Null: nothing says it. */
  static open(main: string | null, wal: string | null, fallback: Shape | null): Pages | null {
    const mainFd = main === null ? null : openSync(main, 'r')
    const walFd = wal === null ? null : openSync(wal, 'r')
    const log = walFd === null ? noLog : readLog(walFd)
    const bytes = mainFd === null ? 0 : fstatSync(mainFd).size
    const shape = shapeOf(mainFd, walFd, bytes, log) ?? fallback
    if (shape !== null) return new Pages(mainFd, walFd, shape, shape.pageSize === log.pageSize ? log : noLog, bytes)
    for (const fd of [mainFd, walFd]) if (fd !== null) closeSync(fd)
    return null
  }

  read(number: number): Buffer | null {
    if (number < 1 || number > this.count) return null
    const { pageSize } = this.shape
    const page = Buffer.allocUnsafe(pageSize)
    const frame = this.#frames.get(number)
    const fd = frame === undefined ? this.#main : this.#wal
    const at = frame ?? (number - 1) * pageSize
    if (fd === null) return null
    return readSync(fd, page, 0, pageSize, at) === pageSize ? page : null
  }

  [Symbol.dispose](): void {
    for (const fd of [this.#main, this.#wal]) if (fd !== null) closeSync(fd)
  }
}

function shapeOf(main: number | null, wal: number | null, bytes: number, log: Log): Shape | null {
  const page1 = log.frames.get(1)
  const start = Buffer.alloc(headerBytes)
  if (page1 !== undefined && wal !== null) readSync(wal, start, 0, headerBytes, page1)
  else if (main !== null) readSync(main, start, 0, headerBytes, 0)
  const reading = readHeader(start, bytes)
  if (reading.kind !== 'sqlite') return null
  const { pageSize, reservedBytes, encoding } = reading.header
  return { pageSize, reservedBytes, encoding }
}

interface Log {
  readonly pageSize: number
  /** Of the last commit; 0: none. */
  readonly pages: number
  /** Page number -> where its newest committed content begins. */
  readonly frames: ReadonlyMap<number, number>
}

const noLog: Log = { pageSize: 0, pages: 0, frames: new Map() }

/** Every frame up to the last commit whose checksums hold. */
function readLog(wal: number): Log {
  const start = Buffer.alloc(walHeaderBytes)
  if (readSync(wal, start, 0, walHeaderBytes, 0) < walHeaderBytes) return noLog
  const header = readWalHeader(start)
  if (header === null || header.pageSize < 512 || header.pageSize > 65536) return noLog
  const frame = Buffer.alloc(frameHeaderBytes + header.pageSize)
  const frames = new Map<number, number>()
  let open: [number, number][] = []
  let pages = 0
  let pair: ChecksumPair = header.pair
  for (let at = walHeaderBytes; readSync(wal, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    const { page, commitPages, salts, pair: stored } = readFrame(frame)
    pair = frameChecksum(frame, header.bigEndianWords, pair)
    if (salts !== header.salts || !samePair(pair, stored) || page === 0) break
    open.push([page, at + frameHeaderBytes])
    if (commitPages === 0) continue
    for (const [number, position] of open) frames.set(number, position)
    open = []
    pages = commitPages
  }
  return { pageSize: header.pageSize, pages, frames }
}
