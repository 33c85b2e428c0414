import { type FileHandle, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { App } from '../app/app.ts'
import { checkRequest } from '../backup/request.ts'
import { findBackup } from '../catalogue/catalogue.ts'
import { beginAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { redact } from '../catalogue/redact.ts'
import { makeFolder } from '../disk/draft.ts'
import { failpoint } from '../disk/failpoint.ts'
import { diskError } from '../disk/failure.ts'
import { isAlive } from '../disk/process.ts'
import { isPulihError, PulihError } from '../error.ts'
import { type Note, note, say } from '../message/phrases.ts'
import { prepareRestore } from '../restore/plan.ts'
import { runRestore } from '../restore/restore.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { backupWithRetention } from '../trigger/retention.ts'
import { appWords, holdersOf } from './app-service.ts'
import { planThere, setAside } from './archived-plan.ts'
import type { Difference } from './difference.ts'
import { judge, type Problem } from './judge.ts'
import {
  aloneAtPlans,
  both,
  changePlan,
  newPlan,
  type Plan,
  type PlanStep,
  planPath,
  readPlan,
  stepOf,
  withStep,
  writePlan,
} from './plan.ts'
import { pathWithPulih, pulihLine } from './pulih-command.ts'
import { runShell } from './shell.ts'
import { beforeAndAfter } from './state.ts'
import { requireProven } from './update.ts'

/** One real backup made while a migration is under way. */
export interface Checkpoint {
  readonly label: string
  readonly backup: string
  readonly at: string
}

/** What a migration's log holds beyond a plan's own fields. */
export interface MigrationLog extends Plan {
  readonly plan: 'migration'
  readonly name: string
  /** The migration as one command line; null: it is run by hand. */
  readonly command: string | null
  /** What the command printed; null until it ran. */
  readonly log: string | null
  readonly checkpoints: readonly Checkpoint[]
  readonly difference: Difference | null
  readonly problems: readonly Problem[]
  readonly outcome: 'migrated' | 'rolled back' | 'rollback failed' | null
  /** Why it was rolled back, or could not be; in both languages. */
  readonly reason: { readonly id: string; readonly en: string } | null
}

export interface MigrationOptions extends Work {
  /** One command line for `sh`; null: prepare only. */
  readonly command: string | null
  readonly onOutput?: (piece: string) => void
  /** Told before the command begins: what would stand in the way of going back. */
  readonly onNote?: (said: Note) => void
}

export interface MigrationEnd {
  readonly path: string
  readonly log: MigrationLog
  readonly warnings: readonly Note[]
}

export function migrationPath(app: App, name: string): string {
  return planPath(app, `migration_${name}`)
}

/**
 * Makes the pre-migration backup and the tracking log, then runs the command, if there is one, in the app's folder. When it
 * exits non-zero, leaves a damaged or missing database, or newly breaks an invariant, the backup is brought back at once.
 * The log says how it ended; only preparing throws: backup.*, migration.unfinished, disk.*, cancelled.
 */
export async function migrate(app: App, name: string, options: MigrationOptions): Promise<MigrationEnd> {
  checkRequest({ type: 'pre_migration', label: name })
  const path = migrationPath(app, name)
  const earlier = await planThere(path)
  if (earlier?.status === 'running') throw new PulihError('migration.unfinished', { path })
  const { signal, progress } = options
  const made = await backupWithRetention(app, {
    ...{ type: 'pre_migration', label: name, trigger: 'before_migration', reason: `migration ${name}` },
    ...{ signal, progress },
  })
  requireProven(made.entry)
  if (earlier !== null) await setAside(app, basename(path, '.json'))
  const kept = earlier?.status === 'ready' ? (earlier as MigrationLog).checkpoints : []
  const log = newLog(app, { name, backup: made.entry.name, command: options.command, checkpoints: kept })
  await writePlan(path, log)
  failpoint('migration-prepared')
  const { warnings } = made
  if (options.command === null) return { path, log, warnings }
  return { path, log: await attemptMigration(app, path, options), warnings }
}

function newLog(
  app: App,
  facts: Pick<MigrationLog, 'name' | 'command' | 'checkpoints'> & { readonly backup: string },
): MigrationLog {
  const { name, backup, command } = facts
  const now = isoWithOffset(app.clock.now(), app.zone)
  const made: PlanStep = {
    ...stepOf('backup', note('scenario.step.backup', { backup }), null),
    ...{ status: 'done', evidence: { backup, at: now } },
  }
  const plan = newPlan(app, 'migration', {
    ...{
      name,
      backup,
      command: command === null ? null : redact(command, app),
      log: null,
      checkpoints: facts.checkpoints,
    },
    ...{ difference: null, problems: [], outcome: null, reason: null },
    steps: [
      made,
      command === null
        ? stepOf('migrate', note('migration.step.by-hand'), null)
        : stepOf('migrate', note('migration.step.run'), command),
      stepOf(
        'check',
        note('migration.step.check'),
        pulihLine(['scenario', 'migration', name, '--verify', ...appWords(app)]),
      ),
      stepOf('rollback', note('migration.step.rollback', { backup }), null),
    ],
    rollback: pulihLine(['rollback', name, '--yes', ...appWords(app)]),
  })
  return plan as MigrationLog
}

/** Runs a prepared migration, checks it, and goes back when it failed. Throws lock.busy, disk.*, archive.*. */
export async function attemptMigration(app: App, path: string, options: MigrationOptions): Promise<MigrationLog> {
  return await aloneAtPlans(app, () => attempt(app, path, options))
}

async function attempt(app: App, path: string, options: MigrationOptions): Promise<MigrationLog> {
  if (app.config.app.stop === null) {
    const [holder] = await holdersOf(app)
    if (holder !== undefined) options.onNote?.(note('migration.held', { pid: holder.pid, command: holder.command }))
  }
  const { name, backup } = (await readPlan(path)) as MigrationLog
  await using act = await beginAct(app, 'migration', { name, backup })
  try {
    const reason = await runMigration(app, path, options)
    const log = await conclude(app, path, reason, options)
    if (log.status === 'done') await act.finish({ backup })
    else await act.fail(new PulihError('migration.failed', { name, outcome: log.outcome ?? '' }), { backup })
    return log
  } catch (error) {
    await act.fail(error, { backup })
    throw error
  }
}

/** Null: it exited with 0. Otherwise why it counts as failed. */
async function runMigration(app: App, path: string, options: MigrationOptions): Promise<Note | null> {
  const { signal, onOutput } = options
  const command = options.command ?? ''
  const { name } = (await readPlan(path)) as MigrationLog
  await using kept = await openOutput(app, name)
  await changePlan(app, path, (log) => ({
    ...withStep(log, 'migrate', { status: 'running' }),
    status: 'running',
    log: kept.path,
  }))
  const started = now(app)
  const env = { ...process.env, ...app.config.app.env, PATH: pathWithPulih(), PULIH_MIGRATION: name }
  const onReady = async (identity: string): Promise<void> => {
    await changePlan(app, path, (log) => withStep(log, 'migrate', { evidence: { started, process: identity } }))
    failpoint('migration-started')
  }
  const onPiece = (piece: string): void => {
    kept.write(redact(piece, app))
    onOutput?.(piece)
  }
  try {
    const cwd = app.folders.app
    const { exit, output } = await runShell(command, { cwd, env, signal, onReady, onOutput: onPiece })
    const evidence = { started, ended: now(app), exit, output: redact(output, app) }
    await changePlan(app, path, (log) => withStep(log, 'migrate', { status: exit === 0 ? 'done' : 'failed', evidence }))
    failpoint('migration-ran')
    return exit === 0 ? null : note('migration.exited', { exit })
  } catch (error) {
    if (!isPulihError(error, 'cancelled')) throw error
    const evidence = { started, interrupted: now(app) }
    await changePlan(app, path, (log) => withStep(log, 'migrate', { status: 'failed', evidence }))
    return note('migration.cancelled')
  }
}

/** Compares, and goes back when something is wrong. A cancelled migration still goes back, so nothing here is cancelled. */
async function conclude(app: App, path: string, reason: Note | null, { progress }: Work): Promise<MigrationLog> {
  const { problems, log } = await compare(app, path, { progress })
  const first = problems[0]
  const why = reason !== null ? both(reason) : first?.message
  if (why === undefined) return await closeAsDone(app, path)
  await changePlan(app, path, (old) => ({ ...old, status: 'running', reason: why }))
  logLine(app, 'ERROR', say(app.language, 'migration.log-rollback', { name: log.name }))
  return await goBack(app, path, { progress })
}

async function closeAsDone(app: App, path: string): Promise<MigrationLog> {
  const done = await changePlan(app, path, (log) => ({
    ...withStep(log, 'rollback', { status: 'skipped', evidence: { note: both(note('migration.no-rollback')) } }),
    ...{ status: 'done', outcome: 'migrated' },
  }))
  const log = done as MigrationLog
  logLine(app, 'INFO', say(app.language, 'migration.log-done', { name: log.name }))
  return log
}

/** Fills in the difference and what is wrong. */
async function compare(
  app: App,
  path: string,
  work: Work,
): Promise<{ readonly problems: readonly Problem[]; readonly log: MigrationLog }> {
  const { backup } = await readPlan(path)
  const archive = await findBackup(app, backup ?? '')
  const { difference, problems } = judge(await beforeAndAfter(app, archive.path, work), 'free')
  const status = problems.length === 0 ? 'done' : 'failed'
  const evidence = { at: now(app), problems: problems.map(({ message }) => message) }
  const log = await changePlan(app, path, (old) => ({
    ...withStep(old, 'check', { status, evidence }),
    difference,
    problems,
  }))
  failpoint('migration-checked')
  return { problems, log: log as MigrationLog }
}

async function goBack(app: App, path: string, work: Work): Promise<MigrationLog> {
  const { backup } = await readPlan(path)
  await changePlan(app, path, (log) => withStep(log, 'rollback', { status: 'running' }))
  try {
    await using prepared = await prepareRestore(app, { name: backup ?? '', ...work })
    const { safety, restored, id } = await runRestore(app, prepared, work)
    failpoint('migration-rolled-back')
    const evidence = { at: now(app), backup, restored, safety, undo: id }
    return (await changePlan(app, path, (log) => ({
      ...withStep(log, 'rollback', { status: 'done', evidence }),
      ...{ status: 'failed', outcome: 'rolled back' },
    }))) as MigrationLog
  } catch (error) {
    if (!isPulihError(error)) throw error
    const said = { id: redact(error.words('id')[0], app), en: redact(error.words('en')[0], app) }
    const evidence = { at: now(app), code: error.code, error: said }
    return (await changePlan(app, path, (log) => ({
      ...withStep(log, 'rollback', { status: 'failed', evidence }),
      ...{ status: 'failed', outcome: 'rollback failed' },
    }))) as MigrationLog
  }
}

/**
 * Checks a migration that was run by hand: the difference and what is wrong go into the log, which is done or failed
 * then. Changes nothing in the app. Throws plan.unknown, archive.*.
 */
export async function verifyMigration(app: App, name: string, work: Work): Promise<MigrationEnd> {
  const path = migrationPath(app, name)
  const { problems, log } = await compare(app, path, work)
  // Called by the plan's own run: that one says how it ended.
  const isRun = log.status === 'running'
  const isDone = problems.length === 0
  const closed = await changePlan(app, path, (old) => ({
    ...old,
    ...(isRun ? {} : { status: isDone ? 'done' : 'failed' }),
    outcome: isDone ? 'migrated' : null,
    reason: problems[0]?.message ?? null,
  }))
  return { path, log: closed as MigrationLog, warnings: [] }
}

/**
 * Goes on with a migration that was cut off. Nobody knows how far its command came, so the app goes back to the backup
 * made before it; one that had ended is checked, and kept or rolled back. Throws lock.busy (it still runs), disk.*,
 * archive.*.
 */
export async function resumeMigration(app: App, path: string, work: Work): Promise<MigrationLog> {
  return await aloneAtPlans(app, () => settle(app, path, work))
}

async function settle(app: App, path: string, work: Work): Promise<MigrationLog> {
  const log = (await readPlan(path)) as MigrationLog
  const identity = log.steps.find(({ id }) => id === 'migrate')?.evidence?.process
  if (typeof identity === 'string') while (isAlive(identity)) await app.clock.sleep(100, work.signal)
  const migrateStep = log.steps.find(({ id }) => id === 'migrate')
  if (log.reason !== null) return await goBack(app, path, work)
  if (migrateStep?.status === 'done') return await conclude(app, path, null, work)
  const evidence = { ...migrateStep?.evidence, interrupted: now(app) }
  await changePlan(app, path, (old) => withStep(old, 'migrate', { status: 'failed', evidence }))
  return await conclude(app, path, note('migration.interrupted'), work)
}

/**
 * A proven backup in the middle of a migration, at any time, also from within its command. Throws plan.unknown,
 * migration.checkpoint-taken, backup.*.
 */
export async function checkpoint(app: App, name: string, label: string | null, work: Work) {
  const path = migrationPath(app, name)
  const { checkpoints } = (await readPlan(path)) as MigrationLog
  const own = label ?? String(checkpoints.length + 1)
  checkRequest({ type: 'checkpoint', label: own })
  if (checkpoints.some((one) => one.label === own))
    throw new PulihError('migration.checkpoint-taken', { name, label: own })
  const joined = `${name}_${own}`
  const made = await backupWithRetention(app, {
    ...{ type: 'checkpoint', label: joined.length <= 64 ? joined : own, trigger: 'checkpoint' },
    ...{ reason: `migration ${name}: ${own}`, ...work },
  })
  requireProven(made.entry)
  const entry: Checkpoint = { label: own, backup: made.entry.name, at: now(app) }
  await changePlan(app, path, (log) => ({ ...log, checkpoints: [...(log as MigrationLog).checkpoints, entry] }))
  return { path, checkpoint: entry, warnings: made.warnings }
}

interface Output extends AsyncDisposable {
  readonly path: string
  write(piece: string): void
}

/** `backups/logs/migration_<name>.log`, 0600: everything the command prints, of every try. */
async function openOutput(app: App, name: string): Promise<Output> {
  const path = join(app.folders.logs, `migration_${name}.log`)
  await makeFolder(app.folders.logs)
  let handle: FileHandle
  try {
    handle = await open(path, 'a', 0o600)
  } catch (error) {
    throw diskError(error, 'write', path)
  }
  let last = Promise.resolve()
  return {
    path,
    write(piece) {
      last = last.then(() => handle.appendFile(piece))
      // Whoever closes gets the error; until then it must not count as unhandled.
      last.catch(() => undefined)
    },
    async [Symbol.asyncDispose]() {
      try {
        await last
      } catch (error) {
        throw diskError(error, 'write', path)
      } finally {
        await handle.close()
      }
    },
  }
}

function now(app: App): string {
  return isoWithOffset(app.clock.now(), app.zone)
}
