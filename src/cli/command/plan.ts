import { PulihError } from '../../error.ts'
import { scenarioPhrases as words } from '../../message/phrases/scenario.ts'
import { say } from '../../message/phrases.ts'
import type { Language, Phrase } from '../../message/sentence.ts'
import type { Plan } from '../../scenario/plan.ts'
import type { RunPlanOptions } from '../../scenario/run.ts'
import type { Call, Command, Option, Outcome } from '../command.ts'
import { openRuins } from '../ruins.ts'
import { planScreen } from '../show/plan.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'

const only: Option = { type: 'string', many: true, value: 'PATH', summary: words['plan.option.only'] }

export const command: Command = {
  name: 'plan',
  summary: words['plan.summary'],
  positionals: [],
  options: {},
  examples: ['pulih plan list', 'pulih plan run recovery_plan'],
  commands: [
    { ...verb('list', words['plan.list.summary'], list), examples: ['pulih plan list --json'] },
    onFile('show', words['plan.show.summary'], show),
    onFile('run', words['plan.run.summary'], (call) => run(call, 'run')),
    onFile('resume', words['plan.resume.summary'], (call) => run(call, 'resume')),
    verb('stop-app', words['plan.stop-app.summary'], stopApp),
    verb('start-app', words['plan.start-app.summary'], startApp),
    verb('smoke-test', words['plan.smoke-test.summary'], smokeTest),
    { ...verb('repair-app', words['plan.repair-app.summary'], repairDatabases), options: { only } },
    {
      ...verb('check-app', words['plan.check-app.summary'], checkApp),
      positionals: [{ name: 'NAME|FILE.zip' }],
      options: { only },
    },
  ],
  run: async () => {
    throw new PulihError('bug', { detail: 'plan has commands of its own' })
  },
}

function verb(name: string, summary: Phrase<void>, act: Command['run']): Command {
  return { name, summary, positionals: [], options: {}, examples: [`pulih plan ${name}`], run: act }
}

function onFile(name: string, summary: Phrase<void>, act: Command['run']): Command {
  const examples = [`pulih plan ${name} backups/rollback_v2.0.0.json`]
  return { ...verb(name, summary, act), positionals: [{ name: 'FILE' }], examples }
}

async function list(call: Call): Promise<Outcome> {
  const { listPlans } = await import('../../scenario/plan.ts')
  const plans = await listPlans((await openRuins(call)).app)
  return {
    exit: 0,
    json: {
      plans: plans.map(({ name, path, plan }) => {
        const { plan: kind, created, status, backup, steps } = plan
        return { name, path, plan: kind, created, status, backup, steps: steps.length }
      }),
    },
    text: (language) => {
      if (plans.length === 0) return say(language, 'plan.none')
      const rows = plans.map(({ name, plan }) => [
        ...[name, plan.plan, say(language, 'plan.status', { status: plan.status })],
        ...[plan.created.slice(0, 16).replace('T', ' '), plan.backup ?? '-'],
      ])
      return table([say(language, 'plan.head').split('|'), ...rows], { head: true })
    },
  }
}

async function show(call: Call): Promise<Outcome> {
  const { findPlan, readPlan } = await import('../../scenario/plan.ts')
  const path = await findPlan((await openRuins(call)).app, call.positionals[0] ?? '')
  const plan = await readPlan(path)
  const following = { ready: ['run', 'run'], running: ['resume', 'resume'], failed: ['resume', 'resume'], done: null }[
    plan.status
  ]
  return {
    exit: 0,
    json: plan,
    text: (language) =>
      [
        planScreen(plan, language),
        ...(following === null
          ? []
          : [
              say(language, 'scenario.next', {
                what: following[0] ?? '',
                command: `pulih plan ${following[1]} ${path}`,
              }),
            ]),
      ].join('\n'),
  }
}

async function run(call: Call, mode: RunPlanOptions['mode']): Promise<Outcome> {
  const { app } = await openRuins(call)
  const { findPlan, readPlan } = await import('../../scenario/plan.ts')
  const path = await findPlan(app, call.positionals[0] ?? '')
  const plan = await readPlan(path)
  if (call.global.dryRun) {
    return { exit: 0, json: { ...plan, dryRun: true }, text: (language) => planScreen(plan, language) }
  }
  const isOver = plan.status === 'done'
  // Naming the file is saying yes where nobody can be asked: what it does was shown when it was made.
  if (!isOver && call.terminal.interactive && !(await agrees(call, plan))) throw new PulihError('cancelled')
  const { executePlan } = await import('../../scenario/execute.ts')
  return ended(path, await executePlan(app, path, { mode, ...watching(call) }))
}

