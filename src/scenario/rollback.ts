import type { App } from '../app/app.ts'
import { PulihError } from '../error.ts'
import { stepsBack } from './app-service.ts'
import { planThere } from './archived-plan.ts'
import { type MigrationLog, migrationPath } from './migration.ts'
import { changePlan, newPlan, type Plan, planPath, writePlan } from './plan.ts'
import { type RunPlanOptions, runPlan } from './run.ts'
import { rollbackPath } from './update.ts'

export interface RollbackTarget {
  readonly path: string
  readonly plan: Plan
  /** The migration it takes back; null for an update. */
  readonly migration: string | null
}

/**
 * The plan that takes back an update (by its version) or a migration (by its name, to its beginning or to a checkpoint).
 * For a migration it is written now. Throws rollback.unknown, rollback.no-checkpoint.
 */
export async function rollbackPlan(app: App, name: string, to: string | null): Promise<RollbackTarget> {
  const path = rollbackPath(app, name)
  const update = to === null ? await planThere(path) : null
  if (update !== null) return { path, plan: update, migration: null }
  const log = (await planThere(migrationPath(app, name))) as MigrationLog | null
  if (log === null) throw new PulihError('rollback.unknown', { name })
  const backup = to === null ? log.backup : backupOf(log, to)
  if (backup === null) throw new PulihError('rollback.unknown', { name })
  const own = planPath(app, `rollback_migration_${name}`)
  const plan = newPlan(app, 'rollback', { backup, migration: name, checkpoint: to, steps: stepsBack(app, backup) })
  return { path: own, plan, migration: name }
}

function backupOf(log: MigrationLog, to: string): string {
  const found = log.checkpoints.find(({ label, backup }) => label === to || backup === to.replace(/\.zip$/, ''))
  if (found !== undefined) return found.backup
  throw new PulihError('rollback.no-checkpoint', {
    name: log.name,
    found: to,
    labels: log.checkpoints.map(({ label }) => label),
  })
}

/** Runs it, also once more when it was run before. A migration's log says that it was rolled back. Throws as `runPlan`. */
export async function runRollback(
  app: App,
  { path, plan, migration }: RollbackTarget,
  options: Omit<RunPlanOptions, 'mode' | 'again'>,
): Promise<Plan> {
  if (migration !== null && (await planThere(path))?.status !== 'running') await writePlan(path, plan)
  const ended = await runPlan(app, path, { ...options, mode: 'run', again: true })
  await noteRollback(app, ended)
  return ended
}

/** A migration that was taken back says so in its log. */
export async function noteRollback(app: App, { status, migration, backup, checkpoint }: Plan): Promise<void> {
  if (status !== 'done' || typeof migration !== 'string') return
  const path = migrationPath(app, migration)
  const change = {
    outcome: 'rolled back',
    rolledBackTo: backup,
    ...(typeof checkpoint === 'string' ? {} : { status: 'failed' as const }),
  }
  await changePlan(app, path, (log) => ({ ...log, ...change }))
}
