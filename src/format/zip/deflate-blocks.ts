import type { Transform } from 'node:stream'
import { createDeflateRaw, createInflateRaw, constants as zlib } from 'node:zlib'

/**
 * A deflate stream cut into blocks that know nothing of each other: each ends with a full flush, so it starts on a byte
 * and never points back before its own start. Concatenated and closed by `lastBlock` they are one ordinary stream, and
 * any of them may be copied into another such stream. Sizes and why: doc/format-archive.md.
 */
export const blockBytes = 64 * 1024

/** An empty block with the final bit: what ends the stream. */
export const lastBlock: Uint8Array = Uint8Array.of(0x03, 0x00)

/** How many blocks are worked on at once: libuv has four threads, and one is left for reading and writing. */
export const laneCount = 3

/** What a full flush leaves at the end of a block: an empty stored block, up to a byte's edge. */
export const flushMark: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff)

/** A block that is not what it should be; zlib's own errors have a code that starts with `Z_`. */
export class BlockError extends Error {
  override readonly name = 'BlockError'
}

/**
 * Runs blocks through several zlib streams on the thread pool. A stream is kept and reused, for setting one up costs as
 * much as a third of a block. After an error every later call fails: dispose and start anew.
 */
export class BlockLanes implements Disposable {
  readonly #free: Lane[]
  readonly #lanes: readonly Lane[]
  readonly #waiting: ((lane: Lane) => void)[] = []
  readonly #ranIn = new WeakMap<readonly Buffer[], Lane>()

  private constructor(make: () => Transform) {
    this.#lanes = Array.from({ length: laneCount }, () => new Lane(make()))
    this.#free = [...this.#lanes]
  }

  /** Raw blocks of at most `blockBytes` become stored ones. Level 2 is the knee: 2 % smaller than 1 at 5 % more time. */
  static deflate(): BlockLanes {
    return new BlockLanes(() =>
      createDeflateRaw({
        level: 2,
        memLevel: 9,
        flush: zlib.Z_FULL_FLUSH,
        chunkSize: 2 * blockBytes,
      }),
    )
  }

  /** Stored blocks become raw ones. */
  static inflate(): BlockLanes {
    return new BlockLanes(() => createInflateRaw({ flush: zlib.Z_SYNC_FLUSH, chunkSize: blockBytes }))
  }

  /**
   * Resolves to the block's output in pieces, which the caller may keep. Rejects when zlib does, and when more than
   * `mostBytes` come out. `block` must not change before that. Give as many as you like; results come in any order.
   */
  async run(block: Uint8Array, mostBytes: number): Promise<readonly Buffer[]> {
    const lane = this.#free.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)))
    try {
      const pieces = await lane.run(block, mostBytes)
      this.#ranIn.set(pieces, lane)
      return pieces
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free.push(lane)
      else next(lane)
    }
  }

  /**
   * Gives memory back at once instead of waiting for the collector, which lets some 50 MB of used output gather. For a
   * caller that is done with `pieces` and takes results in the order of `run`; they must not be looked at afterwards.
   */
  recycle(pieces: readonly Buffer[]): void {
    const lane = this.#ranIn.get(pieces)
    for (const piece of pieces) lane?.used(piece.buffer)
  }

  [Symbol.dispose](): void {
    for (const lane of this.#lanes) lane.close()
  }
}

/** One zlib stream, one block at a time. */
class Lane {
  readonly #stream: Transform
  #pieces: Buffer[] = []
  #bytes = 0
  #most = 0
  #failed: Error | null = null
  #settle: ((error: Error | null) => void) | null = null
  #lastUsed: ArrayBufferLike | null = null

  constructor(stream: Transform) {
    this.#stream = stream
    stream.on('data', (piece: Buffer) => this.#take(piece))
    stream.on('error', (error: Error) => this.#finish(error))
    // A final bit inside a block ends the stream, and then its write is never called back.
    stream.on('close', () => this.#finish(new BlockError('a block ends the stream too early')))
  }

  run(block: Uint8Array, mostBytes: number): Promise<readonly Buffer[]> {
    if (this.#failed !== null) return Promise.reject(this.#failed)
    this.#pieces = []
    this.#bytes = 0
    this.#most = mostBytes
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error === null ? resolve(this.#pieces) : reject(error))
      this.#stream.write(block, (error) => {
        if (!error) this.#finish(null)
      })
    })
  }

  /** zlib fills one piece of memory after the other: one that a later piece is not of is used up by both sides. */
  used(memory: ArrayBufferLike): void {
    if (this.#lastUsed instanceof ArrayBuffer && this.#lastUsed !== memory) this.#lastUsed.transfer(0)
    this.#lastUsed = memory
  }

  close(): void {
    this.#finish(new BlockError('closed'))
    this.#stream.destroy()
  }

  #take(piece: Buffer): void {
    this.#bytes += piece.length
    if (this.#bytes <= this.#most) {
      this.#pieces.push(piece)
      return
    }
    // First the error: a destroyed stream still calls back the write as if it had gone well.
    this.#finish(new BlockError('more bytes than declared'))
    this.#stream.destroy()
  }

  #finish(error: Error | null): void {
    this.#failed ??= error
    this.#settle?.(error)
    this.#settle = null
  }
}
