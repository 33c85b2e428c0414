import type { AlertConfig } from '../../app/config.ts'
import { PulihError } from '../../error.ts'
import type { Notice, Notifier } from './notifier.ts'

type EmailConfig = NonNullable<AlertConfig['email']>

/** SMTP with TLS; in the clear only on this machine, or where the configuration says `secure: false`. */
export function email(config: EmailConfig): Notifier {
  return {
    name: 'email',
    async send(notice, signal) {
      const { createTransport } = await import('nodemailer')
      const transport = createTransport(optionsOf(config))
      const { promise: late, reject } = Promise.withResolvers<never>()
      const stop = () => reject(new PulihError('alert.refused', { channel: 'email', reason: 'no answer in time' }))
      signal.addEventListener('abort', stop, { once: true })
      try {
        await Promise.race([transport.sendMail(mailOf(config, notice)), late])
      } catch (error) {
        throw error instanceof PulihError ? error : refused(error)
      } finally {
        signal.removeEventListener('abort', stop)
        transport.close()
      }
    },
  }
}

/** Port 465 speaks TLS from the first byte, the others change over to it; nodemailer waits minutes unless told otherwise. */
function optionsOf({ host, port, secure, user, password }: EmailConfig) {
  const plain = secure === false || (secure === null && isLoopback(host))
  const fromTheStart = port === 465 ? secure !== false : secure === true && port !== 587 && port !== 25
  const limits = { connectionTimeout: 8000, greetingTimeout: 8000, socketTimeout: 9000, dnsTimeout: 8000 }
  return {
    ...{ host, port, ...limits },
    secure: fromTheStart,
    requireTLS: !plain && !fromTheStart,
    // In the clear is allowed here, so a certificate nobody signed is no worse.
    ...(plain && !fromTheStart ? { tls: { rejectUnauthorized: false } } : {}),
    ...(user === null ? {} : { auth: { user, pass: password?.reveal() ?? '' } }),
    // A message's words come from us alone, but never let it read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function mailOf({ from, to }: EmailConfig, { title, message, app, host, since, at, key, severity }: Notice) {
  const foot = [`${app} @ ${host}`, `${key} · ${severity}`, `${since} → ${at}`]
  const lines = [message, ...foot].map((line) => `<p>${escaped(line)}</p>`).join('\n')
  return {
    ...{ from, to: [...to], subject: title },
    text: `${message}\n\n${foot.join('\n')}\n`,
    html: `<h3>${escaped(title)}</h3>\n${lines}\n`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Pulih-Key': key.replaceAll(/[^\x20-\x7e]/g, '?') },
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** By its code and the server's number: a server may repeat what it was sent, a password included. */
function refused(error: unknown): PulihError {
  const { code, responseCode, command } = (error ?? {}) as Record<string, unknown>
  const parts = [code, responseCode, command].filter((part) => typeof part === 'string' || typeof part === 'number')
  return new PulihError('alert.refused', { channel: 'email', reason: parts.join(' ') || 'no connection' })
}
