import type { App } from '../../app/app.ts'
import { PulihError } from '../../error.ts'
import { triggerPhrases as words } from '../../message/phrases/trigger.ts'
import { say, sayNote } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import { parseDuration } from '../../time/duration.ts'
import { isoWithOffset } from '../../time/zone.ts'
import type { RowChange } from '../../trigger/changes.ts'
import { isOn, minIntervalOf, typeOfTrigger } from '../../trigger/kind.ts'
import type { TriggerRequest, TriggerResult } from '../../trigger/run.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { duration } from '../show/format.ts'
import { style } from '../show/style.ts'

export const command: Command = {
  name: 'trigger',
  summary: words['trigger.summary'],
  positionals: [{ name: 'NAME' }],
  options: {
    label: { type: 'string', value: 'LABEL', summary: words['trigger.option.label'] },
    reason: { type: 'string', value: 'TEXT', summary: words['trigger.option.reason'] },
    until: { type: 'string', value: 'stored|proven', summary: words['trigger.option.until'] },
    override: { type: 'string', value: 'REASON', summary: words['trigger.option.override'] },
    wait: { type: 'string', value: '2m', summary: words['trigger.option.wait'] },
    done: { type: 'string', value: 'BACKUP', summary: words['trigger.option.done'] },
    failed: { type: 'boolean', summary: words['trigger.option.failed'] },
  },
  examples: [
    'pulih trigger before_migration',
    'pulih trigger before_deployment --label v2.0.0',
    'pulih trigger bulk_delete_assets --reason "asked by /hapus" --json',
    'pulih trigger bulk_delete_assets --done backup_bulk_delete_assets_20250802_120000',
  ],
  async run(call) {
    // The caller asked before this process began.
    const spentMs = performance.now()
    const request = requestFrom(call)
    const app = await call.app()
    if (call.global.dryRun) return preview(app, request.name)
    if (typeof call.options.done === 'string') return recordDone(app, call, call.options.done)
    const { runTrigger } = await import('../../trigger/run.ts')
    const arrivedMs = app.clock.now() - Math.ceil(spentMs)
    const { signal, progress } = call
    return outcomeOf(app, request.name, await runTrigger(app, { ...request, arrivedMs, signal, progress }), call)
  },
}

function requestFrom({ positionals, options }: Call): Omit<TriggerRequest, 'arrivedMs'> {
  const { label = null, reason = null, until = 'proven', wait, override } = options as Record<string, string>
  const { PULIH_OVERRIDE: always } = process.env
  return {
    ...{ name: positionals[0] as string, label, reason, until: untilFrom(until), override: override ?? always ?? null },
    ...(wait === undefined ? {} : { waitMs: waitFrom(wait) }),
  }
}

function untilFrom(until: string): 'stored' | 'proven' {
  if (until === 'stored' || until === 'proven') return until
  throw new PulihError('usage.value', { option: '--until', found: until, allowed: 'stored, proven' })
}

function waitFrom(wait: string): number {
  const ms = parseDuration(wait)
  if (ms === null) throw new PulihError('usage.value', { option: '--wait', found: wait, allowed: '30s, 5m, 1h' })
  return ms
}

function outcomeOf(app: App, trigger: string, result: TriggerResult, { global }: Call): Outcome {
  const { outcome, backup, state, captureFromMs, warnings } = result
  return {
    exit: 0,
    json: {
      ...{ trigger, type: typeOfTrigger(trigger), outcome, backup, state },
      captured: captureFromMs === null ? null : isoWithOffset(captureFromMs, app.zone),
      warnings: warnings.map((one) => ({ code: one.code, message: sayNote(global.language, one) })),
    },
    text: (language) => (global.quiet ? (backup ?? outcome) : screen(result, language)),
  }
}

function screen({ outcome, backup, warnings }: TriggerResult, language: Language): string {
  const opened = say(language, `trigger.${outcome}`, { name: backup ?? '' })
  const paint = outcome === 'overridden' || outcome === 'switched-off' ? style.warn : style.good
  return [
    paint(opened),
    ...warnings.map((one) => style.warn(`⚠️ ${sayNote(language, one)}`)),
    say(language, 'front.next', { command: 'pulih history' }),
  ].join('\n')
}

function preview(app: App, trigger: string): Outcome {
  const facts = { on: isOn(app.config, trigger), type: typeOfTrigger(trigger) }
  const minIntervalMs = minIntervalOf(app.config, trigger)
  return {
    exit: 0,
    json: { dryRun: true, trigger, ...facts, minIntervalMs },
    text: (language) => {
      if (!facts.on) return say(language, 'trigger.preview-off', { trigger })
      const interval = minIntervalMs === 0 ? null : duration(minIntervalMs, language)
      return say(language, 'trigger.preview-on', { trigger, type: facts.type, interval })
    },
  }
}

async function recordDone(app: App, { positionals, options, signal }: Call, backup: string): Promise<Outcome> {
  const changes = await import('../../trigger/changes.ts')
  const name = positionals[0] as string
  const changed = await changes.recordDone(app, { name, backup, ok: options.failed !== true, signal })
  return {
    exit: 0,
    json: { trigger: name, backup, changed },
    text: (language) => changedScreen(name, changed, language),
  }
}

function changedScreen(name: string, changed: readonly RowChange[] | null, language: Language): string {
  if (changed === null) return say(language, 'trigger.not-counted', { name })
  if (changed.length === 0) return say(language, 'trigger.nothing-changed', { name })
  return changed
    .map(({ table, rows }) => {
      const code = rows < 0 ? 'log.rows-removed' : 'log.rows-added'
      return say(language, code, { name, table, rows: Math.abs(rows) })
    })
    .join('\n')
}
