import { createHash, type Hash, hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { assert } from '../error.ts'
import { BlockLanes, blockBytes, flushMark, lastBlock } from '../format/zip/deflate-blocks.ts'
import type { BlockTable } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { BlockTableBuilder } from './block-table.ts'
import { pieceBytes, pieces, readExactly, type Source } from './range.ts'
import type { BlockSource } from './reuse.ts'
import type { Sink } from './sink.ts'
import { stopIfCancelled } from './stop.ts'

/** What came of one file that was written as a deflate stream of independent blocks. */
export interface StoredBlocks {
  readonly bytes: number
  readonly crc32: number
  readonly sha256: string
  readonly stored: { readonly bytes: number; readonly sha256: string }
  readonly blocks: BlockTable
  readonly copiedBlocks: number
}

/** A block on its way: being compressed, or lying compressed in an earlier archive. */
type Pending = {
  readonly digest: Buffer
} & ({ readonly deflated: Promise<readonly Buffer[]> } | { readonly copyOf: number })

/**
 * Reads `source` to its end once and writes it as independent blocks, in order. Blocks whose SHA-256 stands in `reuse`
 * are copied from there. Memory: a few MiB at any size.
 */
export async function storeBlocks(
  source: Source,
  sink: Sink,
  options: { readonly reuse: BlockSource | null; readonly onBytes?: ((bytes: number) => void) | undefined } & Work,
): Promise<StoredBlocks> {
  const { reuse } = options
  using lanes = BlockLanes.deflate()
  const whole = createHash('sha256')
  const out = new BlockWriter(sink, lanes, reuse)
  let bytes = 0
  let crc = 0
  let before: Pending[] = []
  for await (const piece of pieces(source, 0, Number.MAX_SAFE_INTEGER)) {
    stopIfCancelled(options)
    const now = start(piece, bytes / blockBytes, lanes, reuse)
    whole.update(piece)
    crc = crc32(piece, crc)
    bytes += piece.length
    // Written one piece late: its blocks were compressed while this piece was hashed.
    await out.write(before)
    before = now
    options.onBytes?.(bytes)
  }
  await out.write(before)
  return { bytes, crc32: crc, sha256: whole.digest('hex'), ...(await out.end()) }
}

/** Sends every block of a piece its way. `first` is the number of its first block. */
function start(piece: Buffer, first: number, lanes: BlockLanes, reuse: BlockSource | null): Pending[] {
  return Array.from({ length: Math.ceil(piece.length / blockBytes) }, (_, index) => {
    const block = piece.subarray(index * blockBytes, (index + 1) * blockBytes)
    const digest = hash('sha256', block, 'buffer')
    const copyOf = reuse?.find(digest, first + index) ?? null
    if (copyOf !== null) return { digest, copyOf }
    const deflated = lanes.run(block, 2 * blockBytes)
    // Whoever writes the block gets the error; until then it must not count as unhandled.
    deflated.catch(() => undefined)
    return { digest, deflated }
  })
}

/** The ordered end of the line. */
class BlockWriter {
  readonly #sink: Sink
  readonly #lanes: BlockLanes
  readonly #reuse: BlockSource | null
  readonly #table = new BlockTableBuilder()
  readonly #hash: Hash = createHash('sha256')
  #bytes = 0
  #copied = 0
  #scratch: Buffer | null = null

  constructor(sink: Sink, lanes: BlockLanes, reuse: BlockSource | null) {
    this.#sink = sink
    this.#lanes = lanes
    this.#reuse = reuse
  }

  async write(blocks: readonly Pending[]): Promise<void> {
    for (let index = 0; index < blocks.length; ) {
      const block = blocks[index]!
      if ('copyOf' in block) {
        index += await this.#copy(runAt(blocks, index), block.copyOf)
      } else {
        const before = this.#bytes
        const parts = await block.deflated
        assert(endsWithFlush(parts), 'zlib did not end a block with a flush')
        for (const part of parts) await this.#put(part)
        this.#lanes.recycle(parts)
        this.#table.add(block.digest, this.#bytes - before)
        index++
      }
    }
  }

  async end(): Promise<Pick<StoredBlocks, 'stored' | 'blocks' | 'copiedBlocks'>> {
    await this.#put(lastBlock)
    return {
      stored: { bytes: this.#bytes, sha256: this.#hash.digest('hex') },
      blocks: this.#table.build(),
      copiedBlocks: this.#copied,
    }
  }

  /** Copies neighbours with one read; answers how many. */
  async #copy(run: readonly Pending[], first: number): Promise<number> {
    const reuse = this.#reuse!
    const { starts } = reuse.blocks
    const from = starts[first]!
    const length = starts[first + run.length]! - from
    this.#scratch ??= Buffer.allocUnsafeSlow(2 * pieceBytes)
    const bytes = this.#scratch.subarray(0, length)
    await readExactly(reuse.source, bytes, reuse.start + from)
    await this.#put(bytes)
    for (const [index, { digest }] of run.entries()) {
      this.#table.add(digest, starts[first + index + 1]! - starts[first + index]!)
    }
    this.#copied += run.length
    return run.length
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    await this.#sink.write(bytes)
  }
}

/** The blocks from `at` on that lie one behind the other in the earlier archive too. */
function runAt(blocks: readonly Pending[], at: number): readonly Pending[] {
  let end = at
  for (let before = -1; end < blocks.length; end++) {
    const block = blocks[end]!
    if (!('copyOf' in block) || (end > at && block.copyOf !== before + 1)) break
    before = block.copyOf
  }
  return blocks.slice(at, end)
}

/** A piece of output that came late would be counted to the next block: this would show it. */
function endsWithFlush(parts: readonly Buffer[]): boolean {
  const last = parts.at(-1) ?? Buffer.alloc(0)
  const end = last.length < flushMark.length ? Buffer.concat(parts) : last
  return end.subarray(-flushMark.length).equals(flushMark)
}
