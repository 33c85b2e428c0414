import { hash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { PulihError } from '../../error.ts'
import {
  type Backend,
  type FileKind,
  type FileName,
  isListedName,
  type Listed,
  layoutPath,
  type PutOptions,
  type Range,
  shortFile,
  shortName,
} from '../backend.ts'
import { type Reply, type Request, reasonOf, type Send } from '../rest/send.ts'
import { textOf, textsOf } from './xml.ts'

export interface S3Options {
  readonly place: string
  /** Scheme, host and port. */
  readonly endpoint: string
  readonly bucket: string
  readonly prefix: string
  readonly region: string
  readonly virtualHost: boolean
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string | undefined
  }
  readonly send: Send
}

const emptyHash = hash('sha256', '', 'hex')
const maxListBytes = 16 << 20
const maxFileBytes = 2 ** 32

interface Ask {
  readonly method: Request['method']
  /** Below the bucket; empty for the bucket itself. */
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly maxBytes?: number
}

/**
 * Any S3-compatible object store. One PUT per object: packs stay near 16 MiB, far below the 5 GB where parts would be
 * needed, so nothing half-uploaded can be left behind.
 */
export class S3Backend implements Backend {
  readonly place: string
  readonly connections = 5
  /** By Content-MD5 and the signed SHA-256. */
  readonly verifiesUploads = true
  readonly #options: S3Options
  #client: AwsClient
  #region: string
  /** False once the provider has said that it does not know conditional writes. */
  #conditional = true

  constructor(options: S3Options) {
    this.place = options.place
    this.#options = options
    this.#region = options.region
    this.#client = this.#signer(options.region)
  }

