import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { syncFolder, writeDurably } from '../disk/draft.ts'
import { diskError } from '../disk/failure.ts'
import { PulihError } from '../error.ts'
import { type Discovery, discover } from '../source/discover.ts'
import { isIgnored, workTreeOf } from '../source/discover-git.ts'
import { localStamp } from '../time/zone.ts'
import type { App } from './app.ts'
import { newConfig } from './config-new.ts'
import { configName } from './open.ts'
import { configSchema, schemaName } from './schema.ts'

/** What `init` would do, made without changing anything. Paths are relative to the app. */
export interface InitPlan {
  readonly app: string
  readonly found: Discovery
  /** In the order of writing; the configuration is last, so that an interrupted `init` starts afresh. */
  readonly writes: readonly PlannedWrite[]
  /** The line that `.gitignore` lacks; null when git is not there or ignores the backup folder already. */
  readonly ignoreLine: string | null
}

export interface PlannedWrite {
  readonly path: string
  readonly text: string
  readonly mode: number
  /** Where an existing, different file goes; null when there is none. */
  readonly aside: string | null
}

const pythonName = join('scripts', 'auto_backup.py')

/** Throws init.exists for an app that is configured (unless only the Python file is wanted) and init.no-database. */
export async function planInit(app: App, options: { python: boolean; signal?: AbortSignal }): Promise<InitPlan> {
  const { app: folder, backups } = app.folders
  if (app.configPath !== null && !options.python) {
    throw new PulihError('init.exists', { path: app.configPath, app: folder })
  }
  const found = await discover(app, options.signal)
  if (app.configPath === null && found.databases.length === 0) throw new PulihError('init.no-database', { app: folder })
  return {
    app: folder,
    found,
    writes: [...(options.python ? pythonWrite(app) : []), ...(app.configPath === null ? configWrites(app, found) : [])],
    ignoreLine: await missingIgnoreLine(folder, backups, options.signal),
  }
}

function configWrites(app: App, { startCommand }: Discovery): PlannedWrite[] {
  const { language, zone } = app
  const schema = `${JSON.stringify(configSchema(language), null, 2)}\n`
  return [
    { path: join(dirname(configName), schemaName), text: schema, mode: 0o644, aside: null },
    { path: configName, text: newConfig({ language, zone, startCommand }), mode: 0o644, aside: null },
  ]
}

/** Nothing when the same file is there already. */
function pythonWrite(app: App): PlannedWrite[] {
  const text = pythonText()
  const target = join(app.folders.app, pythonName)
  if (!existsSync(target)) return [{ path: pythonName, text, mode: 0o644, aside: null }]
  if (readFileSync(target, 'utf8') === text) return []
  const aside = pythonName.replace(/\.py$/, `.before-pulih-${localStamp(app.clock.now(), app.zone)}.py`)
  return [{ path: pythonName, text, mode: 0o644, aside }]
}

/** The drop-in as this installation ships it: beside `dist` in the package, in `package/` of a checkout. */
function pythonText(): string {
  const places = ['../../python/auto_backup.py', '../../package/python/auto_backup.py']
  const paths = places.map((place) => join(import.meta.dirname, place))
  const path = paths.find((one) => existsSync(one))
  if (path === undefined) throw new PulihError('init.no-python-file', { path: paths[0]! })
  return readFileSync(path, 'utf8')
}

/** The line for `.gitignore` of the app that keeps `backups` out of git; null when none is needed. */
export async function missingIgnoreLine(app: string, backups: string, signal?: AbortSignal): Promise<string | null> {
  const inside = relative(app, backups)
  if (workTreeOf(app) === null || inside.startsWith('..')) return null
  const ignored = await isIgnored(app, `${inside}/backup.zip`, signal)
  return ignored === false ? `/${inside}/` : null
}

/** Writes one file durably; an existing one is moved aside first and never overwritten. Throws disk.*. */
export async function writePlanned(app: string, { path, text, mode, aside }: PlannedWrite): Promise<void> {
  const target = join(app, path)
  if (aside !== null) {
    try {
      await rename(target, join(app, aside))
      await syncFolder(dirname(target))
    } catch (error) {
      throw diskError(error, 'move', target)
    }
  }
  if (existsSync(target) && path === configName) throw new PulihError('init.exists', { path: target, app })
  await writeDurably(target, text, { mode })
  // an umask of the shell must not keep the bot's own user from reading its configuration
  chmodSync(target, mode)
}

/** Adds one line to the app's `.gitignore`, keeping what is there. */
export async function addIgnoreLine(app: string, line: string): Promise<void> {
  const path = join(app, '.gitignore')
  const before = existsSync(path) ? await readFile(path, 'utf8') : ''
  const gap = before === '' || before.endsWith('\n') ? '' : '\n'
  await writeDurably(path, `${before}${gap}${line}\n`, { mode: 0o644 })
}
