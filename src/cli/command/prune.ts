import type { App } from '../../app/app.ts'
import { PulihError } from '../../error.ts'
import { retentionPhrases as words } from '../../message/phrases/retention.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { RetentionPlan } from '../../retention/plan.ts'
import { parseDuration } from '../../time/duration.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'

export const command: Command = {
  name: 'prune',
  summary: words['prune.summary'],
  positionals: [],
  options: { wait: { type: 'string', value: '30s', summary: words['prune.option.wait'] } },
  examples: ['pulih prune --dry-run', 'pulih prune', 'pulih prune --yes --json'],
  async run(call) {
    const waitMs = waitFrom(call)
    const app = await call.app()
    const { prune } = await import('../../retention/prune.ts')
    if (call.global.dryRun) return outcomeOf(app, await prune(app, { dryRun: true }), 'planned')
    if (!(await agreed(app, call))) return declined(await prune(app, { dryRun: true }))
    const plan = await prune(app, {
      signal: call.signal,
      progress: call.progress,
      ...(waitMs === null ? {} : { waitMs }),
    })
    return outcomeOf(app, plan, 'done')
  },
}

/**
 * A person at a terminal sees the plan and is asked. A run that nobody watches goes on by itself: the next backup would
 * remove the same.
 */
async function agreed(app: App, { global, terminal }: Call): Promise<boolean> {
  if (!terminal.interactive || global.yes || global.json) return true
  const { prune } = await import('../../retention/prune.ts')
  const plan = await prune(app, { dryRun: true })
  const { removed, archived } = plan
  if (removed.length + archived.length === 0) return true
  terminal.tell(planLines(app, plan, 'planned', global.language).join('\n'))
  return terminal.confirm(say(global.language, 'prune.ask', { remove: removed.length, archive: archived.length }))
}

function waitFrom({ options }: Call): number | null {
  if (typeof options.wait !== 'string') return null
  const ms = parseDuration(options.wait)
  if (ms === null)
    throw new PulihError('usage.value', { option: '--wait', found: options.wait, allowed: '30s, 5m, 1h' })
  return ms
}

/** What lies in the archive folder now, or is moved there, is kept. */
function outcomeOf(app: App, plan: RetentionPlan, when: 'planned' | 'done'): Outcome {
  return {
    exit: 0,
    json: { ...jsonOf(plan), dryRun: when === 'planned' },
    text: (language) => screen(app, plan, when, language),
  }
}

function declined(plan: RetentionPlan): Outcome {
  const kept = [...plan.kept, ...plan.removed, ...plan.archived].map(({ name }) => ({ name, reasons: [] }))
  return { exit: 0, json: { kept, removed: [] }, text: (language) => say(language, 'prune.declined') }
}

function jsonOf({ kept, removed, archived }: RetentionPlan): object {
  return {
    kept: [
      ...kept.map(({ name, reasons }) => ({ name, reasons })),
      ...archived.map(({ name }) => ({ name, reasons: ['archived'] })),
    ],
    removed: removed.map(({ name, reason }) => ({ name, reason })),
    archived: archived.map(({ name, reason }) => ({ name, reason })),
  }
}

function screen(app: App, plan: RetentionPlan, when: 'planned' | 'done', language: Language): string {
  const { kept, removed, archived } = plan
  const changes = removed.length + archived.length
  const ending = changes === 0 ? say(language, 'prune.nothing', { count: kept.length }) : say(language, 'prune.safe')
  const next = when === 'planned' && changes > 0 ? 'pulih prune' : 'pulih list'
  return [
    ...planLines(app, plan, when, language),
    style.good(ending),
    say(language, 'front.next', { command: next }),
  ].join('\n')
}

function planLines(
  app: App,
  { kept, removed, archived }: RetentionPlan,
  when: 'planned' | 'done',
  language: Language,
): string[] {
  const folder = app.folders.archives
  const codes =
    when === 'done'
      ? (['prune.archived', 'prune.removed'] as const)
      : (['prune.would-archive', 'prune.would-remove'] as const)
  const parts = [
    section(
      say(language, 'prune.kept', { count: kept.length }),
      kept.map(({ name, reasons }) => [name, reasons.map((one) => say(language, `keep.${one}`)).join(', ')]),
    ),
    section(
      say(language, codes[0], { count: archived.length, folder }),
      archived.map(({ name }) => [name, '']),
    ),
    section(
      say(language, codes[1], { count: removed.length }),
      removed.map(({ name, reason }) => [name, say(language, `remove.${reason}`)]),
    ),
  ]
  return parts.filter((part) => part !== null)
}

function section(title: string, rows: readonly (readonly [string, string])[]): string | null {
  if (rows.length === 0) return null
  return [
    style.strong(title),
    table(
      rows.map(([name, why]) => [name, style.faint(why)]),
      { indent: 2 },
    ),
    '',
  ].join('\n')
}
