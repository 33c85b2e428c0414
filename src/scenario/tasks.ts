import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { changeAlerts } from '../alert/state.ts'
import type { App } from '../app/app.ts'
import { verifyBackups } from '../backup/verify.ts'
import { findBackup } from '../catalogue/catalogue.ts'
import { recordAct } from '../catalogue/history.ts'
import { diskError } from '../disk/failure.ts'
import { acquireLock } from '../disk/lock.ts'
import { freeSpace, requireSpace } from '../disk/space.ts'
import { errnoOf, PulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { liveDatabases, requireNobody } from './app-service.ts'
import { planThere } from './archived-plan.ts'
import type { TaskName } from './maintenance.ts'
import { planPath } from './plan.ts'

/** What one task did, in figures. */
export interface TaskEnd {
  readonly task: TaskName
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}

export interface TaskOptions extends Work {
  readonly windowMs: number
  readonly logAgeMs: number
}

/**
 * Does one task of a maintenance. Throws when it cannot be done: restore.held while somebody has a database open,
 * disk.full without room for a vacuum, maintenance.failed, maintenance.damaged-backup.
 */
export async function doTask(app: App, task: TaskName, options: TaskOptions): Promise<TaskEnd> {
  return await recordAct(app, 'maintenance', { task }, async () => ({ task, ...(await work(app, task, options)) }))
}

type Figures = Omit<TaskEnd, 'task'>

function work(app: App, task: TaskName, options: TaskOptions): Promise<Figures> {
  switch (task) {
    case 'hold':
      return hold(app, app.clock.now() + options.windowMs)
    case 'release':
      return hold(app, null)
    case 'optimise':
    case 'analyse':
    case 'vacuum':
      return upkeep(app, task, options)
    case 'logs':
      return cleanLogs(app, options.logAgeMs)
    case 'self-test':
      return selfTest(app, options)
    case 'disk':
      return disk(app)
  }
}

async function hold(app: App, untilMs: number | null): Promise<Figures> {
  const said = (ms: number | null) => (ms === null ? null : isoWithOffset(ms, app.zone))
  let before: number | null = null
  const { heldUntilMs } = await changeAlerts(app, (state) => {
    before = state.heldUntilMs
    return { ...state, heldUntilMs: untilMs }
  })
  return { before: { heldUntil: said(before) }, after: { heldUntil: said(heldUntilMs) } }
}

/** Under the lock: no backup begins while a database is rewritten. */
async function upkeep(app: App, task: 'optimise' | 'analyse' | 'vacuum', { signal }: Work): Promise<Figures> {
  await using _lock = await acquireLock(app.folders.state, 'maintenance', { waitMs: 30_000, signal, clock: app.clock })
  const before: Record<string, unknown> = {}
  const after: Record<string, unknown> = {}
  for (const { path, absolute } of await liveDatabases(app)) {
    await requireNobody(app)
    // A vacuum writes the whole database once beside it and once into its log.
    if (task === 'vacuum') await requireSpace(dirname(absolute), (await stat(absolute)).size * 2 + 4e6)
    const ended = await inChild(absolute, task)
    if (ended.error !== null) throw new PulihError('maintenance.failed', { task, path, reason: ended.error })
    before[path] = ended.before
    after[path] = ended.after
  }
  return { before, after }
}

interface UpkeepEnd {
  readonly error: string | null
  readonly before: unknown
  readonly after: unknown
}

/** Never cancelled: SQLite finishes or undoes what it has begun. */
async function inChild(path: string, task: string): Promise<UpkeepEnd> {
  const program = import.meta.filename.replace(/tasks(\.[jt]s)$/, 'upkeep-child$1')
  // Its temporary copy belongs on the disk whose room was looked at; `/tmp` may be small.
  const env = { ...process.env, SQLITE_TMPDIR: dirname(path) }
  const child = spawn(process.execPath, ['--no-warnings', program], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  // It may die before it has read the question; how it ended says so.
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify({ path, task }))
  const [answer] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (child.exitCode === 0) return JSON.parse(answer) as UpkeepEnd
  return { error: `process ended: ${child.signalCode ?? child.exitCode}`, before: null, after: null }
}

interface LogFile {
  readonly path: string
  readonly bytes: number
}

const logName = /\.log(\.\d+)?(\.gz)?$|\.log-\d+(\.gz)?$|^health_report_.*\.json$/

/** The app's `logs/`, ours, and old health reports: what nobody wrote to for that long. */
async function cleanLogs(app: App, ageMs: number): Promise<Figures> {
  const folders = [join(app.folders.app, 'logs'), app.folders.logs, app.folders.reports]
  const all = (await Promise.all([...new Set(folders)].map((folder) => logsIn(folder)))).flat()
  const limit = app.clock.now() - ageMs
  const old = all.filter(({ mtimeMs }) => mtimeMs < limit)
  for (const { path } of old) {
    try {
      await rm(path, { force: true })
    } catch (error) {
      throw diskError(error, 'remove', path)
    }
  }
  const sum = (files: readonly LogFile[]) => files.reduce((bytes, one) => bytes + one.bytes, 0)
  const removed = old.map(({ path }) => relative(app.folders.app, path)).sort()
  return {
    before: { files: all.length, bytes: sum(all) },
    after: { files: all.length - old.length, bytes: sum(all) - sum(old), removed },
  }
}

async function logsIn(folder: string): Promise<(LogFile & { readonly mtimeMs: number })[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && logName.test(entry.name))
    return await Promise.all(
      files.map(async ({ name }) => {
        const path = join(folder, name)
        const { size, mtimeMs } = await stat(path)
        return { path, bytes: size, mtimeMs }
      }),
    )
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
    throw diskError(error, 'read', folder)
  }
}

/** The newest proven backup, recovered and checked once more. */
async function selfTest(app: App, work: Work): Promise<Figures> {
  const backup = await findBackup(app, 'latest')
  const [result] = await verifyBackups(app, [backup], work)
  const state = result?.state ?? 'damaged'
  if (state !== 'proven') throw new PulihError('maintenance.damaged-backup', { name: backup.name, state })
  const { name, proof } = backup
  return {
    before: { backup: name, provenAt: proof?.at ?? null },
    after: { backup: name, state, ms: result?.durationMs },
  }
}

async function disk(app: App): Promise<Figures> {
  const plan = await planThere(planPath(app, 'maintenance_checklist'))
  const now = await freeSpace(app.folders.backups)
  const freePercent = now.totalBytes === 0 ? 0 : Math.round((now.freeBytes / now.totalBytes) * 1000) / 10
  const limit = app.config.thresholds.diskCriticalFreePercent
  const before = typeof plan?.disk === 'object' && plan.disk !== null ? { ...plan.disk } : {}
  return { before, after: { ...now, freePercent, low: freePercent < limit } }
}
