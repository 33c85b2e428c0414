import type { Blocks } from './block-table.ts'
import type { Source } from './range.ts'

/**
 * A database entry of an earlier archive whose compressed blocks may be copied. It exists only after its stored bytes
 * were read and their hash was right (`ArchiveReader.blockSource`), so that damage is never carried on.
 */
export class BlockSource {
  readonly source: Source
  /** Of the entry's stored bytes in the file. */
  readonly start: number
  readonly blocks: Blocks
  #places: Map<string, number> | null = null

  constructor(source: Source, start: number, blocks: Blocks) {
    this.source = source
    this.start = start
    this.blocks = blocks
  }

  /** The number of a block with this digest, looking at `near` first; null when there is none. */
  find(digest: Buffer, near: number): number | null {
    if (this.#digestAt(near)?.equals(digest)) return near
    this.#places ??= this.#index()
    return this.#places.get(digest.toString('latin1')) ?? null
  }

  #digestAt(index: number): Buffer | null {
    return index < this.blocks.count ? this.blocks.digests.subarray(index * 32, index * 32 + 32) : null
  }

  #index(): Map<string, number> {
    const places = new Map<string, number>()
    // Backwards, so that of equal blocks the first one stays: neighbours are copied together.
    for (let index = this.blocks.count - 1; index >= 0; index--) {
      places.set(this.#digestAt(index)!.toString('latin1'), index)
    }
    return places
  }
}
