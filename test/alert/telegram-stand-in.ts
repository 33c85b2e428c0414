import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Mood = 'fine' | 'blocked' | 'hang-up' | 'silent' | { readonly retryAfter: number }

/** A strict Bot API: the token and the chat must be right, a text 1 to 4,096 units long. */
export interface TelegramStandIn extends AsyncDisposable {
  readonly root: string
  readonly texts: readonly string[]
  calls: number
  mood: Mood
}

export async function telegramStandIn(token: string, chat: string): Promise<TelegramStandIn> {
  const texts: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    request.on('end', () => answer(request.url ?? '', body, response))
  })
  const standIn: TelegramStandIn = {
    root: '',
    texts,
    calls: 0,
    mood: 'fine',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  function answer(url: string, body: string, response: ServerResponse): void {
    standIn.calls++
    const say = (status: number, reply: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
    const no = (code: number, description: string, parameters?: object) =>
      say(code, { ok: false, error_code: code, description, parameters })
    const { mood } = standIn
    if (mood === 'silent') return
    if (mood === 'hang-up') return void response.destroy()
    if (url !== `/bot${token}/sendMessage`) return void no(401, 'Unauthorized')
    if (mood === 'blocked') return void no(403, 'Forbidden: bot was blocked by the user')
    if (typeof mood === 'object') {
      standIn.mood = 'fine'
      const seconds = mood.retryAfter
      return void no(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
    }
    const { chat_id: id, text } = JSON.parse(body) as { chat_id?: unknown; text?: unknown }
    if (String(id) !== chat) return void no(400, 'Bad Request: chat not found')
    if (typeof text !== 'string' || text === '') return void no(400, 'Bad Request: message text is empty')
    if (text.length > 4096) return void no(400, 'Bad Request: message is too long')
    texts.push(text)
    say(200, { ok: true, result: { message_id: texts.length } })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(standIn, { root: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}
