import { PulihError } from '../../error.ts'
import type { Backend, FileKind, FileName, Listed, PutOptions, Range } from '../backend.ts'

export type Call = 'create' | 'list' | 'size' | 'read' | 'put' | 'remove' | 'sweep'

/**
 * What goes wrong at one call: `fail` before anything happens · `lost` it happens, the answer does not arrive ·
 * `short` half the bytes · `lie` success, nothing happens · null nothing.
 */
export type Fault = 'fail' | 'lost' | 'short' | 'lie' | null

/** For tests: asks before each call what shall go wrong with it. `count` rises by one per call. */
export type Plan = (call: Call, file: FileName | FileKind | null, count: number) => Fault

/** Damages the calls to a backend by plan. */
export class FaultyBackend implements Backend {
  readonly place: string
  readonly connections: number
  readonly verifiesUploads: boolean
  readonly #inner: Backend
  readonly #plan: Plan
  #count = 0

  constructor(inner: Backend, plan: Plan) {
    this.place = inner.place
    this.connections = inner.connections
    this.verifiesUploads = inner.verifiesUploads
    this.#inner = inner
    this.#plan = plan
  }

  create(signal?: AbortSignal): Promise<void> {
    return this.#act('create', null, () => this.#inner.create(signal))
  }

  async *list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    const all = await this.#act('list', kind, () => Array.fromAsync(this.#inner.list(kind, signal)), [])
    yield* all
  }

  size(file: FileName, signal?: AbortSignal): Promise<number> {
    return this.#act('size', file, () => this.#inner.size(file, signal))
  }

  async read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    const fault = this.#plan('read', file, ++this.#count)
    if (fault === 'fail' || fault === 'lost') throw this.#broken('read')
    const bytes = await this.#inner.read(file, range, signal)
    return fault === 'short' || fault === 'lie' ? bytes.subarray(0, bytes.length >> 1) : bytes
  }

  put(file: FileName, bytes: Uint8Array, options?: PutOptions): Promise<void> {
    const fault = this.#plan('put', file, ++this.#count)
    if (fault === 'short') return this.#inner.put(file, bytes.subarray(0, bytes.length >> 1), options)
    return this.#apply(fault, 'put', () => this.#inner.put(file, bytes, options), undefined)
  }

  remove(file: FileName, signal?: AbortSignal): Promise<void> {
    return this.#act('remove', file, () => this.#inner.remove(file, signal), undefined)
  }

  sweep(signal?: AbortSignal): Promise<void> {
    return this.#act('sweep', null, () => this.#inner.sweep(signal))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }

  #act<T>(call: Call, file: FileName | FileKind | null, act: () => Promise<T>, lie?: T): Promise<T> {
    return this.#apply(this.#plan(call, file, ++this.#count), call, act, lie)
  }

  async #apply<T>(fault: Fault, call: Call, act: () => Promise<T>, lie: T | undefined): Promise<T> {
    if (fault === 'fail') throw this.#broken(call)
    if (fault === 'lie') return lie as T
    const done = await act()
    if (fault === 'lost') throw this.#broken(call)
    return done
  }

  #broken(call: Call): PulihError {
    return new PulihError('backend.unreachable', { place: this.place, reason: `injected fault at ${call}` })
  }
}
