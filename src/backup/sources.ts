import type { App } from '../app/app.ts'
import { missingIgnoreLine } from '../app/init.ts'
import { expectedDatabases } from '../catalogue/catalogue.ts'
import { PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import type { LeftOut } from '../snapshot/manifest.ts'
import { discover } from '../source/discover.ts'

export interface Sources {
  readonly databases: readonly string[]
  readonly files: readonly string[]
  readonly leftOut: readonly LeftOut[]
  readonly warnings: readonly Note[]
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
  const warnings = [...found.warnings, ...(await exposure(app))]
  return { databases, files: found.files, leftOut: found.leftOut, warnings }
}

/** Archives hold `.env`: a backup folder that git would take publishes it with the next commit. */
async function exposure(app: App): Promise<Note[]> {
  const line = await missingIgnoreLine(app.folders.app, app.folders.backups)
  return line === null ? [] : [note('warning.backups-in-git', { line })]
}
