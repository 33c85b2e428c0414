import type { App } from '../../app/app.ts'
import { redact } from '../../catalogue/redact.ts'
import type { DrillResult } from '../../drill/drill.ts'
import { PulihError } from '../../error.ts'
import { drillPhrases as words } from '../../message/phrases/drill.ts'
import { say, sayNote } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { duration } from '../show/format.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'

export const command: Command = {
  name: 'drill',
  summary: words['drill.summary'],
  positionals: [{ name: 'NAME', optional: true }],
  options: {
    full: { type: 'boolean', summary: words['drill.option.full'] },
    older: { type: 'boolean', summary: words['drill.option.older'] },
    from: { type: 'string', value: 'archive|vault', summary: words['drill.option.from'] },
  },
  examples: [
    'pulih drill',
    'pulih drill backup_manual_20250802_120000',
    'pulih drill --older --json',
    'pulih drill --full',
    'pulih drill --from vault',
  ],
  run: (call) => runDrill(call, call.options.full === true),
}

/** `drill`, and `rehearse`, which is `drill --full`. Exit 1 when the backup could not be recovered. */
export async function runDrill(call: Call, full: boolean): Promise<Outcome> {
  const from = fromOption(call)
  const app = await call.app()
  const { drillWithAlert } = await import('../../alert/drill.ts')
  const { signal, progress, positionals, options, global } = call
  const older = options.older === true
  const result = await drillWithAlert(app, { name: positionals[0], older, full, from, signal, progress })
  return {
    exit: result.outcome === 'passed' ? 0 : 1,
    json: { ...result, reason: reasonOf(app, result, global.language) },
    text: (language) => screen(app, result, language),
  }
}

function fromOption({ options: { from = 'archive' } }: Call): 'archive' | 'vault' {
  if (from === 'archive' || from === 'vault') return from
  throw new PulihError('usage.value', { option: '--from', found: String(from), allowed: 'archive, vault' })
}

function reasonOf(app: App, { reason }: DrillResult, language: Language): string | null {
  return reason === null ? null : redact(sayNote(language, reason), app)
}

function screen(app: App, result: DrillResult, language: Language): string {
  const { backup: name, phases, recoverySeconds, smokeTest, previous } = result
  const reason = reasonOf(app, result, language)
  const spent = (ms: number): string => duration(ms, language)
  const head =
    reason === null
      ? style.good(say(language, 'drill.passed', { name, spent: spent(recoverySeconds * 1000) }))
      : style.bad(say(language, 'drill.not-passed', { name, reason }))
  const rows = phases.map((one) => [say(language, `drill.phase.${one.name}`), spent(one.ms)])
  return [
    head,
    table(rows, { indent: 2, align: ['left', 'right'] }),
    ...(smokeTest === null && reason === null ? [style.faint(say(language, 'drill.no-smoke-test'))] : []),
    ...(previous === null
      ? []
      : [say(language, 'drill.previous', { backup: previous.backup, spent: spent(previous.recoverySeconds * 1000) })]),
    reason === null ? say(language, 'front.next', { command: 'pulih status' }) : say(language, 'drill.next-older'),
  ].join('\n')
}
