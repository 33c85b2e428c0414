import { readSome, type Source } from './range.ts'

/** Small reads out of large ones: what lies near each other in a file costs one call. */
export class Window {
  readonly #source: Source
  readonly #size: number
  #memory: Buffer | null = null
  #filled: Buffer = Buffer.alloc(0)
  #start = 0

  constructor(source: Source, sizeBytes: number) {
    this.#source = source
    this.#size = sizeBytes
  }

  /** `bytes` from `position`, fewer at the end of the file; valid until the next call. */
  async at(position: number, bytes: number): Promise<Buffer> {
    const end = this.#start + this.#filled.length
    if (position < this.#start || position + bytes > end) await this.#fill(position, bytes)
    return this.#filled.subarray(position - this.#start, position - this.#start + bytes)
  }

  async #fill(position: number, bytes: number): Promise<void> {
    if (this.#memory === null || this.#memory.length < bytes) {
      this.#memory = Buffer.allocUnsafeSlow(Math.max(bytes, this.#size))
    }
    this.#filled = Buffer.alloc(0)
    const got = await readSome(this.#source, this.#memory, position)
    this.#filled = this.#memory.subarray(0, got)
    this.#start = position
  }
}
