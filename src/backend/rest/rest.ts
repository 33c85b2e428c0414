import { isPulihError, PulihError } from '../../error.ts'
import {
  type Backend,
  type FileKind,
  type FileName,
  isListedName,
  type Listed,
  type PutOptions,
  type Range,
  shortFile,
  shortName,
} from '../backend.ts'
import { type Reply, type Request, reasonOf, type Send } from './send.ts'

const version2 = 'application/vnd.x.restic.rest.v2'
const maxListBytes = 1 << 30
const maxFileBytes = 2 ** 32

export interface RestOptions {
  readonly place: string
  /** With a slash at its end, without user and password. */
  readonly base: string
  readonly authorization: string | null
  readonly send: Send
  /** Called on dispose: the transport may be a child process. */
  readonly close?: () => Promise<void>
}

/** restic's REST protocol, both list versions; the base for `rest:` and `rclone:`. */
export class RestBackend implements Backend {
  readonly place: string
  readonly connections = 5
  readonly verifiesUploads = false
  readonly #options: RestOptions

  constructor(options: RestOptions) {
    this.place = options.place
    this.#options = options
  }

  async create(signal?: AbortSignal): Promise<void> {
    const reply = await this.#send({ method: 'POST', path: '?create=true' }, signal)
    if (reply.status !== 200) throw this.#refused(reply, 'create the repository')
  }

