import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { configName } from '../app/open.ts'
import { isPulihError, PulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import { findSettledHolders, type Holder, type LiveDatabase } from '../restore/holders.ts'
import { heldError, startApp, stopApp } from '../restore/service.ts'
import type { Work } from '../snapshot/progress.ts'
import { discover } from '../source/discover.ts'
import { type PlanStep, stepOf } from './plan.ts'
import { pulihLine } from './pulih-command.ts'

/** The app's databases where they are now. */
export async function liveDatabases(app: App): Promise<LiveDatabase[]> {
  const { databases } = await discover(app)
  return databases.map((path) => ({ path, absolute: join(app.folders.app, path) }))
}

/** Who has any of them open; helpers of a run that was killed a moment ago apart. */
export async function holdersOf(app: App): Promise<readonly Holder[]> {
  return (await findSettledHolders(await liveDatabases(app), app.clock)).holders
}

/** Throws restore.held, naming them, while anybody has a database open. */
export async function requireNobody(app: App): Promise<void> {
  const holders = await holdersOf(app)
  if (holders.length > 0) throw heldError(holders)
}

/**
 * Stops the app with `app.stop` and waits until nobody has a database open. One that had ended already may make its stop
 * command fail: that is fine. Answers what was done. Throws restore.stop-failed, restore.held, cancelled.
 */
export async function stopForPlan(app: App, { signal }: Work): Promise<'stopped' | 'not-running' | 'no-command'> {
  const command = app.config.app.stop
  if (command === null) {
    await requireNobody(app)
    return 'no-command'
  }
  try {
    await stopApp(app, await liveDatabases(app), { command, signal })
    return 'stopped'
  } catch (error) {
    if (!isPulihError(error, 'restore.stop-failed') || (await holdersOf(app)).length > 0) throw error
    return 'not-running'
  }
}

/** Starts it with `app.start`, unless it runs already: a resumed plan must not start a second one. Throws app.not-started. */
export async function startForPlan(app: App): Promise<'started' | 'running' | 'no-command'> {
  const command = app.config.app.start
  if (command === null) return 'no-command'
  if ((await holdersOf(app)).length > 0) return 'running'
  const trouble = await startApp(app, command)
  if (trouble !== null) throw new PulihError('app.not-started', trouble)
  return 'started'
}

/** Words that make a command of a plan, run in the app's folder, mean this very app. */
export function appWords(app: App): string[] {
  if (app.configPath === join(app.folders.app, configName)) return []
  return app.configPath === null ? ['--dir', '.'] : ['--dir', '.', '--config', app.configPath]
}

/**
 * The command of a plan that runs the smoke test: as configured, or through pulih when it needs `app.env`, which a plain
 * shell does not have. Null: none is configured.
 */
export function smokeTestLine({ smokeTest, env }: App['config']['app'], words: readonly string[]): string | null {
  if (smokeTest === null || Object.keys(env).length === 0) return smokeTest
  return pulihLine(['plan', 'smoke-test', ...words])
}

/** The steps that bring a backup back, or `only` some of its databases: stop, restore, check, start, smoke test. */
export function stepsBack(app: App, backup: string, only: readonly string[] = []): PlanStep[] {
  const line = (...words: string[]): string => pulihLine([...words, ...appWords(app)])
  const part = only.flatMap((path) => ['--only', path])
  return around(app, [
    stepOf('restore', note('scenario.step.restore', { backup }), line('restore', backup, ...part, '--yes')),
    stepOf('check', note('scenario.step.check', { backup }), line('plan', 'check-app', backup, ...part)),
  ])
}

/** The steps that mend damaged databases in place; those that cannot be mended come from a backup. */
export function stepsToMend(
  app: App,
  paths: readonly string[],
  rest: { readonly backup: string; readonly only: readonly string[] } | null,
): PlanStep[] {
  const line = (...words: string[]): string => pulihLine([...words, ...appWords(app)])
  const only = (some: readonly string[]): string[] => some.flatMap((path) => ['--only', path])
  const mend = line('plan', 'repair-app', ...only(paths))
  return around(app, [
    stepOf('repair', note('corruption.step.repair', { paths: paths.join(', ') }), mend),
    ...(rest === null
      ? []
      : [
          stepOf(
            'restore',
            note('scenario.step.restore', { backup: rest.backup }),
            line('restore', rest.backup, ...only(rest.only), '--yes'),
          ),
        ]),
  ])
}

/** The app is stopped before and started again after, whatever happened in between. */
function around(app: App, steps: readonly PlanStep[]): PlanStep[] {
  const { stop, start } = app.config.app
  const smokeTest = smokeTestLine(app.config.app, appWords(app))
  const line = (...words: string[]): string => pulihLine([...words, ...appWords(app)])
  return [
    stop === null
      ? stepOf('stop', note('scenario.step.stop-by-hand'), null)
      : stepOf('stop', note('scenario.step.stop'), line('plan', 'stop-app')),
    ...steps,
    start === null
      ? stepOf('start', note('scenario.step.start-by-hand'), null)
      : stepOf('start', note('scenario.step.start'), line('plan', 'start-app'), { always: true }),
    smokeTest === null
      ? stepOf('smoke-test', note('scenario.step.try-by-hand'), null)
      : stepOf('smoke-test', note('scenario.step.smoke-test'), smokeTest),
  ]
}
