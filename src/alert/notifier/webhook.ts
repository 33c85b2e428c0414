import { createHmac } from 'node:crypto'
import type { AlertConfig } from '../../app/config.ts'
import { PulihError } from '../../error.ts'
import type { Notice, Notifier } from './notifier.ts'
import { post } from './post.ts'

type WebhookConfig = NonNullable<AlertConfig['webhook']>

interface Posted {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** A JSON post; where the address is Slack's, Discord's or an ntfy server's, in the form they take. */
export function webhook({ url, secret }: WebhookConfig): Notifier {
  return {
    name: 'webhook',
    async send(notice, signal) {
      const address = url.reveal()
      const { body, headers } = formFor(address, notice)
      const signature: Readonly<Record<string, string>> =
        secret === null ? {} : { 'x-pulih-signature': `sha256=${hmac(secret.reveal(), body)}` }
      const { status } = await post('webhook', address, { body, headers: { ...headers, ...signature }, signal })
      if (status < 200 || status > 299)
        throw new PulihError('alert.refused', { channel: 'webhook', reason: `status ${status}` })
    },
  }
}

function hmac(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

function formFor(address: string, notice: Notice): Posted {
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  const text = `${notice.title}\n${notice.message}`
  if (host === 'hooks.slack.com') return json({ text })
  if (/(^|\.)discord(app)?\.com$/.test(host))
    return json({ content: text.slice(0, 2000), allowed_mentions: { parse: [] } })
  if (/(^|\.)ntfy\./.test(host)) return ntfy(notice)
  // Unknown receivers get everything: `text` and `content` are where chat-like ones look.
  return json({ ...notice, text, content: text.slice(0, 2000) })
}

function json(value: object): Posted {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } }
}

/** ntfy takes the message as the body and the rest from headers, words beyond ASCII as RFC 2047 writes them. */
function ntfy({ title, message, severity, event }: Notice): Posted {
  const priority = event === 'closed' ? '2' : severity === 'critical' ? '5' : '3'
  const word = `=?UTF-8?B?${Buffer.from(title).toString('base64')}?=`
  return { body: message, headers: { title: word, priority, 'content-type': 'text/plain; charset=utf-8' } }
}
