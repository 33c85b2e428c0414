import type { App } from '../../app/app.ts'
import type { NoticeKind } from '../due.ts'
import type { Severity } from '../state.ts'

export type ChannelName = App['config']['alerts']['order'][number]

/** One message to a person, in the app's language, without secrets. */
export interface Notice {
  readonly event: NoticeKind | 'test'
  readonly key: string
  readonly severity: Severity
  /** One line: sign, app, what happened. */
  readonly title: string
  readonly message: string
  /** The app's folder name, and the machine. */
  readonly app: string
  readonly host: string
  /** ISO with offset. */
  readonly since: string
  readonly at: string
}

/**
 * A way to reach a person. `send` resolves when the other side has accepted the notice, and throws alert.refused when it did
 * not, or could not be asked, within the time of the signal. It is called again only on the next run: it waits and repeats
 * by itself where the other side asks for that. What it throws never holds a token, an address with one, or a password.
 */
export interface Notifier {
  readonly name: ChannelName
  send(notice: Notice, signal: AbortSignal): Promise<void>
}

/** How long one channel may take for one notice. */
export const channelLimitMs = 10_000
