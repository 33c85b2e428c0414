import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { type DatabaseHealth, lookAtDatabases } from '../check/database-integrity.ts'
import type { Work } from '../snapshot/progress.ts'

export interface Left {
  readonly databases: readonly { readonly path: string; readonly problem: string | null }[]
  /** Files of the copy that are not there any more. */
  readonly missing: readonly string[]
}

/** What is left of an app: its databases, each looked at on a copy, and which of `files` are gone. */
export async function lookAtApp(app: App, files: readonly string[], work: Work): Promise<Left> {
  const scene = {
    app,
    nowMs: app.clock.now(),
    depth: 'quick',
    backups: await listBackups(app),
    acts: await history(app),
    ...work,
  } as const
  const { databases } = await lookAtDatabases(scene, 'full')
  const isGone = ({ findings }: DatabaseHealth) => findings.some(({ code }) => code === 'missing')
  return {
    databases: databases
      .filter((one) => !isGone(one) && existsSync(join(app.folders.app, one.path)))
      .map(({ path, healthy, findings }) => ({ path, problem: healthy ? null : (findings[0]?.detail ?? 'damaged') })),
    missing: files.filter((path) => !existsSync(join(app.folders.app, path))),
  }
}
