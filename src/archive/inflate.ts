import { once } from 'node:events'
import { crc32, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib'
import { errnoOf } from '../error.ts'
import { BlockError, BlockLanes, lastBlock } from '../format/zip/deflate-blocks.ts'
import { method } from '../format/zip/layout.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Blocks } from './block-table.ts'
import { damaged } from './damage.ts'
import type { ArchiveEntry } from './entry.ts'
import { pieceBytes, pieces, readExactly, type Source } from './range.ts'
import { stopIfCancelled } from './stop.ts'

/** An entry that passed every check that needs no reading, so that its bytes may be looked at. */
export interface Readable {
  readonly entry: ArchiveEntry
  readonly dataOffset: number
  /** When it is cut into independent blocks: they are inflated side by side. */
  readonly blocks: Blocks | null
}

/**
 * The entry's raw bytes in order, in pieces that the caller may keep. Never more than the declared size; at the end size
 * and CRC have been compared. Throws archive.damaged, archive.unreadable (file too short), disk.failed, cancelled.
 */
export async function* inflate(source: Source, readable: Readable, work: Work): AsyncGenerator<Buffer, void, void> {
  const { entry } = readable
  let bytes = 0
  let crc = 0
  try {
    for await (const piece of open(source, readable)) {
      stopIfCancelled(work)
      bytes += piece.length
      if (bytes > entry.bytes) throw damaged(source.path, entry.name, 'entry-size', 'more bytes than declared')
      crc = crc32(piece, crc)
      yield piece
    }
  } catch (error) {
    throw isDamage(error) ? damaged(source.path, entry.name, 'entry-damaged', error.message, error) : error
  }
  if (bytes !== entry.bytes) {
    throw damaged(source.path, entry.name, 'entry-size', `${bytes} bytes, declared ${entry.bytes}`)
  }
  if (crc !== entry.crc32) throw damaged(source.path, entry.name, 'entry-damaged', 'wrong CRC')
}

/** What zlib and the block lanes say about bad bytes, as against a failing disk or a mistake of ours. */
function isDamage(error: unknown): error is Error {
  const code = errnoOf(error) ?? ''
  return error instanceof BlockError || code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE'
}

const smallStored = 1024 * 1024
const smallRaw = 4 * 1024 * 1024

function open(source: Source, readable: Readable): AsyncIterable<Buffer> {
  const { entry, blocks } = readable
  if (entry.method === method.store) return copies(source, readable)
  if (entry.storedBytes <= smallStored && entry.bytes <= smallRaw) return inflateWhole(source, readable)
  return blocks === null ? inflateStream(source, readable) : inflateBlocks(source, readable, blocks)
}

async function* copies(source: Source, { entry, dataOffset }: Readable): AsyncGenerator<Buffer, void, void> {
  for await (const piece of pieces(source, dataOffset, entry.storedBytes)) yield Buffer.from(piece)
}

async function* inflateWhole(source: Source, { entry, dataOffset }: Readable): AsyncGenerator<Buffer, void, void> {
  const stored = Buffer.allocUnsafe(entry.storedBytes)
  await readExactly(source, stored, dataOffset)
  const seen = inflateRawSync(stored, { maxOutputLength: Math.max(entry.bytes, 1), info: true }) as unknown as {
    readonly buffer: Buffer
    readonly engine: InflateRaw
  }
  if (seen.engine.bytesWritten !== stored.length) throw new BlockError('bytes behind the compressed data')
  yield seen.buffer
}

async function* inflateStream(source: Source, { entry, dataOffset }: Readable): AsyncGenerator<Buffer, void, void> {
  const stream = createInflateRaw({ chunkSize: 256 * 1024 })
  const fed = feed(stream, source, dataOffset, entry.storedBytes)
  // Its error, if any, is thrown below or has destroyed the stream; until then it must not count as unhandled.
  fed.catch(() => undefined)
  try {
    for await (const piece of stream) yield piece as Buffer
    await fed
  } finally {
    stream.destroy()
    await fed.catch(() => undefined)
  }
  if (stream.bytesWritten !== entry.storedBytes) throw new BlockError('bytes behind the compressed data')
}

/** Writes piece after piece, each when the one before was used up. Ends early when the stream does. */
async function feed(stream: InflateRaw, source: Source, start: number, bytes: number): Promise<void> {
  const closed = once(stream, 'close').catch(() => undefined)
  try {
    for await (const piece of pieces(source, start, bytes)) {
      const written = new Promise<void>((resolve) => stream.write(piece, () => resolve()))
      await Promise.race([written, closed])
      if (stream.destroyed || stream.readableEnded) return
    }
    stream.end()
  } catch (error) {
    stream.destroy(error as Error)
  }
}

/**
 * Groups of neighbouring blocks are read at once; while one group is inflated the next is read. The table was checked
 * against the entry's sizes, so the last stored bytes must be the closing block.
 */
async function* inflateBlocks(source: Source, readable: Readable, blocks: Blocks): AsyncGenerator<Buffer, void, void> {
  using lanes = BlockLanes.inflate()
  const memory = [0, 1].map(() => Buffer.allocUnsafeSlow(pieceBytes))
  let before: Promise<readonly Buffer[]>[] = []
  let turn = 0
  for (let first = 0; first < blocks.count; ) {
    const count = groupAt(blocks, first)
    const from = blocks.starts[first]!
    const group = memory[turn++ % 2]!.subarray(0, blocks.starts[first + count]! - from)
    await readExactly(source, group, readable.dataOffset + from)
    const now = Array.from({ length: count }, (_, index) => {
      const start = blocks.starts[first + index]! - from
      const end = blocks.starts[first + index + 1]! - from
      return lanes.run(group.subarray(start, end), blocks.sizeBytes)
    })
    // Whoever takes the block gets the error; until then it must not count as unhandled.
    for (const block of now) block.catch(() => undefined)
    yield* inOrder(before)
    before = now
    first += count
  }
  yield* inOrder(before)
  const end = Buffer.alloc(lastBlock.length)
  await readExactly(source, end, readable.dataOffset + blocks.starts[blocks.count]!)
  if (!end.equals(lastBlock)) throw new BlockError('its last block is wrong')
}

/** What well-compressed blocks inflate to is held too, so their number is bounded as well as their stored bytes. */
const groupBlocks = 16

/** How many blocks from `first` on fit one read. */
function groupAt(blocks: Blocks, first: number): number {
  let count = 1
  while (
    count < groupBlocks &&
    first + count < blocks.count &&
    blocks.starts[first + count + 1]! - blocks.starts[first]! <= pieceBytes
  )
    count++
  return count
}

async function* inOrder(blocks: readonly Promise<readonly Buffer[]>[]): AsyncGenerator<Buffer, void, void> {
  for (const block of blocks) yield* await block
}
