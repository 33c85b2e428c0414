import { hostname } from 'node:os'
import { basename } from 'node:path'
import type { App } from '../app/app.ts'
import { redact } from '../catalogue/redact.ts'
import { say, sayNote } from '../message/phrases.ts'
import { isoWithOffset } from '../time/zone.ts'
import type { Due } from './due.ts'
import type { Notice } from './notifier/notifier.ts'

/** An alert in words, in the app's language, with every secret as dots. */
export function noticeOf(app: App, { alert, kind }: Due): Notice {
  const { language, zone, clock, folders } = app
  const name = basename(folders.app)
  const message = redact(sayNote(language, alert.note), app)
  const { key, severity } = alert
  return {
    ...{ event: kind, key, severity, message, app: name, host: hostname() },
    title: say(language, 'alert.title', { kind, severity, app: name }),
    since: isoWithOffset(alert.sinceMs, zone),
    at: isoWithOffset(alert.closedMs ?? clock.now(), zone),
  }
}

/** What `alerts test` sends. */
export function testNotice(app: App): Notice {
  const { language, zone, clock, folders } = app
  const name = basename(folders.app)
  const at = isoWithOffset(clock.now(), zone)
  return {
    ...{ event: 'test', key: 'test', severity: 'warning', app: name, host: hostname(), since: at, at },
    title: say(language, 'alert.title', { kind: 'test', severity: 'warning', app: name }),
    message: say(language, 'alert.test'),
  }
}
