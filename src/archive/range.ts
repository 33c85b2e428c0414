import type { FileHandle } from 'node:fs/promises'
import { diskError } from '../disk/failure.ts'
import { PulihError } from '../error.ts'

/** Bytes read or written at once: large enough for a disk, small enough to keep many. */
export const pieceBytes = 1024 * 1024

/** An open file that is only read. */
export interface Source {
  readonly handle: FileHandle
  readonly path: string
}

/** Reads exactly `into.length` bytes at `position`. Throws disk.failed; archive.unreadable when the file ends first. */
export async function readExactly(source: Source, into: Uint8Array, position: number): Promise<void> {
  const got = await readSome(source, into, position)
  if (got < into.length) {
    const reason = `ends ${into.length - got} bytes early`
    throw new PulihError('archive.unreadable', { path: source.path, kind: 'archive-truncated', reason })
  }
}

/** Fills `into` from `position`, less only at the end of the file; answers how many bytes. Throws disk.failed. */
export async function readSome(source: Source, into: Uint8Array, position: number): Promise<number> {
  let got = 0
  try {
    while (got < into.length) {
      const { bytesRead } = await source.handle.read(into, got, into.length - got, position + got)
      if (bytesRead === 0) break
      got += bytesRead
    }
  } catch (error) {
    throw diskError(error, 'read', source.path)
  }
  return got
}

/**
 * The file from `start`, to `start + bytes` or to its end when that comes first, in pieces, reading one ahead. A piece's
 * memory is used again: it is valid until the call of `next` after the following one (so two pieces may be held).
 */
export async function* pieces(source: Source, start: number, bytes: number): AsyncGenerator<Buffer, void, void> {
  const size = Math.max(1, Math.min(pieceBytes, bytes))
  const ring = [0, 1, 2].map(() => null as Buffer | null)
  let position = start
  let turn = 0
  const read = (): Promise<Buffer> => {
    const slot = turn++ % ring.length
    ring[slot] ??= Buffer.allocUnsafeSlow(size)
    const into = ring[slot].subarray(0, Math.max(0, Math.min(size, start + bytes - position)))
    const at = position
    position += into.length
    const reading = readSome(source, into, at).then((got) => into.subarray(0, got))
    // Whoever takes the piece gets its error; until then it must not count as unhandled.
    reading.catch(() => undefined)
    return reading
  }
  let ahead = read()
  try {
    for (;;) {
      const piece = await ahead
      if (piece.length === 0) return
      ahead = read()
      yield piece
      if (piece.length < size) return
    }
  } finally {
    // The read ahead still writes into our memory and its error has nobody to tell: the piece was not wanted.
    await ahead.catch(() => undefined)
  }
}
