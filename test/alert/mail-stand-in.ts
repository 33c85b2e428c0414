import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** A mail server that wants a user and a password, and keeps what it gets. */
export interface MailStandIn extends AsyncDisposable {
  readonly port: number
  readonly mails: readonly ParsedMail[]
}

export async function mailStandIn(password: string): Promise<MailStandIn> {
  const mails: ParsedMail[] = []
  const server = new SMTPServer({
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.password === password
        ? done(null, { user: auth.username ?? '' })
        : done(new Error(`wrong: ${auth.password}`)),
    onData(stream, _session, done) {
      simpleParser(stream).then(
        (mail) => {
          mails.push(mail)
          done()
        },
        (error: Error) => done(error),
      )
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
