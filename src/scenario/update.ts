import { basename } from 'node:path'
import type { App } from '../app/app.ts'
import { checkRequest } from '../backup/request.ts'
import { findBackup, listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { redact } from '../catalogue/redact.ts'
import type { CheckName, Scene } from '../check/check.ts'
import { databaseIntegrity } from '../check/database-integrity.ts'
import { storage } from '../check/storage.ts'
import { PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import { unfinishedRecords } from '../restore/record.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { backupWithRetention } from '../trigger/retention.ts'
import { appWords, smokeTestLine, stepsBack } from './app-service.ts'
import { planThere, setAside } from './archived-plan.ts'
import type { Difference } from './difference.ts'
import { judge, type Problem } from './judge.ts'
import { both, changePlan, listPlans, newPlan, type Plan, planPath, readPlan, type Said, writePlan } from './plan.ts'
import { pulihLine } from './pulih-command.ts'
import { runShell } from './shell.ts'
import { beforeAndAfter } from './state.ts'

export interface Preflight {
  readonly check: CheckName | 'plans'
  readonly status: 'healthy' | 'warning' | 'critical'
  readonly messages: readonly Said[]
}

export interface ChecklistItem {
  readonly id: string
  readonly title: Said
  /** A command that settles it; null: a person looks. */
  readonly command: string | null
  readonly status: 'open' | 'passed' | 'failed' | 'not-configured'
}

export interface Verdict {
  readonly result: 'passed' | 'failed'
  readonly passed: boolean
  readonly at: string
  readonly problems: readonly Problem[]
  readonly difference: Difference
  readonly smokeTest: { readonly command: string; readonly exit: number; readonly output: string } | null
}

export interface Prepared {
  readonly path: string
  readonly plan: Plan
  readonly warnings: readonly Note[]
  readonly preflight: readonly Preflight[]
}

export function rollbackPath(app: App, version: string): string {
  return planPath(app, `rollback_${version}`)
}

/**
 * Before an update: looks at health, space and open plans, makes a proven and pinned backup that carries the version, and
 * writes `backups/rollback_<version>.json`. An earlier plan of that version is kept beside it. Throws
 * scenario.preflight when a database is damaged, backup.*.
 */
export async function prepareUpdate(app: App, version: string, work: Work): Promise<Prepared> {
  checkRequest({ type: 'pre_deployment', label: version })
  const preflight = await preflightOf(app, work)
  // Room on the disk is the backup's own question: it refuses what does not fit.
  const bad = preflight.find(({ check, status }) => check === 'database-integrity' && status === 'critical')
  if (bad?.messages[0] !== undefined) throw new PulihError('scenario.preflight', bad.messages[0])
  const made = await backupWithRetention(app, {
    ...{ type: 'pre_deployment', label: version, trigger: 'before_deployment', pin: `update ${version}` },
    ...{ reason: `update ${version}`, ...work },
  })
  requireProven(made.entry)
  const path = rollbackPath(app, version)
  if ((await planThere(path)) !== null) await setAside(app, basename(path, '.json'))
  const plan = newPlan(app, 'rollback', {
    ...{ backup: made.entry.name, release: version, preflight, checklist: checklistOf(app, version), verdict: null },
    steps: stepsBack(app, made.entry.name),
  })
  await writePlan(path, plan)
  return { path, plan, preflight, warnings: made.warnings }
}

/** A scenario rests on its backup: one that was only stored is not enough. Throws scenario.not-proven. */
export function requireProven({ name, state }: { readonly name: string; readonly state: string }): void {
  if (state !== 'proven') throw new PulihError('scenario.not-proven', { name })
}

async function preflightOf(app: App, work: Work): Promise<Preflight[]> {
  const scene: Scene = {
    ...{ app, nowMs: app.clock.now(), depth: 'quick', ...work },
    ...{ backups: await listBackups(app), acts: await history(app) },
  }
  const looked = await Promise.all(
    [databaseIntegrity, storage].map(async ({ name, look }): Promise<Preflight> => {
      const { status, notes } = await look(scene)
      return { check: name, status, messages: notes.map((one) => redactedBoth(app, one)) }
    }),
  )
  return [...looked, await openPlans(app)]
}

function redactedBoth(app: App, one: Note): Said {
  const { id, en } = both(one)
  return { id: redact(id, app), en: redact(en, app) }
}

async function openPlans(app: App): Promise<Preflight> {
  const open = (await listPlans(app)).filter(({ plan }) => plan.status === 'ready' || plan.status === 'running')
  const cut = (await unfinishedRecords(app.folders)).map(({ id }) => both(note('restore.warn.unfinished', { id })))
  const running = open.filter(({ plan }) => plan.status === 'running')
  const messages = [...open.map(({ name }) => both(note('scenario.plan-open', { name }))), ...cut]
  const isHealthy = running.length === 0 && cut.length === 0
  if (messages.length === 0) messages.push(both(note('scenario.no-open-plans')))
  return { check: 'plans', status: isHealthy ? 'healthy' : 'warning', messages }
}

function checklistOf(app: App, version: string): ChecklistItem[] {
  const verify = pulihLine(['scenario', 'update', version, '--verify', ...appWords(app)])
  const item = (id: string, title: Note, command: string | null, status: ChecklistItem['status'] = 'open') => ({
    ...{ id, title: both(title), command, status },
  })
  const smokeTest = smokeTestLine(app.config.app, appWords(app))
  return [
    item('schema', note('scenario.list.schema'), verify),
    item('rows', note('scenario.list.rows'), verify),
    item('integrity', note('scenario.list.integrity'), verify),
    item('invariants', note('scenario.list.invariants', { count: app.config.invariants.length }), verify),
    item('smoke-test', note('scenario.list.smoke-test'), smokeTest, smokeTest === null ? 'not-configured' : 'open'),
    item('try', note('scenario.list.try'), null),
  ]
}

/**
 * After the update: compares every database with the backup made before it, runs the smoke test, and writes the verdict
 * into the plan. Failed when a table is gone or has fewer rows, a database is damaged, a rule is newly broken, or the smoke
 * test fails; a changed schema is told. Throws plan.unknown, archive.*, cancelled.
 */
export async function verifyUpdate(
  app: App,
  version: string,
  work: Work,
): Promise<{ path: string; plan: Plan; verdict: Verdict }> {
  const path = rollbackPath(app, version)
  const { backup } = await readPlan(path)
  const archive = await findBackup(app, backup ?? '')
  const { difference, problems } = judge(await beforeAndAfter(app, archive.path, work), 'kept')
  const smokeTest = await runSmokeTest(app, work)
  const all = [...problems, ...smokeProblems(smokeTest)]
  const passed = all.length === 0
  const at = isoWithOffset(app.clock.now(), app.zone)
  const verdict: Verdict = { result: passed ? 'passed' : 'failed', passed, at, problems: all, difference, smokeTest }
  const plan = await changePlan(app, path, (old) => ({ ...old, verdict, checklist: checked(old.checklist, verdict) }))
  return { path, plan, verdict }
}

/** `app.smoke_test` in the app's folder; null when none is configured. Throws cancelled. */
export async function runSmokeTest(app: App, { signal }: Work): Promise<Verdict['smokeTest']> {
  const { smokeTest: command, env } = app.config.app
  if (command === null) return null
  const cwd = app.folders.app
  const { exit, output } = await runShell(command, { cwd, env: { ...process.env, ...env }, signal })
  return { command: redact(command, app), exit, output: redact(output, app) }
}

function smokeProblems(smokeTest: Verdict['smokeTest']): Problem[] {
  if (smokeTest === null || smokeTest.exit === 0) return []
  const { command, exit } = smokeTest
  const message = both(note('scenario.smoke-failed', { command, exit }))
  return [{ kind: 'smoke-test', database: null, name: command, message }]
}

const itemOf: Readonly<Record<Problem['kind'], string>> = {
  database: 'integrity',
  integrity: 'integrity',
  'foreign-keys': 'integrity',
  invariant: 'invariants',
  table: 'schema',
  rows: 'rows',
  'smoke-test': 'smoke-test',
}

/** Settles what the verdict settles; what a person must look at stays open. */
function checked(list: unknown, { problems, smokeTest }: Verdict): unknown {
  if (!Array.isArray(list)) return list
  const failed = new Set(problems.map(({ kind }) => itemOf[kind]))
  return list.map((item: ChecklistItem) => {
    if (item.id === 'try' || (item.id === 'smoke-test' && smokeTest === null)) return item
    return { ...item, status: failed.has(item.id) ? 'failed' : 'passed' }
  })
}
