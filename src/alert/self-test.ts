import type { App } from '../app/app.ts'
import { channelState, tryChannel } from './deliver.ts'
import { testNotice } from './notice.ts'
import { notifiers } from './notifier/all.ts'
import { changeAlerts } from './state.ts'

export interface ChannelResult {
  readonly channel: string
  readonly ok: boolean
  readonly error: string | null
}

/** Sends a test through every configured channel; one that fails is an alert, one that works again closes it. */
export async function testChannels(app: App): Promise<readonly ChannelResult[]> {
  const notice = testNotice(app)
  const results = await Promise.all(
    notifiers(app).map(async (one) => ({ channel: one.name, error: await tryChannel(app, one, notice) })),
  )
  if (results.length > 0)
    await changeAlerts(app, (before) =>
      results.reduce((state, { channel, error }) => channelState(app, state, channel, error), before),
    )
  return results.map(({ channel, error }) => ({ channel, ok: error === null, error }))
}