async function agrees(call: Call, plan: Plan): Promise<boolean> {
  const { language, quiet } = call.global
  if (!quiet && !call.global.yes) call.terminal.show(planScreen(plan, language))
  return await call.terminal.confirm(say(language, 'plan.ask', { target: plan.target }))
}

/** Each step is told as it begins. */
export function watching({ terminal, global, signal, progress }: Call): Omit<RunPlanOptions, 'mode'> {
  return {
    ...{ signal, progress },
    onStep: ({ title }, at, total) =>
      terminal.tell(say(global.language, 'plan.step', { at, total, title: title[global.language] })),
  }
}

/** The outcome of a run: exit 1 unless the plan is done. */
export function ended(path: string, plan: Plan): Outcome {
  return {
    exit: plan.status === 'done' ? 0 : 1,
    json: { path, ...plan },
    text: (language) => [planScreen(plan, language), endLine(path, plan, language)].join('\n'),
  }
}

function endLine(path: string, plan: Plan, language: Language): string {
  if (plan.status === 'done') return style.good(say(language, 'plan.done'))
  const failed = plan.steps.filter(({ status }) => status === 'failed').map(({ id }) => id)
  const resume = say(language, 'scenario.next', { what: 'resume', command: `pulih plan resume ${path}` })
  return [style.bad(say(language, 'plan.not-done', { steps: failed.join(', ') })), resume].join('\n')
}

async function stopApp(call: Call): Promise<Outcome> {
  const { stopForPlan } = await import('../../scenario/app-service.ts')
  return serviceOutcome(await stopForPlan(await call.app(), { signal: call.signal }))
}

async function startApp(call: Call): Promise<Outcome> {
  const { startForPlan } = await import('../../scenario/app-service.ts')
  return serviceOutcome(await startForPlan(await call.app()))
}

async function smokeTest(call: Call): Promise<Outcome> {
  const { runSmokeTest } = await import('../../scenario/update.ts')
  const ended = await runSmokeTest(await call.app(), { signal: call.signal })
  if (ended === null) return serviceOutcome('no-smoke-test')
  const { command, exit, output } = ended
  const isGood = exit === 0
  return {
    exit: isGood ? 0 : 1,
    json: ended,
    text: (language) => {
      const line = isGood
        ? style.good(say(language, 'plan.smoke-passed'))
        : style.bad(`❌ ${say(language, 'scenario.smoke-failed', { command, exit })}`)
      return output === '' ? line : `${output}\n${line}`
    },
  }
}

function serviceOutcome(how: string): Outcome {
  return { exit: 0, json: { app: how }, text: (language) => say(language, 'plan.stopped', { how }) }
}

async function checkApp(call: Call): Promise<Outcome> {
  const check = await import('../../scenario/check-app.ts')
  const work = { signal: call.signal, progress: call.progress }
  const paths = (call.options.only as readonly string[] | undefined) ?? []
  const result = await check.checkApp(await call.app(), call.positionals[0] ?? '', paths, work)
  const text = (language: Language): string =>
    style.good(say(language, 'scenario.nothing-to-find', { name: result.backup }))
  return { exit: 0, json: result, text }
}

async function repairDatabases(call: Call): Promise<Outcome> {
  const { repairApp } = await import('../../scenario/repair-app.ts')
  const paths = (call.options.only as readonly string[] | undefined) ?? []
  if (paths.length === 0)
    throw new PulihError('usage.missing', { name: '--only', usage: 'pulih plan repair-app --only PATH' })
  const result = await repairApp(await call.app(), paths, { signal: call.signal, progress: call.progress })
  const { restored, quarantine } = result
  return {
    exit: 0,
    json: result,
    text: (language) =>
      restored.length === 0
        ? say(language, 'corruption.sound-already', { paths: paths.join(', ') })
        : style.good(
            say(language, 'corruption.repaired', { paths: restored.join(', '), quarantine: quarantine ?? '' }),
          ),
  }
}
