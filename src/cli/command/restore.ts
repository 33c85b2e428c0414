import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { App } from '../../app/app.ts'
import { isPulihError, PulihError } from '../../error.ts'
import { restorePhrases as words } from '../../message/phrases/restore.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { PlanWarning, RestorePlan, RestoreRequest, RestoreResult } from '../../restore/plan-types.ts'
import { parseDuration } from '../../time/duration.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { planScreen, resultScreen } from '../show/restore.ts'

const usage = 'pulih restore NAME|FILE.zip [--to DIR] [--only PATH…] [--at TIME] · pulih restore --undo'

export const command: Command = {
  name: 'restore',
  summary: words['restore.summary'],
  positionals: [
    { name: 'NAME|FILE.zip', optional: true },
    { name: 'PATH', optional: true, many: true },
  ],
  options: {
    to: { type: 'string', value: 'DIR', summary: words['restore.option.to'] },
    into: { type: 'boolean', summary: words['restore.option.into'] },
    only: { type: 'string', many: true, value: 'PATH', summary: words['restore.option.only'] },
    at: { type: 'string', value: 'TIME', summary: words['restore.option.at'] },
    undo: { type: 'boolean', summary: words['restore.option.undo'] },
    wait: { type: 'string', value: '30s', summary: words['restore.option.wait'] },
  },
  examples: [
    'pulih restore latest --dry-run',
    'pulih restore backup_manual_20250802_120000',
    'pulih restore latest --only finance_bot.db --yes',
    'pulih restore --at "2025-08-02 12:00"',
    'pulih restore backup_manual_20250802_120000.zip --to ./recovered',
    'pulih restore --undo',
  ],
  async run(call) {
    const { options } = call
    checkCombination(call)
    if (options.undo === true) return undo(call, await call.app())
    const app = await appFor(call)
    const request = await requestFrom(call, app)
    if (request.to !== undefined) return layOut(call, app, request)
    if (app === null) throw new PulihError('restore.where', { found: request.name ?? '' })
    return restore(call, app, request)
  },
}

/** Options that contradict each other, before anything is looked at. */
function checkCombination({ options, positionals }: Call): void {
  const [name, extra] = positionals
  const pairs: [boolean, string, string][] = [
    [options.undo === true && name !== undefined, '--undo', name ?? ''],
    ...(['to', 'only', 'at', 'into'] as const).map((one): [boolean, string, string] => [
      options.undo === true && options[one] !== undefined,
      '--undo',
      `--${one}`,
    ]),
    [options.at !== undefined && name !== undefined, '--at', name ?? ''],
  ]
  for (const [wrong, first, second] of pairs) if (wrong) throw new PulihError('restore.both', { first, second })
  if (options.into === true && options.to === undefined) {
    throw new PulihError('usage.value-missing', { option: '--to', value: 'DIR', help: 'pulih restore --help' })
  }
  if (extra !== undefined && options.only === undefined) throw new PulihError('usage.extra', { found: extra, usage })
  if (name === undefined && options.at === undefined && options.undo !== true) {
    throw new PulihError('usage.missing', { name: 'NAME', usage })
  }
}

async function requestFrom({ options, positionals, signal, progress }: Call, app: App | null): Promise<RestoreRequest> {
  const [name, ...more] = positionals
  const { parseMoment } = await import('../../restore/moment.ts')
  const { systemZone } = await import('../../time/zone.ts')
  const at = options.at as string | undefined
  return {
    ...{ name, to: options.to as string | undefined, into: options.into === true, signal, progress },
    only: [...((options.only as readonly string[] | undefined) ?? []), ...more],
    atMs: at === undefined ? undefined : parseMoment(at, app?.zone ?? systemZone()),
  }
}

/**
 * The app the call is about; null when a zip file is named on a machine, or in a folder, where there is none: then
 * nothing is recorded and nothing of ours is made there.
 */
async function appFor(call: Call): Promise<App | null> {
  const { global, options, positionals } = call
  const file = positionals[0] === undefined || !existsSync(resolve(positionals[0])) ? null : resolve(positionals[0])
  if (file === null) return call.app()
  const isNamed = global.dir !== undefined || global.config !== undefined
  try {
    const app = await call.app()
    const { backups, archives } = app.folders
    const isHere = app.configPath !== null || [backups, archives].includes(dirname(file))
    return isNamed || isHere ? app : null
  } catch (error) {
    // A zip file lays out without any configuration, so also beside a broken one that nobody asked for.
    if (isNamed || options.to === undefined || !isPulihError(error) || !error.code.startsWith('config.')) throw error
    return null
  }
}

async function restore(call: Call, app: App, request: RestoreRequest): Promise<Outcome> {
  const { prepareRestore } = await import('../../restore/plan.ts')
  await using prepared = await prepareRestore(app, request)
  if (call.global.dryRun) return planned(prepared.plan, call)
  await agree(call, prepared.plan)
  const { runRestore } = await import('../../restore/restore.ts')
  return done(prepared.plan, await runRestore(app, prepared, runOptions(call)), call)
}

async function undo(call: Call, app: App): Promise<Outcome> {
  const { planUndo, runUndo } = await import('../../restore/undo.ts')
  const plan = await planUndo(app, { signal: call.signal, progress: call.progress })
  if (call.global.dryRun) return planned(plan, call)
  await agree(call, plan)
  return done(plan, await runUndo(app, plan, runOptions(call)), call)
}

/** Replaces nothing, so nobody is asked. */
async function layOut(call: Call, app: App | null, request: RestoreRequest): Promise<Outcome> {
  const { planLayOut, runLayOut } = await import('../../restore/lay-out.ts')
  const plan = await planLayOut(app, request)
  if (call.global.dryRun) return planned(plan, call)
  return done(plan, await runLayOut(app, plan, runOptions(call)), call)
}

/** Shows the plan and asks. A refusal that is certain comes before the question. */
async function agree(call: Call, plan: RestorePlan): Promise<void> {
  const { heldError } = await import('../../restore/service.ts')
  if (plan.holders.length > 0 && plan.stop === null) throw heldError(plan.holders)
  if (plan.paths.every(({ action }) => action === 'same' || action === 'leave')) return
  const { language, quiet } = call.global
  if (!quiet && !call.global.json) call.terminal.show(planScreen(plan, language))
  const yes = await call.terminal.confirm(say(language, 'restore.ask', { target: plan.target }))
  if (!yes) throw new PulihError('cancelled')
}

function runOptions({ options, signal, progress }: Call) {
  const wait = options.wait as string | undefined
  if (wait === undefined) return { signal, progress }
  const waitMs = parseDuration(wait)
  if (waitMs === null) throw new PulihError('usage.value', { option: '--wait', found: wait, allowed: '30s, 5m, 1h' })
  return { waitMs, signal, progress }
}

function planned(plan: RestorePlan, { global }: Call): Outcome {
  return {
    exit: 0,
    json: { ...plan, dryRun: true, warnings: spoken(plan.warnings, global.language) },
    text: (language) => `${planScreen(plan, language)}\n\n${say(language, 'restore.plan.dry')}`,
  }
}

function done(plan: RestorePlan, result: RestoreResult, { global }: Call): Outcome {
  const isDown = result.warnings.some(({ code }) => code === 'not-started')
  return {
    exit: isDown ? 3 : 0,
    json: { ...result, warnings: spoken(result.warnings, global.language) },
    text: (language) => resultScreen(plan, result, language),
  }
}

function spoken(warnings: readonly PlanWarning[], language: Language): { code: string; message: string }[] {
  return warnings.map(({ code, message }) => ({ code, message: message[language] }))
}
