import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { isPulihError, PulihError } from '../error.ts'
import { note, sayNote } from '../message/phrases.ts'
import { channelState } from './deliver.ts'
import { channelLimitMs } from './notifier/notifier.ts'
import { post } from './notifier/post.ts'
import { changeAlerts, readAlerts } from './state.ts'

/**
 * Tells somebody outside that this machine still watches (as healthchecks does it): the address itself when things are well
 * enough, `/start` at the beginning, `/fail` when health is critical. Nobody hears a machine that is off; its silence there
 * is the alarm. A ping that fails is an alert, and no error here.
 */
export async function ping(app: App, event: 'start' | 'success' | 'fail', body: string): Promise<void> {
  const secret = app.config.alerts.heartbeatUrl
  if (secret === null) return
  const reason = await tryPing(() => addressOf(secret.reveal(), event), body, app)
  if (event === 'start' && reason === null) return
  const key = 'channel-failed:heartbeat_url'
  const known = (await readAlerts(app)).alerts.some((one) => one.key === key && one.closedMs === null)
  if (reason === null && !known) return
  await changeAlerts(app, (state) => channelState(app, state, 'heartbeat_url', reason))
  if (reason !== null && !known)
    logLine(
      app,
      'ERROR',
      `❌ ${sayNote(app.language, note('alert.channel-failed', { channel: 'heartbeat_url', reason }))}`,
    )
}

async function tryPing(address: () => string, body: string, app: App): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(channelLimitMs)
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const { status } = await post('heartbeat_url', address(), { body, headers, signal })
    return status >= 200 && status < 300 ? null : `status ${status}`
  } catch (error) {
    if (isPulihError(error, 'alert.refused')) return error.facts.reason
    if (isPulihError(error)) return error.words(app.language)[0]
    throw error
  }
}

function addressOf(url: string, event: 'start' | 'success' | 'fail'): string {
  if (!URL.canParse(url))
    throw new PulihError('alert.refused', { channel: 'heartbeat_url', reason: 'not a usable address' })
  const address = new URL(url)
  if (event !== 'success') address.pathname = `${address.pathname.replace(/\/$/, '')}/${event}`
  return address.href
}
