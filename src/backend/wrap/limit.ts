import type { Backend, FileKind, FileName, Listed, PutOptions, Range } from '../backend.ts'

/** At most `limit` calls at once; the others wait their turn in order. */
export class LimitedBackend implements Backend {
  readonly place: string
  readonly connections: number
  readonly verifiesUploads: boolean
  readonly #inner: Backend
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(inner: Backend, limit = inner.connections) {
    this.place = inner.place
    this.connections = limit
    this.verifiesUploads = inner.verifiesUploads
    this.#inner = inner
    this.#free = limit
  }

  create(signal?: AbortSignal): Promise<void> {
    return this.#turn(() => this.#inner.create(signal))
  }

  /** Not counted: a slow consumer of a list must not hold up the puts it is waiting for. */
  list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    return this.#inner.list(kind, signal)
  }

  size(file: FileName, signal?: AbortSignal): Promise<number> {
    return this.#turn(() => this.#inner.size(file, signal))
  }

  read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    return this.#turn(() => this.#inner.read(file, range, signal))
  }

  put(file: FileName, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    return this.#turn(() => this.#inner.put(file, bytes, options))
  }

  remove(file: FileName, signal?: AbortSignal): Promise<void> {
    return this.#turn(() => this.#inner.remove(file, signal))
  }

  sweep(signal?: AbortSignal): Promise<void> {
    return this.#turn(() => this.#inner.sweep(signal))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }

  async #turn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await act()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
