import { PulihError } from '../../error.ts'
import { scenarioPhrases as words } from '../../message/phrases/scenario.ts'
import { type Note, type PhraseCode, say, sayNote } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { MigrationLog } from '../../scenario/migration.ts'
import type { Plan, ScenarioResult } from '../../scenario/plan.ts'
import type { Prepared, Verdict } from '../../scenario/update.ts'
import { parseDuration } from '../../time/duration.ts'
import type { Call, Command, Option, Outcome } from '../command.ts'
import { openRuins } from '../ruins.ts'
import { migrationScreen, planScreen } from '../show/plan.ts'
import { style } from '../show/style.ts'
import { corruptionCommand } from './corruption.ts'

export const command: Command = {
  name: 'scenario',
  summary: words['scenario.summary'],
  positionals: [],
  options: {},
  examples: ['pulih scenario update v2.0.0', 'pulih scenario disaster --from ./zips'],
  commands: [updateCommand(), migrationCommand(), corruptionCommand(), maintenanceCommand(), disasterCommand()],
  run: async () => {
    throw new PulihError('bug', { detail: 'scenario has commands of its own' })
  },
}

function updateCommand(): Command {
  const verify: Option = { type: 'boolean', summary: words['scenario.option.verify-update'] }
  return {
    name: 'update',
    summary: words['scenario.update.summary'],
    positionals: [{ name: 'VERSION', optional: true }],
    options: { verify },
    examples: ['pulih scenario update v2.0.0', 'pulih scenario update v2.0.0 --verify --json'],
    async run(call) {
      const version = await wordFor(call, 'VERSION', 'menu.ask.version', 'pulih scenario update VERSION')
      const app = await call.app()
      const { prepareUpdate, verifyUpdate } = await import('../../scenario/update.ts')
      const work = { signal: call.signal, progress: call.progress }
      if (call.options.verify === true) return verdictOf(version, await verifyUpdate(app, version, work))
      if (call.global.dryRun) return wouldDo('update', await planAt(call, `rollback_${version}`))
      return preparedUpdate(version, await prepareUpdate(app, version, work), call)
    },
  }
}

function preparedUpdate(version: string, { path, plan, warnings, preflight }: Prepared, call: Call): Outcome {
  return {
    exit: warnings.length > 0 ? 3 : 0,
    json: { ...resultOf('update', path, plan), preflight, checklist: plan.checklist, warnings: spoken(warnings, call) },
    text: (language) =>
      [
        ...readyLines(path, plan, language),
        ...warningLines(warnings, language),
        next(language, 'after', `pulih scenario update ${version} --verify`),
        next(language, 'back', `pulih rollback ${version}`),
      ].join('\n'),
  }
}

interface Verified {
  readonly path: string
  readonly plan: Plan
  readonly verdict: Verdict
}

function verdictOf(version: string, { path, plan, verdict }: Verified): Outcome {
  return {
    exit: verdict.passed ? 0 : 1,
    json: { ...resultOf('update', path, plan), verdict },
    text: (language) => {
      if (verdict.passed) return style.good(say(language, 'scenario.passed'))
      const lines = verdict.problems.map(({ message }) => `  - ${message[language]}`)
      const head = style.bad(say(language, 'scenario.failed'))
      return [head, ...lines, next(language, 'back', `pulih rollback ${version}`)].join('\n')
    },
  }
}

function migrationCommand(): Command {
  const verify: Option = { type: 'boolean', summary: words['scenario.option.verify-migration'] }
  return {
    name: 'migration',
    summary: words['scenario.migration.summary'],
    positionals: [{ name: 'NAME', optional: true }],
    options: { verify },
    takesCommand: true,
    examples: [
      'pulih scenario migration add_new_asset_fields',
      'pulih scenario migration add_new_asset_fields -- python3 migrate.py',
    ],
    async run(call) {
      const name = await wordFor(call, 'NAME', 'menu.ask.migration', 'pulih scenario migration NAME [-- CMD…]')
      const line = await migrationLine(call)
      const app = await call.app()
      const { migrate, verifyMigration } = await import('../../scenario/migration.ts')
      const work = { signal: call.signal, progress: call.progress }
      if (call.options.verify === true) {
        const { path, log } = await verifyMigration(app, name, work)
        return migrationOutcome(path, log, [], log.problems.length > 0 ? 1 : 0)
      }
      if (call.global.dryRun) return wouldDo('migration', await planAt(call, `migration_${name}`), line)
      const onOutput = call.global.quiet ? {} : { onOutput: tellLines(call) }
      const onNote = (said: Note): void => call.terminal.tell(`⚠️ ${sayNote(call.global.language, said)}`)
      const { path, log, warnings } = await migrate(app, name, { ...work, command: line, onNote, ...onOutput })
      const isBad = log.status === 'failed'
      return migrationOutcome(path, log, spoken(warnings, call), isBad ? 1 : warnings.length > 0 ? 3 : 0)
    },
  }
}

