import { PulihError } from '../../error.ts'
import type { ChannelName } from './notifier.ts'

export interface Answer {
  readonly status: number
  readonly text: string
}

const longestAnswer = 64 * 1024

/**
 * Posts to an address that may hold a secret: what goes wrong is told by the system's code or the status alone, never in a
 * library's words, which name the address. Redirects are not followed: the secret would go along.
 */
export async function post(
  channel: ChannelName | 'heartbeat_url',
  url: string,
  request: { body: string; headers: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<Answer> {
  const { body, headers, signal } = request
  try {
    const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' })
    return { status: response.status, text: await bounded(response) }
  } catch (error) {
    throw new PulihError('alert.refused', { channel, reason: reasonOf(error, signal) })
  }
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > longestAnswer) break
  }
  return text.slice(0, longestAnswer)
}

/** `ECONNREFUSED`, `no answer in time` …: a word for what happened that cannot hold a secret. */
export function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no answer in time'
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code
  }
  return error instanceof TypeError ? 'not a usable address, or no connection' : 'no connection'
}
