/** One request to a REST or S3 server, and its whole answer. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Absolute for HTTP servers; only path and query matter to the others. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** The answer may have this many bytes at the most. */
  readonly maxBytes: number
}

export interface Reply {
  readonly status: number
  header(name: string): string | null
  readonly body: Buffer
}

/** Sends it and reads the whole answer; rejects with plain errors that hold no secret. */
export type Send = (request: Request, signal?: AbortSignal) => Promise<Reply>

/** A request that stalls is given up: a minute, and more for large bodies on slow lines (20 KB/s). */
export function patienceMs(request: Request): number {
  return 60_000 + Math.ceil(((request.body?.length ?? 0) + Math.min(request.maxBytes, 64 << 20)) / 20)
}

/** Collects an answer, and stops as soon as it is longer than it may be. */
export async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`)
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** Sends by fetch: keeps connections, follows no redirects (they would carry the password elsewhere). */
export const sendByFetch: Send = async (request, signal) => {
  const patience = AbortSignal.timeout(patienceMs(request))
  const { method, url, headers, body } = request
  const response = await fetch(url, {
    method,
    headers: { ...headers },
    redirect: 'manual',
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
  })
  const answer = response.body === null ? Buffer.alloc(0) : await collect(response.body, request.maxBytes)
  return { status: response.status, header: (name) => response.headers.get(name), body: answer }
}

/** The reason of a failed request without its URL (which may hold a user's name): `ECONNREFUSED`, `other side closed`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : null
  const code = cause !== null && 'code' in cause ? `${String(cause.code)} ` : ''
  if (error.name === 'TimeoutError') return 'no answer in time'
  return cause === null ? error.message : `${code}${cause.message}`
}
