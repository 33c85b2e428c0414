import { existsSync, readSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { diskError } from '../../disk/failure.ts'
import {
  frameChecksum,
  frameHeaderBytes,
  readFrame,
  readWalHeader,
  readWalIndex,
  samePair,
  type WalHeader,
  type WalIndex,
  walHeaderBytes,
  walIndexBytes,
} from '../../format/sqlite/wal.ts'
import type { Look } from './look.ts'

/**
 * The bytes of a live database, read as files by a process that has no SQLite connection to it while another process
 * (`hold.ts`) holds a read transaction. Several times faster than a copy through SQLite, it needs no page cache, and the
 * image is the very pages of the database: what did not change is byte-equal from one backup to the next.
 */
export interface CopyOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes written since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

const pieceBytes = 1 << 20

/** A straight copy of one file into a new one, 0600. Reading and writing overlap. Answers the bytes copied. */
export async function copyFile(from: string, to: string, options: CopyOptions = {}): Promise<number> {
  await using target = await create(to)
  return await copyInto(from, target.handle, to, Number.POSITIVE_INFINITY, options)
}

/**
 * Reads a file once, so that the system has it at hand: what is done under a lock afterwards waits for no disk. Reads no
 * more than `limitBytes`.
 */
export async function warm(path: string, limitBytes: number, signal?: AbortSignal): Promise<void> {
  await using source = await openToRead(path)
  const piece = Buffer.allocUnsafeSlow(pieceBytes)
  for (let at = 0; at < limitBytes; at += pieceBytes) {
    signal?.throwIfAborted()
    const { bytesRead } = await source.handle.read(piece, 0, pieceBytes, at)
    if (bytesRead < pieceBytes) return
  }
}

/**
 * The newest committed state of a WAL database, while a read transaction is held on it. Answers null when the files never
 * stood still long enough to be understood; then the caller copies through SQLite instead.
 *
 * The wal-index says which frame was committed last (`lastFrame`) and how many are already in the database
 * (`backfilled`). The held transaction keeps every frame up to `lastFrame` in place and keeps checkpoints from writing
 * anything newer into the database, so: the database's pages, and over them every frame after `backfilled`. Older frames
 * must NOT be used (they may be gone after a reset), and none may be left out (a checkpoint may have skipped their pages).
 * One reset of the log is possible meanwhile, only when nothing was left to write back: no frame is needed then, and a
 * changed salt where frames were needed means that the locks were lost.
 */
export async function copyWal(look: Look, to: string, options: CopyOptions = {}): Promise<number | null> {
  const { real, header } = look
  const index = await sampleIndex(`${real}-shm`)
  if (index === null || (index.pageSize !== 0 && index.pageSize !== header.pageSize)) return null
  const pages = index.lastFrame === 0 ? header.pages : index.pages
  const bytes = pages * header.pageSize
  await using target = await create(to)
  await copyInto(real, target.handle, to, bytes, options)
  if (index.lastFrame > index.backfilled) {
    if (!(await replay(`${real}-wal`, target.handle, to, header.pageSize, index, options.signal))) return null
    const after = await sampleIndex(`${real}-shm`)
    if (after === null || after.salts !== index.salts) return null
  }
  // Pages past the commit's size go; pages found in neither file are zeros, as SQLite reads them.
  await ours(to, () => target.handle.truncate(bytes))
  return bytes
}

/** Frames 1..lastFrame, each verified; those after `backfilled` are written over their pages. False: not what the index says. */
async function replay(
  wal: string,
  target: FileHandle,
  to: string,
  pageSize: number,
  index: WalIndex,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  await using source = await openToRead(wal)
  const header = await readHeaderOf(source.handle)
  if (header === null || header.salts !== index.salts || header.pageSize !== pageSize) return false
  const frameBytes = frameHeaderBytes + pageSize
  const perPiece = Math.max(1, Math.floor(pieceBytes / frameBytes))
  const piece = Buffer.allocUnsafeSlow(perPiece * frameBytes)
  let { pair } = header
  let commitPages = 0
  for (let done = 0; done < index.lastFrame; ) {
    signal?.throwIfAborted()
    const count = Math.min(perPiece, index.lastFrame - done)
    const bytesRead = readSync(source.handle.fd, piece, 0, count * frameBytes, walHeaderBytes + done * frameBytes)
    if (bytesRead < count * frameBytes) return false
    for (let i = 0; i < count; i++) {
      const bytes = piece.subarray(i * frameBytes, (i + 1) * frameBytes)
      const frame = readFrame(bytes)
      pair = frameChecksum(bytes, header.bigEndianWords, pair)
      if (frame.salts !== index.salts || !samePair(frame.pair, pair) || frame.page === 0) return false
      done++
      if (done > index.backfilled) writePage(target, to, bytes, (frame.page - 1) * pageSize)
      commitPages = frame.commitPages
    }
    await setImmediate()
  }
  return commitPages === index.pages && samePair(pair, index.pair)
}

/** Synchronous: a page is too small to be worth a trip through the thread pool. */
function writePage(target: FileHandle, to: string, frame: Buffer, position: number): void {
  try {
    writeSync(target.fd, frame, frameHeaderBytes, frame.length - frameHeaderBytes, position)
  } catch (error) {
    throw diskError(error, 'write', to)
  }
}

async function readHeaderOf(wal: FileHandle): Promise<WalHeader | null> {
  const bytes = Buffer.alloc(walHeaderBytes)
  const { bytesRead } = await wal.read(bytes, 0, walHeaderBytes, 0)
  return bytesRead < walHeaderBytes ? null : readWalHeader(bytes)
}

/**
 * A wal-index read between two writes to it: both its copies agree, and so do two readings around `backfilled`. A writer
 * needs microseconds for its update, so a few tries are plenty.
 */
async function sampleIndex(shm: string): Promise<WalIndex | null> {
  // None where SQLite keeps the index in memory of its own (a read-only disk).
  if (!existsSync(shm)) return null
  await using source = await openToRead(shm)
  for (let attempt = 0; attempt < 50; attempt++) {
    const [first, second] = [readIndex(source.handle), readIndex(source.handle)]
    if (first !== null && second !== null && isSameCommit(first, second)) return first
    if (attempt >= 10) await setImmediate()
  }
  return null
}

function readIndex(shm: FileHandle): WalIndex | null {
  const bytes = Buffer.alloc(walIndexBytes)
  return readSync(shm.fd, bytes, 0, walIndexBytes, 0) < walIndexBytes ? null : readWalIndex(bytes)
}

function isSameCommit(a: WalIndex, b: WalIndex): boolean {
  return a.lastFrame === b.lastFrame && a.pages === b.pages && a.salts === b.salts && samePair(a.pair, b.pair)
}

async function copyInto(
  from: string,
  target: FileHandle,
  to: string,
  limitBytes: number,
  { signal, onBytes }: CopyOptions,
): Promise<number> {
  await using source = await openToRead(from)
  const pieces = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)] as const
  const read = async (turn: number, at: number): Promise<Buffer> => {
    const piece = pieces[turn & 1] as Buffer
    const { bytesRead } = await source.handle.read(piece, 0, Math.min(pieceBytes, limitBytes - at), at)
    return piece.subarray(0, bytesRead)
  }
  let at = 0
  let ready = await read(0, 0)
  for (let turn = 1; ready.length > 0; turn++) {
    signal?.throwIfAborted()
    const next = at + ready.length
    const [following] = await Promise.all([read(turn, next), write(target, to, ready, at)])
    onBytes?.(ready.length)
    at = next
    ready = following
  }
  return at
}

async function write(target: FileHandle, to: string, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await ours(to, () => target.write(bytes, done, bytes.length - done, position + done))
    done += bytesWritten
  }
}

interface OpenFile extends AsyncDisposable {
  readonly handle: FileHandle
}

async function create(path: string): Promise<OpenFile> {
  const handle = await ours(path, () => open(path, 'wx', 0o600))
  return { handle, [Symbol.asyncDispose]: () => handle.close() }
}

async function openToRead(path: string): Promise<OpenFile> {
  try {
    const handle = await open(path, 'r')
    return { handle, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    throw diskError(error, 'read', path)
  }
}

async function ours<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw diskError(error, 'write', path)
  }
}
