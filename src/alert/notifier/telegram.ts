import { setTimeout as pause } from 'node:timers/promises'
import type { AlertConfig } from '../../app/config.ts'
import { PulihError } from '../../error.ts'
import { channelLimitMs, type Notifier } from './notifier.ts'
import { type Answer, post } from './post.ts'

type TelegramConfig = NonNullable<AlertConfig['telegram']>

/** The Bot API's limit, in UTF-16 units. */
const longestText = 4096

/** Messages of a Telegram bot, as plain text: nothing in them can break their markup. */
export function telegram(config: TelegramConfig): Notifier {
  return {
    name: 'telegram',
    async send({ title, message }, signal) {
      const chat = { id: config.chatId }
      for (const text of split(`${title}\n${message}`)) await sendText(config, chat, text, signal)
    },
  }
}

/** Pieces of at most 4,096 units, cut at a line or a space where there is one, and never inside a character. */
export function split(text: string, limit = longestText): string[] {
  const pieces: string[] = []
  let rest = text
  while (rest.length > limit) {
    const end = cutAt(rest, limit)
    pieces.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return [...pieces, rest].filter((piece) => piece !== '')
}

function cutAt(text: string, limit: number): number {
  for (const mark of ['\n', ' ']) {
    const at = text.lastIndexOf(mark, limit)
    if (at > limit / 2) return at
  }
  const high = text.charCodeAt(limit - 1)
  return high >= 0xd800 && high <= 0xdbff ? limit - 1 : limit
}

interface Reply {
  readonly ok?: boolean
  readonly description?: string
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number }
}

/** Waits as long as the server asks for, if that is within this channel's time; follows a group that became a supergroup. */
async function sendText(
  config: TelegramConfig,
  chat: { id: string },
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + channelLimitMs
  for (;;) {
    const answer = await call(config, { chat_id: chat.id, text, link_preview_options: { is_disabled: true } }, signal)
    const reply = parse(answer)
    if (answer.status === 200 && reply.ok === true) return
    const { retry_after: seconds, migrate_to_chat_id: moved } = reply.parameters ?? {}
    if (moved !== undefined && String(moved) !== chat.id) chat.id = String(moved)
    else if (answer.status === 429 && seconds !== undefined && performance.now() + seconds * 1000 < until)
      await pause(seconds * 1000, undefined, { signal })
    else throw refused(answer, reply)
  }
}

async function call(config: TelegramConfig, body: object, signal: AbortSignal): Promise<Answer> {
  const url = `${config.apiRoot}/bot${config.token.reveal()}/sendMessage`
  const headers = { 'content-type': 'application/json' }
  return await post('telegram', url, { body: JSON.stringify(body), headers, signal })
}

function parse({ text }: Answer): Reply {
  try {
    return (JSON.parse(text) ?? {}) as Reply
  } catch {
    // A proxy's page, say: the status tells enough.
    return {}
  }
}

function refused({ status }: Answer, { description, parameters }: Reply): PulihError {
  const wait = parameters?.retry_after === undefined ? '' : `, again in ${parameters.retry_after} s`
  const reason = `${status} ${typeof description === 'string' ? description.slice(0, 200) : ''}`.trim() + wait
  return new PulihError('alert.refused', { channel: 'telegram', reason })
}
