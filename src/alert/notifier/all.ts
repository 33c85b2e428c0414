import type { App } from '../../app/app.ts'
import { command } from './command.ts'
import { email } from './email.ts'
import type { Notifier } from './notifier.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'

/** The configured channels, in the order they were written: the first that accepts is enough. */
export function notifiers({ config: { alerts }, folders }: App): readonly Notifier[] {
  return alerts.order.flatMap((name): Notifier[] => {
    if (name === 'telegram') return alerts.telegram === null ? [] : [telegram(alerts.telegram)]
    if (name === 'email') return alerts.email === null ? [] : [email(alerts.email)]
    if (name === 'webhook') return alerts.webhook === null ? [] : [webhook(alerts.webhook)]
    return alerts.command === null ? [] : [command(alerts.command, folders.app)]
  })
}
