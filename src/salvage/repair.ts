import { copyFile, mkdtemp, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { isPulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import type { SqliteChild } from '../source/sqlite/parent.ts'
import { startCheck } from '../verify/check-copy.ts'
import { damage, foreignKeyFindings, invariantFindings } from '../verify/compare.ts'
import { askSalvage, SalvageFailure } from './ask.ts'
import type { Diagnosis } from './diagnose.ts'
import type { Merged, Survey } from './protocol.ts'

/** What could be read of a damaged database. */
export interface Surveyed {
  readonly survey: Survey
  /** A database with the rows that were read. */
  readonly extract: string
}

/** A sound database made of a damaged one. */
export interface Repaired {
  readonly kind: 'reindex' | 'salvage'
  readonly file: string
  /** Null for a reindex: every row is there. */
  readonly merged: Merged | null
  /** Tables of which it is not known whether a row is lost. */
  readonly uncertain: readonly string[]
  readonly tookMs: number
}

export interface Repairing {
  readonly folder: string
  /** A recovered copy of the newest proven backup's database; null: no backup has it. */
  readonly base: string | null
  readonly baseline: DatabaseRecord | null
  readonly child: SqliteChild
}

/** Null when nothing can be read of it. Throws cancelled. */
export async function surveyLive({ files }: Diagnosis, at: Repairing, { signal }: Work): Promise<Surveyed | null> {
  const extract = join(await mkdtemp(join(at.folder, 'extract-')), 'rows')
  try {
    const survey = await askSalvage('survey', { main: files.main, wal: files.wal, base: at.base, to: extract }, signal)
    return survey.schemaFrom === 'none' || !(await isThere(extract)) ? null : { survey, extract }
  } catch (error) {
    if (error instanceof SalvageFailure) return null
    throw error
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/** True when every row of every table was read: then only indexes or loose pages are broken. */
export function isWhole({ survey }: Surveyed): boolean {
  return survey.schemaFrom === 'live' && survey.tables.every(({ state }) => state === 'sound')
}

/**
 * Makes a sound database of what can be read: by REINDEX when only an index is broken, else a new one, with the backup's
 * rows where the damaged file has none. It passed the full check, with its foreign keys and rules no worse than known;
 * null when no such database can be made. Throws cancelled, disk.*.
 */
export async function repair(
  app: App,
  diagnosis: Diagnosis,
  seen: Surveyed,
  at: Repairing,
  work: Work,
): Promise<Repaired | null> {
  const started = app.clock.steady()
  const done = (part: Pick<Repaired, 'kind' | 'file' | 'merged'>): Repaired => {
    const uncertain = seen.survey.tables.filter(({ state }) => diagnosis.spoiled || state !== 'sound')
    return { ...part, uncertain: uncertain.map(({ name }) => name), tookMs: app.clock.steady() - started }
  }
  if (isWhole(seen) && seen.survey.brokenIndexes.length > 0 && diagnosis.files.captured) {
    const file = await reindexed(diagnosis.files.main ?? '', at, work)
    if (file !== null && (await isGood(app, diagnosis.path, file, at, work))) {
      return done({ kind: 'reindex', file, merged: null })
    }
  }
  if (!isWhole(seen) && seen.survey.tables.every(({ state }) => state === 'unreadable')) return null
  const built = await rebuilt(seen, at, work)
  if (built === null || !(await isGood(app, diagnosis.path, built.file, at, work))) return null
  return done({ kind: isWhole(seen) && seen.survey.brokenIndexes.length > 0 ? 'reindex' : 'salvage', ...built })
}

async function reindexed(main: string, at: Repairing, { signal }: Work): Promise<string | null> {
  const file = join(await mkdtemp(join(at.folder, 'reindex-')), 'database')
  await copyFile(main, file)
  try {
    await askSalvage('reindex', { file }, signal)
    return file
  } catch (error) {
    // SQLite refuses where even the old index cannot be walked; then it is built anew.
    if (error instanceof SalvageFailure) return null
    throw error
  }
}

async function rebuilt(
  { survey, extract }: Surveyed,
  at: Repairing,
  { signal }: Work,
): Promise<{ file: string; merged: Merged } | null> {
  const to = join(await mkdtemp(join(at.folder, 'rebuild-')), 'database')
  try {
    return { file: to, merged: await askSalvage('merge', { survey, extract, base: at.base, to }, signal) }
  } catch (error) {
    if (error instanceof SalvageFailure) return null
    throw error
  }
}

async function isGood(app: App, path: string, file: string, at: Repairing, work: Work): Promise<boolean> {
  return (await goodness(app, path, file, at, work)).length === 0
}

async function goodness(app: App, path: string, file: string, at: Repairing, { signal }: Work): Promise<Finding[]> {
  const invariants = app.config.invariants.filter((rule) => rule.database === path)
  try {
    const { size } = await stat(file)
    const check = startCheck(at.child, file, { bytes: size, invariants, signal })
    const seen = { ...(await check.quick), integrity: await check.integrity }
    return [
      ...damage(path, seen),
      ...foreignKeyFindings(path, at.baseline?.foreignKeys ?? {}, seen),
      ...invariantFindings(path, at.baseline?.invariants ?? [], seen),
    ]
  } catch (error) {
    if (isPulihError(error) && error.code.startsWith('source.')) {
      return [{ code: 'unreadable', path, detail: error.message }]
    }
    throw error
  }
}
