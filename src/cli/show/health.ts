import { basename } from 'node:path'
import type { App } from '../../app/app.ts'
import { redact } from '../../catalogue/redact.ts'
import type { CheckResult, Health } from '../../check/all.ts'
import type { Status } from '../../check/check.ts'
import { healthJson } from '../../check/report.ts'
import { say, sayNote } from '../../message/phrases.ts'
import type { ExitCode, Language } from '../../message/sentence.ts'
import type { Outcome } from '../command.ts'
import { style } from './style.ts'

const exits: Readonly<Record<Status, ExitCode>> = { healthy: 0, warning: 3, critical: 4 }
const signs: Readonly<Record<Status, string>> = { healthy: '✅', warning: '⚠️', critical: '❌' }
const colours = { healthy: style.good, warning: style.warn, critical: style.bad } as const

/** What `health` and `monitor --once` answer: JSON, screen and exit code. */
export function healthOutcome(app: App, health: Health, report: string | null, language: Language): Outcome {
  return {
    exit: exits[health.status],
    json: { ...healthJson(app, health, language), report },
    text: (reader) =>
      [
        style.strong(say(reader, 'health.title', { app: basename(app.folders.app) })),
        ...health.checks.flatMap((one) => lines(app, one, reader)),
        '',
        colours[health.status](say(reader, 'health.status', { status: health.status })),
        style.faint(report === null ? say(reader, 'health.no-report') : say(reader, 'health.report', { path: report })),
      ].join('\n'),
  }
}

function lines(app: App, { name, status, notes }: CheckResult, language: Language): string[] {
  const title = say(language, `check.name.${name}`)
  const [first = '', ...more] = notes.map((one) => redact(sayNote(language, one), app))
  return [colours[status](`${signs[status]} ${title}: `) + first, ...more.map((text) => `   ${text}`)]
}