function migrationOutcome(path: string, log: MigrationLog, warnings: unknown, exit: 0 | 1 | 3): Outcome {
  const { outcome, difference, problems, checkpoints, reason } = log
  return {
    exit,
    json: { ...resultOf('migration', path, log), outcome, reason, difference, problems, checkpoints, warnings },
    text: (language) => migrationScreen(path, log, language),
  }
}

function maintenanceCommand(): Command {
  return {
    name: 'maintenance',
    summary: words['scenario.maintenance.summary'],
    positionals: [],
    options: {
      window: { type: 'string', value: '2h', summary: words['scenario.option.window'] },
      'log-age': { type: 'string', value: '30d', summary: words['scenario.option.log-age'] },
      task: { type: 'string', value: 'TASK', summary: words['scenario.option.task'] },
    },
    examples: ['pulih scenario maintenance', 'pulih scenario maintenance --window 1h --log-age 90d'],
    async run(call) {
      const window = durationOption(call, 'window', '2h')
      const logAge = durationOption(call, 'log-age', '30d')
      const app = await call.app()
      const work = { signal: call.signal, progress: call.progress }
      const { prepareMaintenance, taskNames } = await import('../../scenario/maintenance.ts')
      const wanted = call.options.task
      if (wanted !== undefined) {
        const task = taskNames.find((one) => one === wanted)
        const allowed = taskNames.join(', ')
        if (task === undefined)
          throw new PulihError('usage.value', { option: '--task', found: String(wanted), allowed })
        if (call.global.dryRun) return wouldDo('maintenance', await planAt(call, 'maintenance_checklist'), task)
        const { doTask } = await import('../../scenario/tasks.ts')
        const end = await doTask(app, task, { ...work, windowMs: window.ms, logAgeMs: logAge.ms })
        const figures = JSON.stringify(end.after)
        return {
          exit: end.after.low === true ? 3 : 0,
          json: end,
          text: (language) => say(language, 'maintenance.task-done', { task, figures }),
        }
      }
      if (call.global.dryRun) return wouldDo('maintenance', await planAt(call, 'maintenance_checklist'))
      const made = await prepareMaintenance(app, { ...work, window: window.text, logAge: logAge.text })
      const { path, plan, warnings } = made
      return {
        exit: warnings.length > 0 ? 3 : 0,
        json: { ...resultOf('maintenance', path, plan), warnings: spoken(warnings, call) },
        text: (language) =>
          [
            ...readyLines(path, plan, language),
            ...warningLines(warnings, language),
            planScreen(plan, language),
            next(language, 'run', 'pulih plan run maintenance_checklist'),
          ].join('\n'),
      }
    },
  }
}

function durationOption({ options }: Call, name: string, standard: string): { text: string; ms: number } {
  const found = (options[name] as string | undefined) ?? standard
  const ms = parseDuration(found)
  if (ms === null) throw new PulihError('usage.value', { option: `--${name}`, found, allowed: '30m, 2h, 30d' })
  return { text: found, ms }
}

