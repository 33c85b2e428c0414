import { readSome, type Source } from './range.ts'

/** Small reads out of large ones: what lies near each other in a file costs one call. Several may wait at once. */
export class Window {
  readonly #source: Source
  readonly #size: number
  #held: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }

  constructor(source: Source, sizeBytes: number) {
    this.#source = source
    this.#size = sizeBytes
  }

  /** `bytes` from `position`, fewer at the end of the file; the caller may keep them. */
  async at(position: number, bytes: number): Promise<Buffer> {
    const { start, bytes: held } = this.#held
    if (position >= start && position + bytes <= start + held.length) {
      return held.subarray(position - start, position - start + bytes)
    }
    const fresh = await this.#read(position, bytes)
    this.#held = { start: position, bytes: fresh }
    return fresh.subarray(0, bytes)
  }

  async #read(position: number, bytes: number): Promise<Buffer> {
    const memory = Buffer.allocUnsafeSlow(Math.max(bytes, this.#size))
    const got = await readSome(this.#source, memory, position)
    return memory.subarray(0, got)
  }
}
