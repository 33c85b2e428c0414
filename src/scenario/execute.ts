import type { App } from '../app/app.ts'
import { PulihError } from '../error.ts'
import { attemptMigration, type MigrationOptions, resumeMigration } from './migration.ts'
import { type Plan, readPlan } from './plan.ts'
import { noteRollback } from './rollback.ts'
import { type RunPlanOptions, runPlan } from './run.ts'

/**
 * Runs or resumes any plan file. A migration that was cut off is settled, not repeated: its command may have done half of
 * its work. Throws as `runPlan`, migration.once.
 */
export async function executePlan(app: App, path: string, options: RunPlanOptions): Promise<Plan> {
  const plan = await readPlan(path)
  const command = plan.plan === 'migration' ? migrationCommand(plan) : null
  if (command !== null) return await runMigrationPlan(app, path, plan, { ...options, command })
  const ended = await runPlan(app, path, options)
  await noteRollback(app, ended)
  return ended
}

function migrationCommand({ steps }: Plan): string | null {
  return steps.find(({ id }) => id === 'migrate')?.command ?? null
}

async function runMigrationPlan(app: App, path: string, plan: Plan, options: MigrationOptions): Promise<Plan> {
  if (plan.status === 'ready') return await attemptMigration(app, path, options)
  if (plan.status === 'running' || plan.outcome === 'rollback failed') return await resumeMigration(app, path, options)
  throw new PulihError('migration.once', { name: String(plan.name) })
}
