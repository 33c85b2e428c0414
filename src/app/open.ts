import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'
import { languageOfSystem } from '../message/language.ts'
import type { Language } from '../message/sentence.ts'
import { type Clock, systemClock } from '../time/clock.ts'
import { isZone, systemZone } from '../time/zone.ts'
import type { App } from './app.ts'
import type { Config } from './config.ts'
import { defaultConfig, parseConfig } from './config-file.ts'
import { foldersOf } from './folders.ts'

export interface OpenOptions {
  /** The app's folder; must exist. Default: the nearest folder upward with a configuration, else the working directory. */
  readonly dir?: string
  /** The configuration file; must exist. Default: `config/backup_config.json` of the app. */
  readonly config?: string
  /** Wins over the configuration and the system. */
  readonly language?: Language
  readonly clock?: Clock
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** Where an app keeps its configuration, relative to its folder. */
export const configName = join('config', 'backup_config.json')

/**
 * Finds one app and reads its configuration; writes nothing and opens no database. Throws `config.*` (exit 2) for a
 * folder or file that is not there and for a configuration that is wrong, `disk.denied` for one that may not be read.
 */
export async function openApp(options: OpenOptions = {}): Promise<App> {
  const env = options.env ?? process.env
  const { folder, configPath } = locate(options)
  if (configPath === null) return appOf(folder, null, defaultConfig(), options)
  return appOf(folder, configPath, parseConfig(readConfig(configPath), configPath, { env, folder }), options)
}

/** The same app with the defaults in place of its configuration, whatever that says: for `doctor`. */
export function openWithDefaults(options: OpenOptions = {}): App {
  const { folder, configPath } = locate(options)
  return appOf(folder, configPath, defaultConfig(), options)
}

function appOf(folder: string, configPath: string | null, config: Config, options: OpenOptions): App {
  const env = options.env ?? process.env
  return {
    folders: foldersFor(folder, config),
    config,
    configPath,
    zone: config.timeZone ?? zoneOf(env),
    language: languageOf(options.language, config.language, env),
    clock: options.clock ?? systemClock,
  }
}

/** The app's folder and its configuration file (null when there is none), without reading it: `openApp`'s first half. */
export function locate(options: OpenOptions): { readonly folder: string; readonly configPath: string | null } {
  const cwd = options.cwd ?? process.cwd()
  const named = options.config === undefined ? null : resolve(cwd, options.config)
  if (named !== null && !existsSync(named)) throw new PulihError('config.absent', { path: named })
  const folder = options.dir === undefined ? (homeOf(named) ?? nearestApp(cwd)) : resolve(cwd, options.dir)
  if (!isFolder(folder)) throw new PulihError('config.no-folder', { path: folder })
  const own = join(folder, configName)
  return { folder, configPath: named ?? (existsSync(own) ? own : null) }
}

/** A `--config` in the usual place tells the app's folder, too. */
function homeOf(config: string | null): string | null {
  if (config === null) return null
  const home = dirname(dirname(config))
  return join(home, configName) === config ? home : null
}

function nearestApp(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, configName))) return folder
    if (folder === dirname(folder)) return cwd
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** The text of a configuration file. Throws `config.absent`, `config.not-file`, `config.too-large`, `config.syntax`, `disk.*`. */
export function readConfig(path: string): string {
  try {
    const { size, ...kind } = fileFacts(path)
    // a pipe or a device would be waited for without end
    if (!kind.isFile) throw new PulihError('config.not-file', { path })
    if (size > 1_000_000) throw new PulihError('config.too-large', { path, bytes: size })
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw new PulihError('config.absent', { path }, { cause: error })
    if (error instanceof TypeError) {
      const facts = { where: path, line: 1, column: 1, fault: { kind: 'utf8' } } as const
      throw new PulihError('config.syntax', facts, { cause: error })
    }
    throw diskError(error, 'read', path)
  }
}

function fileFacts(path: string): { readonly size: number; readonly isFile: boolean } {
  const stat = statSync(path)
  return { size: stat.size, isFile: stat.isFile() }
}

function foldersFor(app: string, config: Config): App['folders'] {
  const backups = resolve(app, config.backupDirectory)
  if (isWithin(real(app), real(backups))) throw new PulihError('config.backup-folder', { path: backups, app })
  return foldersOf(app, backups, resolve(app, config.archiveDirectory))
}

/** True when `path` is `folder` or lies below it. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`))
}

/** Without symbolic links as far as the path exists: `/srv/bot/backups` may lead back to `/srv/bot`. */
function real(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  return path === dirname(path) ? path : join(real(dirname(path)), basename(path))
}

function zoneOf(env: NodeJS.ProcessEnv): string {
  const named = env.TZ?.replace(/^:/, '') ?? ''
  return isZone(named) ? named : systemZone()
}

function languageOf(chosen: Language | undefined, configured: Language | null, env: NodeJS.ProcessEnv): Language {
  if (chosen !== undefined && chosen !== 'id' && chosen !== 'en') {
    throw new PulihError('config.language', { found: String(chosen) })
  }
  return chosen ?? configured ?? languageOfSystem(env)
}
