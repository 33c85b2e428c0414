import type { ChildProcessByStdio } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { Duplex, type Readable, type Writable } from 'node:stream'
import { errnoOf, PulihError } from '../../error.ts'
import { patienceMs, type Reply, type Request } from '../rest/send.ts'

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/**
 * A running `rclone serve restic --stdio`: restic's REST protocol as HTTP/2 over the child's standard input and output,
 * so no port is open and no password is needed. rclone's own credentials stay in its configuration.
 */
export class RcloneServer implements AsyncDisposable {
  readonly #child: Child
  readonly #session: ClientHttp2Session
  #said = ''

  private constructor(child: Child, session: ClientHttp2Session) {
    this.#child = child
    this.#session = session
    child.stderr.on('data', (text: Buffer) => {
      this.#said = (this.#said + text.toString()).slice(-2000)
    })
  }

  /** `remote` is rclone's own notation: `name:path`. Throws backend.program when rclone is not installed. */
  static async start(remote: string, env: Readonly<Record<string, string | undefined>>): Promise<RcloneServer> {
    const child = spawn('rclone', ['serve', 'restic', '--stdio', '--', remote], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env },
    })
    await once(child, 'spawn').catch((error: unknown) => {
      const reason = errnoOf(error) === 'ENOENT' ? 'not installed' : String(error)
      throw new PulihError('backend.program', { program: 'rclone', reason }, { cause: error })
    })
    const pipe = Duplex.from({ readable: child.stdout, writable: child.stdin })
    const session = connect('http://rclone', { createConnection: () => pipe, peerMaxConcurrentStreams: 16 })
    // Errors of the session reach every request on it; without a listener they would end the process.
    const ignore = () => undefined
    session.on('error', ignore)
    pipe.on('error', ignore)
    return new RcloneServer(child, session)
  }

  async send(request: Request, signal?: AbortSignal): Promise<Reply> {
    if (this.#session.destroyed) throw new Error(`rclone has ended: ${this.lastWords()}`)
    const patience = AbortSignal.timeout(patienceMs(request))
    const stream = this.#session.request(
      {
        ...request.headers,
        ':method': request.method,
        ':path': `/${request.url.slice('http://rclone/'.length)}`,
        ...(request.body === undefined ? {} : { 'content-length': String(request.body.length) }),
      },
      {
        signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
        endStream: request.body === undefined,
      },
    )
    if (request.body !== undefined) stream.end(request.body)
    return replyOf(stream, request.maxBytes)
  }

  /** The end of what rclone wrote to standard error, for messages; it never prints its credentials there. */
  lastWords(): string {
    return this.#said.trim().split('\n').at(-1) ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.destroy()
    this.#child.stdin.end()
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }
}

/** By events: an answer without a body is closed before anybody could begin to iterate it. */
function replyOf(stream: ClientHttp2Stream, maxBytes: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let headers: Readonly<Record<string, unknown>> = {}
    const parts: Buffer[] = []
    let bytes = 0
    stream.on('response', (received) => {
      headers = received
    })
    stream.on('data', (part: Buffer) => {
      bytes += part.length
      parts.push(part)
      if (bytes > maxBytes) stream.destroy(new Error(`the answer is longer than ${maxBytes} bytes`))
    })
    stream.on('error', reject)
    stream.on('close', () => {
      const status = Number(headers[':status'] ?? 0)
      if (status === 0 || stream.rstCode !== 0) return reject(new Error(`rclone broke off (${stream.rstCode})`))
      const header = (name: string) => (headers[name] === undefined ? null : String(headers[name]))
      resolve({ status, header, body: Buffer.concat(parts) })
    })
  })
}
