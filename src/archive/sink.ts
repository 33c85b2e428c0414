import type { FileHandle } from 'node:fs/promises'
import { diskError } from '../disk/failure.ts'
import { pieceBytes } from './range.ts'

/**
 * Writes a file from its start in large pieces: small writes are gathered in one buffer while the other is on its way to
 * the disk. Errors of a write surface at a later call, as disk.full, disk.denied or disk.failed. Call `settle` before the
 * handle is closed.
 */
export class Sink {
  readonly #handle: FileHandle
  readonly #path: string
  readonly #size: number
  #buffer: Buffer
  #spare: Buffer | null = null
  #used = 0
  /** Where the buffer's first byte goes. */
  #start = 0
  #writing: Promise<void> = Promise.resolve()
  #failed: { readonly error: unknown } | null = null

  /** `expectedBytes`: a small file needs no large buffers. */
  constructor(file: { readonly handle: FileHandle; readonly path: string }, expectedBytes = pieceBytes) {
    this.#handle = file.handle
    this.#path = file.path
    this.#size = Math.max(4096, Math.min(pieceBytes, expectedBytes))
    this.#buffer = Buffer.allocUnsafe(this.#size)
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#start + this.#used
  }

  /** Takes all of `bytes`; they may change once this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const part = bytes.subarray(done, done + this.#size - this.#used)
      this.#buffer.set(part, this.#used)
      this.#used += part.length
      done += part.length
      if (this.#used === this.#size) await this.#send()
    }
  }

  /** Waits until everything taken so far is with the system. */
  async flush(): Promise<void> {
    await this.#send()
    await this.#writing
    this.#check()
  }

  /** Replaces bytes written before. */
  async patch(offset: number, bytes: Uint8Array): Promise<void> {
    if (offset >= this.#start) {
      this.#buffer.set(bytes, offset - this.#start)
      return
    }
    await this.flush()
    await this.#put(bytes, offset)
    this.#check()
  }

  /** Forgets everything from `offset` on; what follows is written there. */
  async rewind(offset: number): Promise<void> {
    await this.flush()
    this.#start = offset
  }

  /** Waits for the write that is under way, whatever becomes of it. */
  async settle(): Promise<void> {
    await this.#writing
  }

  async #send(): Promise<void> {
    await this.#writing
    this.#check()
    if (this.#used === 0) return
    const full = this.#buffer
    const offset = this.#start
    const bytes = full.subarray(0, this.#used)
    this.#buffer = this.#spare ?? Buffer.allocUnsafe(this.#size)
    this.#spare = full
    this.#start += this.#used
    this.#used = 0
    this.#writing = this.#put(bytes, offset)
  }

  /** Never rejects: the error waits for the next call, since nobody may be listening while the write goes on. */
  async #put(bytes: Uint8Array, offset: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, offset + done)
        done += bytesWritten
      }
    } catch (error) {
      this.#failed ??= { error: diskError(error, 'write', this.#path) }
    }
  }

  #check(): void {
    if (this.#failed !== null) throw this.#failed.error
  }
}
