import { isPulihError, PulihError } from '../../error.ts'
import type { Clock } from '../../time/clock.ts'
import {
  type Backend,
  type FileKind,
  type FileName,
  type Listed,
  type PutOptions,
  type Range,
  shortName,
} from '../backend.ts'

export interface RetryOptions {
  readonly clock: Clock
  /** Tries in all. */
  readonly tries?: number
  readonly firstPauseMs?: number
  readonly maxPauseMs?: number
}

const fleeting = ['backend.unreachable', 'backend.failed', 'backend.unkept'] as const

/** True for errors that may go away by trying again. */
export function mayRetry(error: unknown): boolean {
  return fleeting.some((code) => isPulihError(error, code))
}

/**
 * Tries again, with growing pauses, whatever may go away by itself; the last error comes out. A put is believed only
 * when the place then shows the file at its full size, so an answer "stored" that is a lie is tried again too.
 */
export class RetryingBackend implements Backend {
  readonly place: string
  readonly connections: number
  readonly verifiesUploads: boolean
  readonly #inner: Backend
  readonly #options: Required<RetryOptions>

  constructor(inner: Backend, options: RetryOptions) {
    this.place = inner.place
    this.connections = inner.connections
    this.verifiesUploads = inner.verifiesUploads
    this.#inner = inner
    this.#options = { tries: 6, firstPauseMs: 250, maxPauseMs: 15_000, ...options }
  }

  create(signal?: AbortSignal): Promise<void> {
    return this.#again(() => this.#inner.create(signal), signal)
  }

  /** Read whole before the first entry goes out: half a list must never be taken for the list. */
  async *list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    yield* await this.#again(() => Array.fromAsync(this.#inner.list(kind, signal)), signal)
  }

  size(file: FileName, signal?: AbortSignal): Promise<number> {
    return this.#again(() => this.#inner.size(file, signal), signal)
  }

  read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    return this.#again(async () => {
      const bytes = await this.#inner.read(file, range, signal)
      if (range === null || bytes.length === range.length) return bytes
      const reason = `${shortName(file)}: ${bytes.length} bytes came instead of ${range.length}`
      throw new PulihError('backend.failed', { place: this.place, act: 'read', reason })
    }, signal)
  }

  put(file: FileName, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    let tries = 0
    return this.#again(async () => {
      tries++
      try {
        await this.#inner.put(file, bytes, options)
      } catch (error) {
        // A lost answer: the try before this one may have stored it.
        const ours =
          isPulihError(error, 'backend.exists') && tries > 1 && (await this.#holds(file, bytes, options.signal))
        if (!ours) throw error
      }
      await this.#confirm(file, bytes.length, options.signal)
    }, options.signal)
  }

  async #holds(file: FileName, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<boolean> {
    return Buffer.from(bytes).equals(await this.#inner.read(file, null, signal))
  }

  async #confirm(file: FileName, bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const kept = await this.size(file, signal).catch((error: unknown) => {
      if (isPulihError(error, 'backend.missing')) return null
      throw error
    })
    if (kept === bytes) return
    const detail = kept === null ? 'it is not there' : `${kept} bytes instead of ${bytes}`
    throw new PulihError('backend.unkept', { place: this.place, name: shortName(file), detail })
  }

  remove(file: FileName, signal?: AbortSignal): Promise<void> {
    return this.#again(() => this.#inner.remove(file, signal), signal)
  }

  sweep(signal?: AbortSignal): Promise<void> {
    return this.#again(() => this.#inner.sweep(signal), signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }

  async #again<T>(act: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { clock, tries, firstPauseMs, maxPauseMs } = this.#options
    for (let attempt = 1; ; attempt++) {
      try {
        return await act()
      } catch (error) {
        signal?.throwIfAborted()
        if (attempt >= tries || !mayRetry(error)) throw error
      }
      // Spread, so that machines that failed together do not come back together.
      const pause = Math.min(maxPauseMs, firstPauseMs * 2 ** (attempt - 1))
      await clock.sleep(pause * (0.75 + Math.random() / 2), signal)
    }
  }
}
