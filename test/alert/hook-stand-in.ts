import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Hit {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Any HTTP receiver: remembers what it got and answers `status`. */
export interface HookStandIn extends AsyncDisposable {
  readonly url: string
  readonly hits: readonly Hit[]
  status: number
}

export async function hookStandIn(): Promise<HookStandIn> {
  const hits: Hit[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      hits.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(standIn.status).end('ok')
    })
  })
  const standIn: HookStandIn = {
    url: '',
    hits,
    status: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(standIn, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}
