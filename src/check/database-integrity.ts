import { openArchive } from '../archive/read.ts'
import { findSources } from '../backup/sources.ts'
import { capture } from '../capture/capture.ts'
import { isAllUnchanged } from '../capture/unchanged.ts'
import { readSignatures } from '../catalogue/catalogue.ts'
import { makeScratch } from '../disk/scratch.ts'
import { isPulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import type { Finding } from '../snapshot/finding.ts'
import { findingText } from '../snapshot/finding-text.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import { startCheck } from '../verify/check-copy.ts'
import { damage, foreignKeyFindings, invariantFindings } from '../verify/compare.ts'
import { type Check, type Scene, type Verdict, verdictOf } from './check.ts'

export interface IntegrityFacts {
  readonly healthy: number
  readonly total: number
  readonly databases: readonly DatabaseHealth[]
}

export interface DatabaseHealth {
  readonly path: string
  readonly healthy: boolean
  /** `proof`: unchanged since the named backup was proven · `copy`: a fresh copy was checked in full. */
  readonly by: 'proof' | 'copy'
  readonly backup: string | null
  readonly findings: readonly Finding[]
}

export const databaseIntegrity: Check = {
  name: 'database-integrity',
  families: ['no-databases', 'database-damaged'],
  async look(scene) {
    return judgeIntegrity(await lookAtDatabases(scene))
  },
}

/** Every live database: by the proof of a backup with the same bytes where there is one, else by checking a copy of it now. */
export async function lookAtDatabases(scene: Scene): Promise<IntegrityFacts> {
  const paths = await databasePaths(scene)
  const databases: DatabaseHealth[] = []
  for (const path of paths) databases.push((await byProof(scene, path)) ?? (await byCopy(scene, path)))
  return { healthy: databases.filter((one) => one.healthy).length, total: databases.length, databases }
}

async function databasePaths({ app }: Scene): Promise<readonly string[]> {
  try {
    return (await findSources(app)).databases
  } catch (error) {
    if (isPulihError(error, 'backup.no-database')) return []
    throw error
  }
}

async function byProof({ app, backups }: Scene, path: string): Promise<DatabaseHealth | null> {
  const known = await readSignatures(app)
  const backup = backups.find((one) => one.name === known?.backup)
  const signature = known?.signatures[path]
  if (backup?.state !== 'proven' || signature === undefined) return null
  try {
    if (!isAllUnchanged(app, { databases: [path], files: [] }, { [path]: signature })) return null
  } catch (error) {
    if (isPulihError(error)) return null
    throw error
  }
  return { path, healthy: true, by: 'proof', backup: backup.name, findings: [] }
}

async function byCopy(scene: Scene, path: string): Promise<DatabaseHealth> {
  const findings = await findingsOfCopy(scene, path)
  return { path, healthy: findings.length === 0, by: 'copy', backup: null, findings }
}

async function findingsOfCopy({ app, backups, signal }: Scene, path: string): Promise<Finding[]> {
  try {
    await using scratch = await makeScratch(app.folders, 'check')
    const request = { scratch: scratch.path, databases: [path], files: [], leftOut: [], previous: null, signal }
    await using staged = await capture(app, request)
    const [one] = staged.databases
    if (one === undefined || one.stagedPath === null) return [{ code: 'missing', path, detail: '' }]
    await using child = spawnSqlite(signal)
    const invariants = app.config.invariants.filter((rule) => rule.database === path)
    const check = startCheck(child, one.stagedPath, { bytes: one.bytes, invariants, signal })
    const seen = { ...(await check.quick), integrity: await check.integrity }
    const record = await baselineOf(backups, path)
    return [
      ...damage(path, seen),
      ...foreignKeyFindings(path, record?.foreignKeys ?? seen.foreignKeys ?? {}, seen),
      ...invariantFindings(path, record?.invariants ?? [], seen),
    ]
  } catch (error) {
    if (isPulihError(error) && error.code.startsWith('source.'))
      return [{ code: 'unreadable', path, detail: error.message }]
    throw error
  }
}

/** What the newest proven backup knows to be broken already. */
async function baselineOf(backups: Scene['backups'], path: string): Promise<DatabaseRecord | null> {
  const proven = backups.find((one) => one.state === 'proven' && !one.legacy)
  if (proven === undefined) return null
  await using reader = await openArchive(proven.path)
  return reader.manifest?.databases.find((one) => one.path === path) ?? null
}

/** Any damaged or unreadable database is critical; none at all is critical too: there is nothing left to keep safe. */
export function judgeIntegrity(facts: IntegrityFacts): Verdict {
  const { healthy, total, databases } = facts
  const fine = note('check.databases-ok', { healthy, total })
  if (total === 0)
    return verdictOf(facts, [{ key: 'no-databases', severity: 'critical', note: note('check.no-databases') }], fine)
  const ill = databases.filter((one) => !one.healthy)
  const causes = ill.map(({ path, findings }) => {
    const first = findingText(findings[0] && { ...findings[0], path: null })
    const said = note('check.database-damaged', { path, count: findings.length, first })
    return { key: `database-damaged:${path}`, severity: 'critical' as const, note: said }
  })
  return verdictOf(facts, causes, fine)
}
