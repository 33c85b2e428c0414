import type { App } from '../../app/app.ts'
import type { Act } from '../../catalogue/types.ts'
import { PulihError } from '../../error.ts'
import { type ErrorCode, type ErrorFacts, errors } from '../../message/errors.ts'
import { cataloguePhrases as words } from '../../message/phrases/catalogue.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Call, Command } from '../command.ts'
import { ageOf } from '../show/backup.ts'
import { dateTime, duration } from '../show/format.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'

const shownOnScreen = 20

export const command: Command = {
  name: 'history',
  summary: words['history.summary'],
  positionals: [],
  options: { limit: { type: 'string', value: 'N', summary: words['history.option.limit'] } },
  examples: ['pulih history', 'pulih history --limit 100', 'pulih history --json'],
  async run(call) {
    const limit = limitFrom(call)
    const app = await call.app()
    const { history } = await import('../../catalogue/history.ts')
    const acts = await history(app)
    return {
      exit: 0,
      json: { acts: acts.slice(0, limit ?? acts.length) },
      text: (language) => screen(app, acts, limit ?? shownOnScreen, language),
    }
  },
}

function limitFrom({ options }: Call): number | null {
  const { limit } = options
  if (typeof limit !== 'string') return null
  if (/^[1-9]\d{0,6}$/.test(limit)) return Number(limit)
  throw new PulihError('usage.value', { option: '--limit', found: limit, allowed: '1, 20, 100 …' })
}

function screen(app: App, acts: readonly Act[], limit: number, language: Language): string {
  if (acts.length === 0) {
    return [say(language, 'history.empty'), say(language, 'front.next', { command: 'pulih backup' })].join('\n')
  }
  const head = (['when', 'act', 'outcome', 'took', 'about'] as const).map((one) => say(language, `history.head.${one}`))
  const rows = acts.slice(0, limit).map((act) => rowOf(app, act, language))
  const more = acts.length - rows.length
  const newest = acts[0] as Act
  const isBad = newest.outcome === 'failed' || newest.outcome === 'interrupted'
  return [
    table([head.map(style.faint), ...rows], { head: true, align: ['left', 'left', 'left', 'right'] }),
    ...(more > 0 ? [style.faint(say(language, 'history.more', { count: more, limit: acts.length }))] : []),
    ...(isBad ? ['', style.warn(say(language, 'history.last-failed', { act: newest.act }))] : []),
  ].join('\n')
}

const colours = {
  running: style.strong,
  done: style.good,
  failed: style.bad,
  interrupted: style.bad,
  cancelled: style.warn,
}

function rowOf({ zone, clock }: App, act: Act, language: Language): string[] {
  const startedMs = Date.parse(act.started)
  const date = Number.isNaN(startedMs)
    ? act.started
    : `${dateTime(startedMs, zone, language)}  ${style.faint(ageOf(startedMs, clock.now(), language))}`
  return [
    date,
    act.act,
    colours[act.outcome](say(language, `outcome.${act.outcome}`)),
    act.durationMs === null ? '' : duration(act.durationMs, language),
    aboutOf(act, language),
  ]
}

function aboutOf({ backup, error, facts }: Act, language: Language): string {
  if (error !== null) return errorIn(error, language)
  const removed = Array.isArray(facts.removed) ? facts.removed.length : 0
  const reason = typeof facts.reason === 'string' ? facts.reason : null
  const named = typeof facts.path === 'string' ? facts.path : null
  return [backup, named, reason, removed > 0 ? `-${removed}` : null].filter((one) => one !== null).join(' · ')
}

/** The record keeps the English sentence; with its facts the same is said in the reader's language. */
function errorIn({ code, message, facts }: NonNullable<Act['error']>, language: Language): string {
  if (!Object.hasOwn(errors, code)) return message
  try {
    return new PulihError(code as ErrorCode, facts as ErrorFacts<ErrorCode>).words(language)[0]
  } catch {
    // Facts written by another version may not fit this one's sentence: the recorded one always does.
    return message
  }
}
