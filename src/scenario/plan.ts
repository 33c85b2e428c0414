import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import type { App } from '../app/app.ts'
import { makeFolder, writeDurably } from '../disk/draft.ts'
import { alone, tryExclusive } from '../disk/exclusive.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'
import { type Note, sayNote } from '../message/phrases.ts'
import { isoWithOffset } from '../time/zone.ts'

export type PlanKind = 'rollback' | 'migration' | 'recovery' | 'maintenance' | 'emergency'

/** `running`: somebody runs it now, or was cut off: `plan resume` goes on. */
export type PlanStatus = 'ready' | 'running' | 'done' | 'failed'
export type StepStatus = 'pending' | 'running' | 'done' | 'skipped' | 'failed'

/** A sentence in both languages, as plan files hold it. */
export interface Said {
  readonly id: string
  readonly en: string
}

export interface PlanStep {
  readonly id: string
  readonly title: Said
  /** Run as written by `sh` in the plan's `target`, without anybody to answer; exit 0 or 3 is done. Null: for a person. */
  readonly command: string | null
  readonly status: StepStatus
  /** What is known of it: exit code, times, the end of its output, or why it was skipped. Never a secret. */
  readonly evidence: Readonly<Record<string, unknown>> | null
  /** The steps after it run even if it fails; the plan is failed all the same. */
  readonly goOn?: boolean
  /** Runs even after a step before it has failed: the app is started again, alerts are released. */
  readonly always?: boolean
}

/**
 * One plan file: data that a person reads, `plan run` executes and `plan resume` goes on with. Each scenario adds fields of
 * its own (`checklist`, `verdict`, `findings`, `options`, `assessment` …). The backup it names is safe from retention until
 * the plan is done or failed.
 */
export interface Plan {
  readonly plan: PlanKind
  readonly version: 1
  /** ISO with offset. */
  readonly created: string
  readonly status: PlanStatus
  readonly backup: string | null
  /** Absolute folder its commands run in: the app. */
  readonly target: string
  readonly steps: readonly PlanStep[]
  readonly [more: string]: unknown
}

/** What every scenario answers with `--json`. */
export interface ScenarioResult {
  readonly scenario: string
  /** Path of the plan file. */
  readonly plan: string
  readonly backup: string | null
  readonly status: PlanStatus
}

/** A note in both languages. */
export function both(said: Note): Said {
  return { id: sayNote('id', said), en: sayNote('en', said) }
}

/** A step that waits for its turn. */
export function stepOf(
  id: string,
  title: Note,
  command: string | null,
  more: Pick<PlanStep, 'goOn' | 'always'> = {},
): PlanStep {
  return { id, title: both(title), command, status: 'pending', evidence: null, ...more }
}

/** A plan that is ready to run; `more` are the scenario's own fields. */
export function newPlan(
  app: App,
  kind: PlanKind,
  { backup, steps, ...more }: { backup: string | null; steps: readonly PlanStep[]; [more: string]: unknown },
): Plan {
  const created = isoWithOffset(app.clock.now(), app.zone)
  return { plan: kind, version: 1, created, status: 'ready', backup, target: app.folders.app, ...more, steps }
}

/** Where a plan of that name is kept: `backups/<name>.json`. */
export function planPath(app: App, name: string): string {
  return join(app.folders.backups, `${name}.json`)
}

/** Writes it whole and durably, 0600. */
export async function writePlan(path: string, plan: Plan): Promise<void> {
  await makeFolder(dirname(path))
  await writeDurably(path, `${JSON.stringify(plan, null, 2)}\n`)
}

/** Throws plan.unknown, plan.unreadable (no JSON, or not a plan), disk.*. */
export async function readPlan(path: string): Promise<Plan> {
  const plan = parsePlan(await textOf(path))
  if (plan === null) throw new PulihError('plan.unreadable', { path })
  return plan
}

/** Reads, changes and writes it while no other process does: a checkpoint may come while a migration runs. */
export async function changePlan(app: App, path: string, change: (plan: Plan) => Plan): Promise<Plan> {
  return await alone(join(app.folders.state, 'plans.lock.sqlite'), async () => {
    const plan = change(await readPlan(path))
    await writePlan(path, plan)
    return plan
  })
}

/** Runs `step` while no other process runs a plan or a migration of this app. Throws lock.busy. */
export async function aloneAtPlans<T>(app: App, step: () => Promise<T>): Promise<T> {
  await makeFolder(app.folders.state)
  const connection = tryExclusive(join(app.folders.state, 'plan-run.lock.sqlite'))
  if (connection === null) throw new PulihError('lock.busy', { act: 'plan', pid: null, waitedSeconds: 0 })
  try {
    return await step()
  } finally {
    connection.close()
  }
}

/** Gives one step of a plan another status or evidence. */
export function withStep(plan: Plan, id: string, change: Partial<PlanStep>): Plan {
  return { ...plan, steps: plan.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) }
}

/** The file that is meant: a path, or a plan's name with or without `.json` in the app's backup folder. Throws plan.unknown. */
export async function findPlan(app: App, name: string): Promise<string> {
  const file = name.endsWith('.json') ? name : `${name}.json`
  const places = isAbsolute(name)
    ? [name]
    : [resolve(name), resolve(file), resolve(app.folders.app, name), join(app.folders.backups, file)]
  for (const path of places) if (await isThere(path)) return path
  throw new PulihError('plan.unknown', { name })
}

export interface ListedPlan {
  readonly name: string
  readonly path: string
  readonly plan: Plan
}

/** Every plan in the app's backup folder, newest first; other files are passed over. */
export async function listPlans(app: App): Promise<ListedPlan[]> {
  const listed: ListedPlan[] = []
  for (const name of await namesIn(app.folders.backups)) {
    const path = join(app.folders.backups, name)
    const plan = parsePlan(await textOf(path))
    if (plan !== null) listed.push({ name: basename(name, '.json'), path, plan })
  }
  return listed.sort((a, b) => Date.parse(b.plan.created) - Date.parse(a.plan.created))
}

/** Null for anything that is not one of our plans. */
function parsePlan(text: string): Plan | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Ours are replaced whole, so text that is no JSON is somebody else's file.
    return null
  }
  return isPlan(value) ? value : null
}

function isPlan(value: unknown): value is Plan {
  if (typeof value !== 'object' || value === null) return false
  const { plan, version, status, target, steps } = value as Record<string, unknown>
  const isOurs = typeof plan === 'string' && version === 1 && typeof status === 'string' && typeof target === 'string'
  return isOurs && Array.isArray(steps) && steps.every(isStep)
}

function isStep(value: unknown): value is PlanStep {
  if (typeof value !== 'object' || value === null) return false
  const { id, title, command, status } = value as Record<string, unknown>
  const hasCommand = command === null || typeof command === 'string'
  return (
    typeof id === 'string' && typeof title === 'object' && title !== null && hasCommand && typeof status === 'string'
  )
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw new PulihError('plan.unknown', { name: path })
    throw diskError(error, 'read', path)
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await readFile(path)
    return true
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return false
    throw diskError(error, 'read', path)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const isJson = (name: string): boolean => name.endsWith('.json') && !name.startsWith('.')
    return entries.filter((entry) => entry.isFile() && isJson(entry.name)).map(({ name }) => name)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', folder)
  }
}
