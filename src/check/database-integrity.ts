import { statSync } from 'node:fs'
import { join } from 'node:path'
import { openArchive } from '../archive/read.ts'
import { findSources } from '../backup/sources.ts'
import { capture } from '../capture/capture.ts'
import { isAllUnchanged } from '../capture/unchanged.ts'
import { readSignatures } from '../catalogue/catalogue.ts'
import { makeScratch } from '../disk/scratch.ts'
import { isPulihError, type PulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import type { Finding } from '../snapshot/finding.ts'
import { findingWords } from '../snapshot/finding-text.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import { isoWithOffset } from '../time/zone.ts'
import { startCheck } from '../verify/check-copy.ts'
import { damage, foreignKeyFindings, invariantFindings } from '../verify/compare.ts'
import { type Check, type Scene, type Verdict, verdictOf } from './check.ts'
import { keepLastCheck, readLastCheck } from './last-check.ts'

export interface IntegrityFacts {
  readonly healthy: number
  readonly total: number
  readonly databases: readonly DatabaseHealth[]
}

export interface DatabaseHealth {
  readonly path: string
  readonly healthy: boolean
  /**
   * `proof`: unchanged since the named backup was proven · `copy`: a fresh copy was checked in full · `recent`: large, it
   * opens, and a full check not long ago was good · `opened`: large, it opens, and no full check is known.
   */
  readonly by: 'proof' | 'copy' | 'recent' | 'opened'
  readonly backup: string | null
  /** When all of it was last checked, ISO with offset; null: never, or not known. */
  readonly checked: string | null
  readonly findings: readonly Finding[]
}

export const databaseIntegrity: Check = {
  name: 'database-integrity',
  families: ['no-databases', 'database-damaged'],
  async look(scene) {
    return judgeIntegrity(await lookAtDatabases(scene, scene.depth === 'full' ? 'full' : 'round'))
  },
}

/**
 * How much a look may cost. `full`: whatever no proof covers is copied and checked now · `round`: a large database only
 * once in six hours · `glance`: a large one not at all. Small ones are always looked at in full.
 */
export type Effort = 'full' | 'round' | 'glance'

const largeBytes = 32e6
const recentMs = 6 * 3_600_000

/** Every live database: by the proof of a backup with the same bytes where there is one, else by a copy or a quick look. */
export async function lookAtDatabases(scene: Scene, effort: Effort): Promise<IntegrityFacts> {
  const paths = await databasePaths(scene)
  const databases: DatabaseHealth[] = []
  for (const path of paths)
    databases.push(
      (await byProof(scene, path)) ?? (await byQuickLook(scene, path, effort)) ?? (await byCopy(scene, path)),
    )
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
  return { path, healthy: true, by: 'proof', backup: backup.name, checked: backup.proof?.at ?? null, findings: [] }
}

/** Null when it is small, or when only a full check will do: the last one is too long ago, was bad, or it does not open. */
async function byQuickLook(scene: Scene, path: string, effort: Effort): Promise<DatabaseHealth | null> {
  const { app, nowMs } = scene
  if (effort === 'full' || sizeOf(join(app.folders.app, path)) < largeBytes) return null
  const last = await readLastCheck(app, path)
  if (last?.healthy === false) return null
  const checkedMs = Math.max(last?.atMs ?? 0, provenMsOf(scene.backups, path))
  if (!isRecentEnough(checkedMs, nowMs, effort) || !(await opens(scene, path))) return null
  const known = checkedMs > 0
  const checked = known ? isoWithOffset(checkedMs, app.zone) : null
  return { path, healthy: true, by: known ? 'recent' : 'opened', backup: null, checked, findings: [] }
}

/** Pure. A check in the future: the clock was set back meanwhile, so nobody knows how old it is. */
export function isRecentEnough(checkedMs: number, nowMs: number, effort: Effort): boolean {
  if (effort === 'full') return false
  return effort === 'glance' || (checkedMs <= nowMs && nowMs - checkedMs <= recentMs)
}

/** With its log; 0 when it is not there: then the full look says so. */
function sizeOf(absolute: string): number {
  return ['', '-wal'].reduce((sum, side) => sum + (statSync(absolute + side, { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** What was proven was the database as it was at the capture. */
function provenMsOf(backups: Scene['backups'], path: string): number {
  const newest = backups.find((one) => one.state === 'proven' && one.databases.some((held) => held.path === path))
  return newest?.createdMs ?? 0
}

/** Header and schema can be read. One that is locked right now is no worse for it. */
async function opens({ app, signal }: Scene, path: string): Promise<boolean> {
  await using child = spawnSqlite(signal)
  try {
    await child.hold([{ path, absolute: join(app.folders.app, path) }], 1000)
    return true
  } catch (error) {
    if (!isPulihError(error) || !error.code.startsWith('source.')) throw error
    return error.code === 'source.busy'
  }
}

async function byCopy(scene: Scene, path: string): Promise<DatabaseHealth> {
  const { app, nowMs } = scene
  const findings = await findingsOfCopy(scene, path)
  const healthy = findings.length === 0
  if (sizeOf(join(app.folders.app, path)) >= largeBytes) await keepLastCheck(app, path, { atMs: nowMs, healthy })
  return { path, healthy, by: 'copy', backup: null, checked: isoWithOffset(nowMs, app.zone), findings }
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
    if (isPulihError(error) && error.code.startsWith('source.')) return [sourceFinding(path, error)]
    throw error
  }
}

/** Without what the error says about a backup: nobody wanted one here. */
function sourceFinding(path: string, error: PulihError): Finding {
  if (isPulihError(error, 'source.missing')) return { code: 'missing', path, detail: '' }
  if (isPulihError(error, 'source.malformed')) return { code: 'integrity', path, detail: error.facts.detail }
  if (isPulihError(error, 'source.empty')) return { code: 'not-sqlite', path, detail: '0 B' }
  const isOther = isPulihError(error, 'source.not-sqlite') || isPulihError(error, 'source.encrypted')
  return isOther ? { code: 'not-sqlite', path, detail: '' } : { code: 'unreadable', path, detail: error.message }
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
    const first = findingWords(findings[0] && { ...findings[0], path: null })
    const said = note('check.database-damaged', { path, count: findings.length, first })
    return { key: `database-damaged:${path}`, severity: 'critical' as const, note: said }
  })
  return verdictOf(facts, causes, fine)
}
