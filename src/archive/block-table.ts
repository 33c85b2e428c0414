import { blockBytes, lastBlock } from '../format/zip/deflate-blocks.ts'
import type { BlockTable } from '../snapshot/manifest.ts'

/** A block table unpacked: where every block lies inside the stored bytes. */
export interface Blocks {
  readonly sizeBytes: number
  readonly count: number
  /** SHA-256 digests, 32 bytes each. */
  readonly digests: Buffer
  /** `starts[i]` to `starts[i + 1]` are the stored bytes of block i; one more than `count`. */
  readonly starts: Float64Array
}

/**
 * Unpacks a table, or null when it does not fit an entry of these sizes (then the entry is still an ordinary deflate
 * stream, only without shortcuts).
 */
export function unpackBlocks(table: BlockTable, bytes: number, storedBytes: number): Blocks | null {
  const digests = Buffer.from(table.sha256, 'base64')
  const lengths = Buffer.from(table.lengths, 'base64')
  const count = lengths.length / 4
  if (table.sizeBytes !== blockBytes || count !== Math.ceil(bytes / blockBytes)) return null
  if (digests.length !== count * 32) return null
  const starts = new Float64Array(count + 1)
  for (let index = 0; index < count; index++) {
    const length = lengths.readUInt32LE(index * 4)
    if (length > 2 * blockBytes) return null
    starts[index + 1] = starts[index]! + length
  }
  return starts[count] === storedBytes - lastBlock.length ? { sizeBytes: blockBytes, count, digests, starts } : null
}

/** Collects a table while its blocks are written. */
export class BlockTableBuilder {
  readonly #digests: Buffer[] = []
  readonly #lengths: number[] = []

  add(digest: Buffer, storedBytes: number): void {
    this.#digests.push(digest)
    this.#lengths.push(storedBytes)
  }

  build(): BlockTable {
    const lengths = Buffer.alloc(this.#lengths.length * 4)
    for (const [index, length] of this.#lengths.entries()) lengths.writeUInt32LE(length, index * 4)
    return {
      sizeBytes: blockBytes,
      sha256: Buffer.concat(this.#digests).toString('base64'),
      lengths: lengths.toString('base64'),
    }
  }
}