  async *list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    const reply = await this.#send({ method: 'GET', path: `${kind}/`, maxBytes: maxListBytes }, signal)
    if (reply.status === 404) return
    if (reply.status !== 200) throw this.#refused(reply, `list ${kind}`)
    const entries = this.#parseList(reply)
    for (const entry of entries) {
      if (typeof entry !== 'string') yield entry
      else if (isListedName(entry)) yield* this.#withSize({ kind, name: entry }, signal)
    }
  }

  /** Version 1 lists names only; one that goes away before its size was asked is left out. */
  async *#withSize(file: FileName, signal: AbortSignal | undefined): AsyncIterable<Listed> {
    try {
      yield { name: file.name, bytes: await this.size(file, signal) }
    } catch (error) {
      if (!isPulihError(error, 'backend.missing')) throw error
    }
  }

  #parseList(reply: Reply): readonly (string | Listed)[] {
    const value = this.#json(reply)
    if (!Array.isArray(value)) throw this.#failed('list', 'the answer is not a list')
    if (reply.header('content-type') !== version2) return value.filter((name) => typeof name === 'string')
    return value.filter(isEntry).map(({ name, size }) => ({ name, bytes: size }))
  }

  #json(reply: Reply): unknown {
    try {
      return JSON.parse(reply.body.toString())
    } catch (error) {
      throw this.#failed('list', 'the answer is not JSON', error)
    }
  }

  async size(file: FileName, signal?: AbortSignal): Promise<number> {
    const reply = await this.#send({ method: 'HEAD', path: pathOf(file) }, signal)
    if (reply.status === 404) throw this.#missing(file)
    const length = reply.header('content-length')
    if (reply.status !== 200) throw this.#refused(reply, `look at ${shortName(file)}`)
    if (length === null || !/^\d+$/.test(length)) throw this.#failed('look', 'the answer has no length')
    return Number(length)
  }

  async read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    const until = range === null ? '' : String(range.offset + range.length - 1)
    // A range of nothing cannot be said in HTTP.
    if (range?.length === 0) return Buffer.alloc(0)
    const headers = { range: `bytes=${range?.offset ?? 0}-${until}` }
    // A server that ignores ranges sends the file from its start.
    const maxBytes = range === null ? maxFileBytes : range.offset + range.length + (64 << 20)
    const reply = await this.#send({ method: 'GET', path: pathOf(file), headers, maxBytes }, signal)
    if (reply.status === 404) throw this.#missing(file)
    if (reply.status === 416) throw shortFile(this.place, file, await this.size(file, signal), Number(until) + 1)
    if (reply.status !== 200 && reply.status !== 206) throw this.#refused(reply, `read ${shortName(file)}`)
    return this.#cut(reply, range, file)
  }

  #cut(reply: Reply, range: Range | null, file: FileName): Buffer {
    const { body } = reply
    this.#checkLength(reply, file)
    if (range === null) return body
    const from = reply.status === 200 ? range.offset : 0
    if (reply.status === 206 && body.length > range.length) throw this.#failed('read', 'more bytes than asked for')
    if (body.length >= from + range.length) return body.subarray(from, from + range.length)
    throw shortFile(this.place, file, range.offset - from + body.length, range.offset + range.length)
  }

  #checkLength(reply: Reply, file: FileName): void {
    const length = reply.header('content-length')
    if (length !== null && Number(length) !== reply.body.length && reply.header('content-encoding') === null)
      throw this.#failed('read', `${shortName(file)}: ${reply.body.length} of ${length} bytes came`)
  }

  async put(file: FileName, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    // Some servers overwrite, so an exclusive put asks first; two that race in between may both win there.
    if (options.exclusive === true && (await this.#sizeOrNull(file, options.signal)) !== null) throw this.#taken(file)
    const reply = await this.#post(file, bytes, options.signal)
    if (reply.status === 200) return
    if (reply.status !== 403) throw this.#refused(reply, `store ${shortName(file)}`)
    const there = await this.#sizeOrNull(file, options.signal)
    if (there === null) throw this.#refused(reply, `store ${shortName(file)}`)
    if (options.exclusive === true) throw this.#taken(file)
    if (there === bytes.length) return
    // What lies there is half of an earlier try of ours: names are hashes.
    await this.remove(file, options.signal)
    const second = await this.#post(file, bytes, options.signal)
    if (second.status !== 200) throw this.#refused(second, `store ${shortName(file)}`)
  }

  async #sizeOrNull(file: FileName, signal: AbortSignal | undefined): Promise<number | null> {
    try {
      return await this.size(file, signal)
    } catch (error) {
      if (isPulihError(error, 'backend.missing')) return null
      throw error
    }
  }

  async #post(file: FileName, body: Uint8Array, signal: AbortSignal | undefined): Promise<Reply> {
    const headers = { 'content-type': 'application/octet-stream' }
    return this.#send({ method: 'POST', path: pathOf(file), headers, body }, signal)
  }

  async remove(file: FileName, signal?: AbortSignal): Promise<void> {
    const reply = await this.#send({ method: 'DELETE', path: pathOf(file) }, signal)
    if (reply.status !== 200 && reply.status !== 204 && reply.status !== 404)
      throw this.#refused(reply, `remove ${shortName(file)}`)
  }

  /** The server's own business. */
  async sweep(): Promise<void> {
    // Nothing half-made is ever left here.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.close?.()
  }

  async #send(
    request: Omit<Request, 'url' | 'maxBytes'> & { readonly path: string; readonly maxBytes?: number },
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const { base, authorization, send } = this.#options
    const { path, maxBytes = 1 << 20, ...rest } = request
    const sign: Record<string, string> = authorization === null ? {} : { authorization }
    const accept: Record<string, string> = path.startsWith('?') ? {} : { accept: version2 }
    try {
      return await send(
        { ...rest, maxBytes, url: base + path, headers: { ...accept, ...sign, ...rest.headers } },
        signal,
      )
    } catch (error) {
      signal?.throwIfAborted()
      throw new PulihError('backend.unreachable', { place: this.place, reason: reasonOf(error) }, { cause: error })
    }
  }

  #refused(reply: Reply, act: string): PulihError {
    const text = reply.body.toString().trim().split('\n')[0]?.slice(0, 200) ?? ''
    const reason = `${reply.status}${text === '' ? '' : ` ${text}`}`
    if (reply.status === 507 || reply.status === 411)
      return new PulihError('backend.full', { place: this.place, reason })
    if (reply.status === 401 || reply.status === 403 || reply.status === 405)
      return new PulihError('backend.denied', { place: this.place, act, reason })
    return new PulihError('backend.failed', { place: this.place, act, reason })
  }

  #failed(act: string, reason: string, cause?: unknown): PulihError {
    return new PulihError('backend.failed', { place: this.place, act, reason }, { cause })
  }

  #taken(file: FileName): PulihError {
    return new PulihError('backend.exists', { place: this.place, name: shortName(file) })
  }

  #missing(file: FileName): PulihError {
    return new PulihError('backend.missing', { place: this.place, name: shortName(file) })
  }
}

function isEntry(value: unknown): value is { name: string; size: number } {
  const entry = value as { name?: unknown; size?: unknown } | null
  return typeof entry?.name === 'string' && isListedName(entry.name) && Number.isSafeInteger(entry.size)
}

/** No `ab/` level in URLs, for packs neither. */
function pathOf(file: FileName): string {
  return file.kind === 'config' ? 'config' : `${file.kind}/${file.name}`
}
