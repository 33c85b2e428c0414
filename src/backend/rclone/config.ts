import { PulihError } from '../../error.ts'
import { RestBackend } from '../rest/rest.ts'
import type { Send } from '../rest/send.ts'
import { RcloneServer } from './send.ts'

/** `rclone:remote:path`: any cloud an installed rclone is configured for; the child starts at the first request. */
export function openRclone(notation: string, env: Readonly<Record<string, string | undefined>>): RestBackend {
  const remote = notation.slice('rclone:'.length)
  if (!remote.includes(':') || remote.startsWith('-'))
    throw new PulihError('backend.notation', { notation, detail: 'expected rclone:remote:path' })
  let server: Promise<RcloneServer> | undefined
  const send: Send = async (request, signal) => {
    server ??= RcloneServer.start(remote, env)
    return (await server).send(request, signal)
  }
  const close = async () => {
    await (await server?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }
  return new RestBackend({ place: notation, base: 'http://rclone/', authorization: null, send, close })
}
