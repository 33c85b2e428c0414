import type { App } from '../app/app.ts'
import { freeSpace } from '../disk/space.ts'
import { PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { backupWithRetention } from '../trigger/retention.ts'
import { appWords, smokeTestLine, stepsBack } from './app-service.ts'
import { planThere } from './archived-plan.ts'
import { both, newPlan, type Plan, type PlanStep, planPath, stepOf, writePlan } from './plan.ts'
import { pulihLine } from './pulih-command.ts'
import { requireProven } from './update.ts'

export const taskNames = ['hold', 'optimise', 'analyse', 'vacuum', 'logs', 'self-test', 'disk', 'release'] as const
export type TaskName = (typeof taskNames)[number]

export interface MaintenanceOptions extends Work {
  /** How long alerts are held at the most; they come back by themselves then. As a duration text, `2h`. */
  readonly window: string
  /** Logs not written to for this long are removed. As a duration text, `30d`. */
  readonly logAge: string
}

export interface MaintenanceEnd {
  readonly path: string
  readonly plan: Plan
  readonly warnings: readonly Note[]
}

/**
 * Makes the pre-maintenance backup and `backups/maintenance_checklist.json`, whose tasks `plan run` does: with the app
 * stopped, when its stop command is known, and alerts held. Changes nothing itself. Throws maintenance.running, backup.*.
 */
export async function prepareMaintenance(app: App, options: MaintenanceOptions): Promise<MaintenanceEnd> {
  const path = planPath(app, 'maintenance_checklist')
  if ((await planThere(path))?.status === 'running') throw new PulihError('maintenance.running', { path })
  const { signal, progress } = options
  const made = await backupWithRetention(app, {
    ...{ type: 'maintenance', trigger: 'maintenance', reason: 'maintenance', signal, progress },
  })
  requireProven(made.entry)
  const backup = made.entry.name
  const plan = newPlan(app, 'maintenance', {
    ...{ backup, window: options.window, logAge: options.logAge, disk: await freeSpace(app.folders.backups) },
    steps: stepsOf(app, options),
    rollback: { title: both(note('maintenance.rollback', { backup })), steps: stepsBack(app, backup) },
  })
  await writePlan(path, plan)
  return { path, plan, warnings: made.warnings }
}

function stepsOf(app: App, { window, logAge }: MaintenanceOptions): PlanStep[] {
  const { stop, start } = app.config.app
  const smokeTest = smokeTestLine(app.config.app, appWords(app))
  const service = (verb: string): string => pulihLine(['plan', verb, ...appWords(app)])
  const task = (
    name: TaskName,
    title: Note,
    more: string[] = [],
    flags: Pick<PlanStep, 'always' | 'goOn'> = { goOn: true },
  ) =>
    stepOf(
      name,
      title,
      pulihLine(['scenario', 'maintenance', '--task', name, ...more, ...appWords(app), '--json']),
      flags,
    )
  return [
    task('hold', note('maintenance.step.hold', { window }), ['--window', window]),
    stop === null
      ? stepOf('stop', note('scenario.step.stop-by-hand'), null)
      : stepOf('stop', note('scenario.step.stop'), service('stop-app'), { goOn: true }),
    task('optimise', note('maintenance.step.optimise')),
    task('analyse', note('maintenance.step.analyse')),
    task('vacuum', note('maintenance.step.vacuum')),
    ...(start === null ? [] : [stepOf('start', note('scenario.step.start'), service('start-app'), { always: true })]),
    ...(smokeTest === null ? [] : [stepOf('smoke-test', note('scenario.step.smoke-test'), smokeTest, { goOn: true })]),
    task('logs', note('maintenance.step.logs', { age: logAge }), ['--log-age', logAge]),
    task('self-test', note('maintenance.step.self-test')),
    task('disk', note('maintenance.step.disk')),
    task('release', note('maintenance.step.release'), [], { always: true }),
  ]
}
