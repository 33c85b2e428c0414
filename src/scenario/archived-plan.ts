import type { App } from '../app/app.ts'
import { moveNew } from '../disk/draft.ts'
import { isPulihError } from '../error.ts'
import { type Plan, planPath, readPlan } from './plan.ts'

/** The plan that is there under this name, or null. Throws plan.unreadable, disk.*. */
export async function planThere(path: string): Promise<Plan | null> {
  try {
    return await readPlan(path)
  } catch (error) {
    if (isPulihError(error, 'plan.unknown')) return null
    throw error
  }
}

/** Keeps an earlier plan under `<name>-2`, `-3` …: what it names must still be found. Answers its new path. */
export async function setAside(app: App, name: string): Promise<string> {
  for (let n = 2; ; n++) {
    const target = planPath(app, `${name}-${n}`)
    if ((await planThere(target)) !== null) continue
    await moveNew(planPath(app, name), target)
    return target
  }
}
