import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import { findSources } from '../backup/sources.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { makeScratch } from '../disk/scratch.ts'
import { isPulihError, PulihError } from '../error.ts'
import { note, say } from '../message/phrases.ts'
import { type Diagnosis, diagnose } from '../salvage/diagnose.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import { stepsBack, stepsToMend } from './app-service.ts'
import { planThere, setAside } from './archived-plan.ts'
import { findingsIn, type Mended, mend } from './mend.ts'
import { both, newPlan, type Plan, type PlanStep, planPath, type Said, writePlan } from './plan.ts'
import { type MendedWay, mendedWay, type Unusable, type WayBack, waysBack } from './way-back.ts'

const name = 'recovery_plan'

export interface CorruptionOptions extends Work {
  /** The way back to plan for (an option's id) instead of the recommended one. */
  readonly use: string | null
}

export interface Recommendation {
  /** The id of an option; null: there is none. */
  readonly option: string | null
  readonly backup: string | null
  readonly reason: Said
}

export interface CorruptionEnd {
  readonly path: string
  readonly plan: Plan
  readonly findings: readonly SpokenFinding[]
  readonly options: readonly WayBack[]
  readonly recommendation: Recommendation | null
  readonly unusable: readonly Unusable[]
}

export interface SpokenFinding extends Finding {
  readonly message: Said
}

/**
 * Looks at a copy of every database, weighs every way back, and writes `backups/recovery_plan.json`; changes nothing else.
 * Running the plan keeps the damaged files. Throws corruption.running, corruption.unknown-way, source.busy, disk.*, cancelled.
 */
export async function scenarioCorruption(app: App, options: CorruptionOptions): Promise<CorruptionEnd> {
  const path = planPath(app, name)
  const earlier = await planThere(path)
  if (earlier?.status === 'running') throw new PulihError('corruption.running', { path })
  const looked = await lookAndWeigh(app, options)
  const { findings, ways } = looked
  const recommendation = findings.length === 0 ? null : recommend(ways)
  const chosen = chosenFrom(ways, options.use ?? recommendation?.option ?? null)
  const plan = newPlan(app, 'recovery', {
    backup: chosen === null ? null : baseOf(chosen),
    ...{ databases: looked.databases, findings, options: ways, recommendation, unusable: looked.unusable },
    chosen: chosen?.id ?? null,
    steps: stepsFor(app, chosen, ways),
  })
  // Steps that were run are the record of a recovery.
  if (earlier?.steps.some(({ evidence }) => evidence !== null) === true) await setAside(app, name)
  const status = findings.length === 0 ? 'done' : chosen === null ? 'failed' : 'ready'
  await writePlan(path, { ...plan, status })
  return { path, plan: { ...plan, status }, findings, options: ways, recommendation, unusable: looked.unusable }
}

function baseOf(way: WayBack | MendedWay): string | null {
  return 'base' in way ? way.base : way.backup
}

function stepsFor(app: App, chosen: WayBack | null, ways: readonly WayBack[]): readonly PlanStep[] {
  if (chosen === null) return []
  if (chosen.backup !== null) return stepsBack(app, chosen.backup, chosen.databases)
  const rest = ways.find(
    ({ backup, databases }) => backup !== null && chosen.lacks.some((one) => databases.includes(one)),
  )
  const left = chosen.lacks.filter((one) => rest?.databases.includes(one) === true)
  return stepsToMend(app, chosen.databases, rest?.backup ? { backup: rest.backup, only: left } : null)
}

interface Looked {
  /** Path -> what is wrong, in a word. */
  readonly databases: readonly { readonly path: string; readonly status: 'sound' | 'damaged' }[]
  readonly findings: readonly SpokenFinding[]
  readonly ways: readonly WayBack[]
  readonly unusable: readonly Unusable[]
}

