import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { isPulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Inspection } from '../source/sqlite/inspection.ts'
import type { SqliteChild } from '../source/sqlite/parent.ts'
import { startCheck } from '../verify/check-copy.ts'
import { damage, foreignKeyFindings, invariantFindings } from '../verify/compare.ts'
import { copyLiveFiles, type LiveFiles, rawCopy } from './live.ts'

/** One live database, looked at on a copy. */
export interface Diagnosis {
  readonly path: string
  readonly files: LiveFiles
  /** Empty: nothing is wrong with it. */
  readonly findings: readonly Finding[]
  /** Its pages are damaged, not only what its rows say. */
  readonly structural: boolean
  /** A side file spoils it: the database alone, without it, is sound. */
  readonly spoiled: boolean
}

export interface Diagnosing {
  readonly folder: string
  /** What the newest proven backup knows of it; null: no such backup. */
  readonly baseline: DatabaseRecord | null
  readonly child: SqliteChild
}

/** Everything that is wrong with one live database. Throws source.busy, disk.*, cancelled: what is wrong with it is answered. */
export async function diagnose(app: App, path: string, at: Diagnosing, work: Work): Promise<Diagnosis> {
  const files = await copyLiveFiles(app, path, at.folder, work)
  if (files.trouble !== null) return untouchable(path, files)
  const seen = await findingsOf(app, path, files.main ?? '', at, work)
  const isStructural = seen.some(({ code }) => code === 'integrity' || code === 'unreadable')
  const alone = isStructural && files.sides.length > 0 ? await aloneIfSound(app, path, at, work) : null
  if (alone === null) return { path, files, findings: seen, structural: isStructural, spoiled: false }
  const detail = `${files.sides.map((side) => `${path}${side}`).join(', ')}: without it the database is sound`
  const findings: Finding[] = [{ code: 'stale-sidecar', path, detail }, ...seen]
  return { path, files: { ...files, main: alone }, findings, structural: true, spoiled: true }
}

function untouchable(path: string, files: LiveFiles): Diagnosis {
  const { trouble, sides } = files
  const { code, detail } = trouble ?? { code: 'unreadable', detail: '' }
  const isGone = code === 'missing' || files.main === null
  const left = isGone ? sides.map((side): Finding => ({ code: 'stale-sidecar', path, detail: `${path}${side}` })) : []
  return { path, files, findings: [{ code, path, detail }, ...left], structural: true, spoiled: false }
}

async function findingsOf(app: App, path: string, file: string, at: Diagnosing, { signal }: Work): Promise<Finding[]> {
  const invariants = app.config.invariants.filter((rule) => rule.database === path)
  try {
    const { size } = await stat(file)
    const check = startCheck(at.child, file, { bytes: size, invariants, signal })
    const seen = { ...(await check.quick), integrity: await check.integrity }
    const found = damage(path, seen)
    // Of damaged pages the rest says nothing.
    if (found.length > 0) return found
    const rules = at.baseline?.invariants ?? []
    // A rule with nothing to look at speaks against the database only if it once had something.
    const isNews = ({ code, detail }: Finding): boolean =>
      code !== 'nothing-checked' || rules.some(({ name }) => name === detail)
    return [
      ...emptied(path, at.baseline, seen),
      ...foreignKeyFindings(path, at.baseline?.foreignKeys ?? seen.foreignKeys ?? {}, seen),
      ...invariantFindings(path, rules, seen).filter(isNews),
    ]
  } catch (error) {
    if (isPulihError(error) && error.code.startsWith('source.'))
      return [{ code: 'unreadable', path, detail: error.message }]
    throw error
  }
}

/** Every row the newest proven backup knows of is gone: a new, empty database stands where the old one was. */
function emptied(path: string, baseline: DatabaseRecord | null, seen: Pick<Inspection, 'tables'>): Finding[] {
  const known = Object.entries(baseline?.tables ?? {}).filter(([, { rows }]) => rows > 0)
  if (known.length === 0 || known.some(([table]) => (seen.tables?.[table]?.rows ?? 0) > 0)) return []
  return known.map(([table, { rows }]) => {
    const now = seen.tables?.[table] === undefined ? 'the table is gone' : 'no rows'
    return { code: 'rows', path, detail: `${table}: ${now}, recorded ${rows}` }
  })
}

/** The database without its side files, when that is sound; else null. */
async function aloneIfSound(app: App, path: string, at: Diagnosing, work: Work): Promise<string | null> {
  const copy = await rawCopy(join(app.folders.app, path), join(at.folder, `alone-${encodeURIComponent(path)}`))
  if (copy === null) return null
  const findings = await findingsOf(app, path, copy, at, work)
  return findings.some(({ code }) => code === 'integrity' || code === 'unreadable') ? null : copy
}