function disasterCommand(): Command {
  return {
    name: 'disaster',
    summary: words['scenario.disaster.summary'],
    positionals: [],
    options: {
      from: { type: 'string', value: 'DIR', summary: words['scenario.option.from'] },
      card: { type: 'boolean', summary: words['scenario.option.card'] },
    },
    examples: [
      'pulih scenario disaster',
      'pulih scenario disaster --from ./zips --yes',
      'pulih scenario disaster --card',
    ],
    async run(call) {
      const { app, problem } = await openRuins(call)
      if (call.options.card === true) {
        const { writeCard } = await import('../../scenario/card.ts')
        const card = await writeCard(app, call.global.language)
        return {
          exit: 0,
          json: { scenario: 'disaster', card },
          text: (language) => style.good(say(language, 'disaster.card-written', card)),
        }
      }
      const { prepareDisaster } = await import('../../scenario/disaster.ts')
      const from = (call.options.from as string | undefined) ?? null
      const made = await prepareDisaster(app, from, { problem, signal: call.signal, progress: call.progress })
      const { path, assessment } = made
      const screen = (plan: Plan, language: Language): string => {
        const { created, place } = plan.source as { created: string; place: string }
        const chosen = place === 'vault' ? 'disaster.chosen-vault' : 'disaster.chosen'
        return [
          style.strong(say(language, 'disaster.title')),
          ...assessment.map(({ status, detail }) => `  ${status === 'healthy' ? '✅' : '⚠️'} ${detail[language]}`),
          say(language, chosen, { name: plan.backup ?? '', created }),
          planScreen(plan, language),
        ].join('\n')
      }
      const isAsked = call.terminal.interactive && !call.global.yes && !call.global.json && !call.global.dryRun
      if (isAsked) call.terminal.show(screen(made.plan, call.global.language))
      const question = say(call.global.language, 'disaster.ask', { target: app.folders.app })
      const isMeant = !call.global.dryRun && (call.global.yes || (isAsked && (await call.terminal.confirm(question))))
      const json = (plan: Plan) => ({
        ...resultOf('disaster', path, plan),
        assessment,
        source: plan.source,
        steps: plan.steps,
      })
      if (!isMeant) {
        return {
          exit: 0,
          json: json(made.plan),
          text: (language) =>
            [
              ...(isAsked ? [] : [screen(made.plan, language)]),
              style.good(say(language, 'scenario.ready', { path })),
              next(language, 'run', 'pulih plan run EMERGENCY_RECOVERY'),
            ].join('\n'),
        }
      }
      const { runPlan } = await import('../../scenario/run.ts')
      const { watching } = await import('./plan.ts')
      const plan = await runPlan(app, path, { mode: 'run', ...watching(call) })
      const isDone = plan.status === 'done'
      return {
        exit: isDone ? 0 : 1,
        json: json(plan),
        text: (language) =>
          [
            planScreen(plan, language),
            isDone
              ? style.good(say(language, 'disaster.done', { target: app.folders.app }))
              : next(language, 'resume', 'pulih plan resume EMERGENCY_RECOVERY'),
          ].join('\n'),
      }
    },
  }
}

/** A word of the command line; whoever can be asked is asked for it. */
async function wordFor(
  call: Call,
  name: string,
  question: PhraseCode & `menu.ask.${string}`,
  usage: string,
): Promise<string> {
  const [found] = call.positionals
  if (found !== undefined) return found
  const answer = call.terminal.interactive
    ? await call.terminal.ask(say(call.global.language, question as 'menu.ask.version'))
    : ''
  if (answer === '') throw new PulihError('usage.missing', { name, usage })
  return answer
}

/** Whoever was asked for the name is asked for the command too; null: prepare only. */
async function migrationLine(call: Call): Promise<string | null> {
  const { shellLine } = await import('../../scenario/pulih-command.ts')
  if (call.command.length > 0) return shellLine(call.command)
  const isAsked = call.positionals.length === 0 && call.options.verify !== true
  const answer = isAsked ? await call.terminal.ask(say(call.global.language, 'menu.ask.command')) : ''
  return answer === '' ? null : answer
}

async function planAt(call: Call, name: string): Promise<string> {
  const { planPath } = await import('../../scenario/plan.ts')
  return planPath(await call.app(), name)
}

/** `--dry-run`: what it would make and run; nothing is made. */
function wouldDo(scenario: string, path: string, command: string | null = null): Outcome {
  return {
    exit: 0,
    json: { scenario, plan: path, backup: null, status: 'ready', command, dryRun: true },
    text: (language) => say(language, 'scenario.would', { path, command }),
  }
}

function resultOf(scenario: string, path: string, plan: Plan): ScenarioResult {
  return { scenario, plan: path, backup: plan.backup, status: plan.status }
}

function readyLines(path: string, { backup }: Plan, language: Language): string[] {
  return [
    style.good(say(language, 'scenario.ready', { path })),
    `  ${say(language, 'scenario.backup-made', { name: backup ?? '' })}`,
  ]
}

function next(language: Language, what: string, line: string): string {
  return say(language, 'scenario.next', { what, command: line })
}

function spoken(warnings: readonly Note[], { global }: Call): { code: string; message: string }[] {
  return warnings.map((one) => ({ code: one.code, message: sayNote(global.language, one) }))
}

function warningLines(warnings: readonly Note[], language: Language): string[] {
  return warnings.map((one) => style.warn(`⚠️ ${sayNote(language, one)}`))
}

/** Output in pieces -> whole lines on standard error. */
function tellLines({ terminal }: Call): (piece: string) => void {
  let rest = ''
  return (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) terminal.tell(`  | ${line}`)
  }
}