async function lookAndWeigh(app: App, work: Work): Promise<Looked> {
  const proven = (await listBackups(app)).filter(({ state }) => state === 'proven')
  const manifest = await newestManifest(proven)
  await using scratch = await makeScratch(app.folders, 'corruption')
  await using child = spawnSqlite(work.signal)
  const diagnoses: Diagnosis[] = []
  for (const path of await databasePaths(app, manifest)) {
    const baseline = manifest?.databases.find((one) => one.path === path) ?? null
    diagnoses.push(await diagnose(app, path, { folder: scratch.path, baseline, child }, work))
  }
  const isSound = ({ findings }: Diagnosis): boolean => findings.length === 0
  const damaged = diagnoses.filter((one) => !isSound(one))
  const mended: Mended[] = []
  for (const one of damaged) mended.push(await mend(app, one, { scratch: scratch.path, child, proven }, work))
  const weighing = {
    ...{ scratch: scratch.path, child, damaged: mended, acts: await history(app) },
    sound: diagnoses.filter(isSound).map(({ path }) => path),
  }
  const { ways, unusable } =
    damaged.length === 0 ? { ways: [], unusable: [] } : await waysBack(app, proven, weighing, work)
  const own = mendedWay(mended, (backup) => proven.find((one) => one.name === backup) ?? null, app)
  const findings = mended.flatMap((one) => [...one.diagnosis.findings, ...findingsIn(one)]).map(spoken)
  const databases = diagnoses.map((one) => ({ path: one.path, status: isSound(one) ? 'sound' : 'damaged' }) as const)
  return { databases, findings, ways: [...ways, ...(own === null ? [] : [own])], unusable }
}

async function newestManifest(proven: readonly BackupEntry[]): Promise<Manifest | null> {
  const newest = proven.find(({ legacy, type }) => !legacy && type !== 'safety') ?? proven.find(({ legacy }) => !legacy)
  if (newest === undefined) return null
  await using reader = await openArchive(newest.path)
  return reader.manifest
}

/** What is there, what is configured or remembered, and what the newest proven backup held. */
async function databasePaths(app: App, manifest: Manifest | null): Promise<string[]> {
  const recorded = app.config.databases === null ? (manifest?.databases ?? []).map(({ path }) => path) : []
  try {
    const { databases } = await findSources(app)
    return [...new Set([...databases, ...recorded])].sort()
  } catch (error) {
    if (isPulihError(error, 'backup.no-database') && recorded.length > 0) return recorded.sort()
    throw error
  }
}

function spoken(finding: Finding): SpokenFinding {
  const code = `finding.${finding.code}` as const
  return { ...finding, message: { id: say('id', code, finding), en: say('en', code, finding) } }
}

/**
 * The damaged files themselves when every row of them is still there, else the newest proven backup that brings every
 * damaged database back, else what can be salvaged. Safety snapshots come last: they hold what somebody wanted to get away
 * from.
 */
function recommend(ways: readonly WayBack[]): Recommendation {
  const own = ways.find(({ kind }) => kind !== 'backup')
  const backups = ways.filter(({ kind }) => kind === 'backup')
  const rank = ({ lacks, id }: WayBack): number => lacks.length * 2 + (id.startsWith('backup_safety') ? 1 : 0)
  const best = backups.toSorted((a, b) => rank(a) - rank(b))[0]
  if (own !== undefined && own.lacks.length === 0 && rowsIn(own.loss) === 0) {
    const why = own.kind === 'reindex' ? note('corruption.why-reindex') : note('corruption.why-whole')
    return { option: own.id, backup: null, reason: both(why) }
  }
  if (best === undefined && own !== undefined) {
    return { option: own.id, backup: null, reason: both(note('corruption.why-salvage')) }
  }
  if (best === undefined) return { option: null, backup: null, reason: both(note('corruption.why-none')) }
  const { id, backup, loss, lacks } = best
  const facts = { backup: backup ?? '', minutes: loss.minutes, rows: rowsIn(loss), lacks: lacks.join(', ') }
  const salvage = own === undefined ? null : own.id
  return { option: id, backup, reason: both(note('corruption.why-newest', { ...facts, salvage })) }
}

/** Rows that a way back loses; null when that of any table is not known. */
export function rowsIn({ rows }: WayBack['loss']): number | null {
  const all = Object.values(rows).flatMap((tables) => Object.values(tables))
  return all.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0)
}

function chosenFrom(ways: readonly WayBack[], id: string | null): WayBack | null {
  if (id === null) return null
  const found = ways.find((one) => one.id === id.replace(/\.zip$/, ''))
  if (found !== undefined) return found
  throw new PulihError('corruption.unknown-way', { found: id, ways: ways.map((one) => one.id) })
}
