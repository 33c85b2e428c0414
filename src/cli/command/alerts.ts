import type { Alert } from '../../alert/alert.ts'
import type { App } from '../../app/app.ts'
import { PulihError } from '../../error.ts'
import { alertPhrases as words } from '../../message/phrases/alert.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import { isoWithOffset } from '../../time/zone.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { alertJson, alertLine } from '../show/status.ts'
import { style } from '../show/style.ts'

const listCommand: Command = {
  name: 'list',
  summary: words['alerts.list.summary'],
  positionals: [],
  options: {},
  examples: ['pulih alerts list', 'pulih alerts list --json'],
  run: list,
}

const testCommand: Command = {
  name: 'test',
  summary: words['alerts.test.summary'],
  positionals: [],
  options: {},
  examples: ['pulih alerts test'],
  run: testPath,
}

export const command: Command = {
  name: 'alerts',
  summary: words['alerts.summary'],
  positionals: [],
  options: {},
  examples: [],
  commands: [listCommand, testCommand],
  run: list,
}

const pastShown = 10

async function list(call: Call): Promise<Outcome> {
  const app = await call.app()
  const { readAlerts } = await import('../../alert/state.ts')
  const newest = (await readAlerts(app)).alerts.toReversed()
  const open = newest.filter(({ closedMs }) => closedMs === null)
  const past = newest.filter(({ closedMs }) => closedMs !== null)
  const json = (one: Alert) => {
    const closed = one.closedMs === null ? null : isoWithOffset(one.closedMs, app.zone)
    return { ...alertJson(app, one, call.global.language), closed }
  }
  return {
    exit: 0,
    json: { alerts: [...open, ...past].map(json) },
    text: (language) => listScreen(app, open, past, language),
  }
}

function listScreen(app: App, open: readonly Alert[], past: readonly Alert[], language: Language): string {
  const line = (one: Alert): string => alertLine(app, one, language)
  return [
    open.length === 0
      ? style.good(say(language, 'alerts.none'))
      : style.bad(say(language, 'alerts.open', { count: open.length })),
    ...open.map(line),
    ...(past.length === 0
      ? []
      : ['', style.faint(say(language, 'alerts.past')), ...past.slice(0, pastShown).map(line)]),
    ...(app.config.alerts.order.length === 0 ? ['', style.warn(say(language, 'alerts.no-channel'))] : []),
    say(language, 'front.next', { command: open.length === 0 ? 'pulih alerts test' : 'pulih health' }),
  ].join('\n')
}

async function testPath(call: Call): Promise<Outcome> {
  const app = await call.app()
  const { testChannels } = await import('../../alert/self-test.ts')
  const results = await testChannels(app)
  if (results.length === 0) throw new PulihError('alert.no-channel')
  const accepted = results.filter(({ ok }) => ok).length
  return {
    exit: accepted === results.length ? 0 : accepted === 0 ? 1 : 3,
    json: { channels: results },
    text: (language) =>
      [
        ...results.map(({ channel, ok, error }) =>
          ok
            ? style.good(say(language, 'alerts.accepted', { channel }))
            : style.bad(say(language, 'alerts.refused', { channel, reason: error ?? '' })),
        ),
        say(language, 'alerts.look'),
      ].join('\n'),
  }
}
