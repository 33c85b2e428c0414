import type { App } from '../app/app.ts'
import { PulihError } from '../error.ts'
import { choose } from '../restore/choose.ts'
import type { Work } from '../snapshot/progress.ts'
import { judge } from './judge.ts'
import { beforeAndAfter } from './state.ts'

/**
 * The app's databases, or `only` some, are sound, keep its rules, and hold every table and row count of a backup. Throws
 * app.differs with the first thing that is not so, backup.unknown, archive.*.
 */
export async function checkApp(
  app: App,
  backup: string,
  only: readonly string[],
  work: Work,
): Promise<{ readonly backup: string; readonly databases: number }> {
  const { name, path } = await choose(app, { name: backup })
  const states = await beforeAndAfter(app, path, work)
  const isMeant = (path: string | null): boolean => only.length === 0 || (path !== null && only.includes(path))
  const problems = judge(states, 'kept').problems.filter(({ database }) => isMeant(database))
  const [first] = problems
  if (first !== undefined) throw new PulihError('app.differs', { name, ...first.message, count: problems.length })
  return { backup: name, databases: states.before.filter(({ path }) => isMeant(path)).length }
}
