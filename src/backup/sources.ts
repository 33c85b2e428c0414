import type { App } from '../app/app.ts'
import { expectedDatabases } from '../catalogue/catalogue.ts'
import { PulihError } from '../error.ts'
import type { LeftOut } from '../snapshot/manifest.ts'
import { discover } from '../source/discover.ts'

export interface Sources {
  readonly databases: readonly string[]
  readonly files: readonly string[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * What belongs to this app now: what is configured, or what discovery finds together with what the last backup held.
 * A database that vanished stays in the list on purpose: the capture then fails and names it.
 */
export async function findSources(app: App): Promise<Sources> {
  const found = await discover(app)
  const expected = app.config.databases === null ? await expectedDatabases(app) : []
  const databases = [...new Set([...found.databases, ...expected])].sort()
  if (databases.length === 0) throw new PulihError('backup.no-database', { folder: app.folders.app })
  return { databases, files: found.files, leftOut: found.leftOut }
}