  #signer(region: string): AwsClient {
    const { accessKeyId, secretAccessKey, sessionToken } = this.#options.credentials
    const token = sessionToken === undefined ? {} : { sessionToken }
    return new AwsClient({ accessKeyId, secretAccessKey, ...token, service: 's3', region, retries: 0 })
  }

  /** Makes the bucket when there is none of that name. */
  async create(signal?: AbortSignal): Promise<void> {
    const head = await this.#ask({ method: 'HEAD', key: '' }, signal)
    if (head.status === 200) return
    if (head.status !== 404) throw this.#refused(head, 'use the bucket')
    const made = await this.#ask({ method: 'PUT', key: '', ...this.#location() }, signal)
    if (made.status !== 200 && textOf(made.body.toString(), 'Code') !== 'BucketAlreadyOwnedByYou')
      throw this.#refused(made, 'make the bucket')
  }

  #location(): { body?: Uint8Array } {
    if (this.#region === 'us-east-1') return {}
    const xml = `<CreateBucketConfiguration><LocationConstraint>${this.#region}</LocationConstraint></CreateBucketConfiguration>`
    return { body: Buffer.from(xml) }
  }

  async *list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    for (let token: string | null = ''; token !== null; ) {
      const query: Record<string, string> = { 'list-type': '2', prefix: this.#key(`${kind}/`), 'max-keys': '1000' }
      if (token !== '') query['continuation-token'] = token
      const reply = await this.#ask({ method: 'GET', key: '', query, maxBytes: maxListBytes }, signal)
      if (reply.status !== 200) throw this.#refused(reply, `list ${kind}`)
      const xml = reply.body.toString()
      yield* entriesOf(xml)
      token = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : null
    }
  }

  async size(file: FileName, signal?: AbortSignal): Promise<number> {
    const reply = await this.#ask({ method: 'HEAD', key: this.#fileKey(file) }, signal)
    if (reply.status === 404) throw this.#missing(file)
    const length = reply.header('content-length')
    if (reply.status !== 200 || length === null) throw this.#refused(reply, `look at ${shortName(file)}`)
    return Number(length)
  }

  async read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    if (range?.length === 0) return Buffer.alloc(0)
    const headers: Record<string, string> =
      range === null ? {} : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }
    const maxBytes = range === null ? maxFileBytes : range.length + 65_536
    const reply = await this.#ask({ method: 'GET', key: this.#fileKey(file), headers, maxBytes }, signal)
    if (reply.status === 404 && textOf(reply.body.toString(), 'Code') !== 'NoSuchBucket') throw this.#missing(file)
    if (range !== null && reply.status === 416)
      throw shortFile(this.place, file, await this.size(file, signal), range.offset + range.length)
    if (reply.status !== (range === null ? 200 : 206)) throw this.#refused(reply, `read ${shortName(file)}`)
    const length = reply.header('content-length')
    if (length !== null && Number(length) !== reply.body.length)
      throw this.#cut(file, reply.body.length, Number(length))
    if (range !== null && reply.body.length !== range.length)
      throw shortFile(this.place, file, range.offset + reply.body.length, range.offset + range.length)
    return reply.body
  }

  async put(file: FileName, body: Uint8Array, options: PutOptions = {}): Promise<void> {
    const headers: Record<string, string> = {
      'content-type': 'application/octet-stream',
      'content-md5': hash('md5', body, 'base64'),
    }
    if (options.exclusive === true) {
      if (this.#conditional) headers['if-none-match'] = '*'
      else await this.#refuseTaken(file, options.signal)
    }
    const reply = await this.#ask({ method: 'PUT', key: this.#fileKey(file), headers, body }, options.signal)
    if (reply.status === 200) return
    if (reply.status === 412) throw this.#taken(file)
    if (reply.status !== 501 || headers['if-none-match'] === undefined)
      throw this.#refused(reply, `store ${shortName(file)}`)
    this.#conditional = false
    await this.put(file, body, options)
  }

  /** The best a provider without conditional writes allows: look, then put. */
  async #refuseTaken(file: FileName, signal: AbortSignal | undefined): Promise<void> {
    const reply = await this.#ask({ method: 'HEAD', key: this.#fileKey(file) }, signal)
    if (reply.status === 200) throw this.#taken(file)
    if (reply.status !== 404) throw this.#refused(reply, `look at ${shortName(file)}`)
  }

  async remove(file: FileName, signal?: AbortSignal): Promise<void> {
    const reply = await this.#ask({ method: 'DELETE', key: this.#fileKey(file) }, signal)
    if (![200, 204, 404].includes(reply.status)) throw this.#refused(reply, `remove ${shortName(file)}`)
  }

  /** An interrupted PUT leaves nothing. */
  async sweep(): Promise<void> {
    // Nothing half-made is ever left here.
  }
  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held open.
  }

  #fileKey(file: FileName): string {
    return this.#key(layoutPath(file))
  }

  #key(path: string): string {
    return this.#options.prefix === '' ? path : `${this.#options.prefix}/${path}`
  }

  /** One signed request; when the provider names another region for this bucket, once more with that one. */
  async #ask(ask: Ask, signal: AbortSignal | undefined): Promise<Reply> {
    const reply = await this.#once(ask, signal)
    const region = regionIn(reply)
    if (region === null || region === this.#region) return reply
    this.#region = region
    this.#client = this.#signer(region)
    return this.#once(ask, signal)
  }

  async #once(ask: Ask, signal: AbortSignal | undefined): Promise<Reply> {
    const url = this.#url(ask)
    const sum = ask.body === undefined ? emptyHash : hash('sha256', ask.body, 'hex')
    const headers = { ...ask.headers, 'x-amz-content-sha256': sum }
    const signed = await this.#client.sign(url, { method: ask.method, headers })
    const all = Object.fromEntries(signed.headers.entries())
    const { method, maxBytes = 1 << 20 } = ask
    const body = ask.body === undefined ? (method === 'PUT' ? { body: Buffer.alloc(0) } : {}) : { body: ask.body }
    try {
      return await this.#options.send({ method, url: signed.url, headers: all, maxBytes, ...body }, signal)
    } catch (error) {
      signal?.throwIfAborted()
      throw new PulihError('backend.unreachable', { place: this.place, reason: reasonOf(error) }, { cause: error })
    }
  }

  #url(ask: Ask): string {
    const { endpoint, bucket, virtualHost } = this.#options
    const base = virtualHost ? endpoint.replace('://', `://${bucket}.`) : `${endpoint}/${encodeURIComponent(bucket)}`
    const key = ask.key.split('/').map(encodeURIComponent).join('/')
    const query = new URLSearchParams(ask.query).toString().replaceAll('+', '%20')
    return `${base}${key === '' && !virtualHost ? '' : `/${key}`}${query === '' ? '' : `?${query}`}`
  }

  #refused(reply: Reply, act: string): PulihError {
    const xml = reply.body.toString()
    const code = textOf(xml, 'Code') ?? ''
    const said = [String(reply.status), code, textOf(xml, 'Message') ?? ''].filter((part) => part !== '').join(' ')
    const reason = said.slice(0, 300)
    const { place } = this
    if (code === 'RequestTimeTooSkewed' || code === 'RequestExpired')
      return new PulihError('backend.clock', { place, skewSeconds: skewOf(reply) })
    if (isBucketTrouble(code, reply.status))
      return new PulihError('backend.bucket', { bucket: this.#options.bucket, place, reason })
    if (code === 'QuotaExceeded' || reply.status === 507) return new PulihError('backend.full', { place, reason })
    if ([400, 401, 403, 405].includes(reply.status) && code !== 'RequestTimeout' && code !== 'BadDigest')
      return this.#deniedOrClock(reply, act, reason)
    return new PulihError('backend.failed', { place, act, reason })
  }

  /** A HEAD answers without a body: a clock far off is then the likeliest reason and the one that can be seen. */
  #deniedOrClock(reply: Reply, act: string, reason: string): PulihError {
    const skewSeconds = skewOf(reply)
    if (reply.body.length === 0 && skewSeconds !== null && Math.abs(skewSeconds) > 600)
      return new PulihError('backend.clock', { place: this.place, skewSeconds })
    return new PulihError('backend.denied', { place: this.place, act, reason })
  }

  #cut(file: FileName, came: number, wanted: number): PulihError {
    const reason = `${shortName(file)}: ${came} bytes came instead of ${wanted}`
    return new PulihError('backend.failed', { place: this.place, act: 'read', reason })
  }

  #taken(file: FileName): PulihError {
    return new PulihError('backend.exists', { place: this.place, name: shortName(file) })
  }

  #missing(file: FileName): PulihError {
    return new PulihError('backend.missing', { place: this.place, name: shortName(file) })
  }
}

function* entriesOf(xml: string): Iterable<Listed> {
  for (const entry of textsOf(xml, 'Contents')) {
    const name = textOf(entry, 'Key')?.split('/').at(-1) ?? ''
    if (isListedName(name)) yield { name, bytes: Number(textOf(entry, 'Size') ?? 0) }
  }
}

function isBucketTrouble(code: string, status: number): boolean {
  const codes = ['NoSuchBucket', 'InvalidBucketName', 'PermanentRedirect', 'BucketAlreadyExists']
  return codes.includes(code) || status === 301
}

/** The region a provider says this bucket is in, when the one we signed for was wrong. */
function regionIn(reply: Reply): string | null {
  if (reply.status !== 400 && reply.status !== 301 && reply.status !== 307) return null
  return reply.header('x-amz-bucket-region') ?? textOf(reply.body.toString(), 'Region')
}

function skewOf(reply: Reply): number | null {
  const at = Date.parse(reply.header('date') ?? '')
  return Number.isNaN(at) ? null : Math.round((Date.now() - at) / 1000)
}
