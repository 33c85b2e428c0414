import type { App } from '../app/app.ts'
import { isPulihError, type PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import { type Discovery, discover } from '../source/discover.ts'

/** One thing that `doctor` has to say; `fix` is a command line, null where there is nothing to do. */
export interface Advice {
  readonly severity: 'info' | 'warning' | 'critical'
  readonly about: Note
  readonly fix: string | null
}

/** What every look gets: the app, what was found in it, and how it is configured. */
export interface Patient {
  readonly app: App
  readonly found: Discovery
  readonly env: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
}

export interface Examination {
  readonly advice: readonly Advice[]
  /** The configuration could not be read; everything else was looked at as if there were none. */
  readonly broken: boolean
}

/**
 * Looks at everything around the backups (configuration, databases, versions, folders, git, disk, clock) and changes
 * nothing. Never throws for what it finds: a look that fails is an advice itself. Worst first.
 */
export async function examine(app: App, broken: PulihError | null, signal?: AbortSignal): Promise<Examination> {
  const found = await discover(app, signal)
  const patient: Patient = { app, found, env: process.env, ...(signal && { signal }) }
  const looks = [
    (await import('./doctor-config.ts')).lookAtConfig,
    (await import('./doctor-databases.ts')).lookAtDatabases,
    (await import('./doctor-sqlite.ts')).lookAtSqlite,
    (await import('./doctor-folders.ts')).lookAtFolders,
    (await import('./doctor-git.ts')).lookAtGit,
    (await import('./doctor-host.ts')).lookAtHost,
  ]
  const advice: Advice[] = broken === null ? [] : [brokenConfig(app, broken)]
  for (const look of looks) advice.push(...(await lookSafely(look, patient)))
  const rank = { critical: 0, warning: 1, info: 2 }
  return { advice: advice.toSorted((a, b) => rank[a.severity] - rank[b.severity]), broken: broken !== null }
}

function brokenConfig({ configPath }: App, error: PulihError): Advice {
  const about = note('doctor.config-broken', { en: error.words('en')[0], id: error.words('id')[0] })
  return critical(about, configPath === null ? null : editing(configPath))
}

export function info(about: Note, fix: string | null = null): Advice {
  return { severity: 'info', about, fix }
}

export function warning(about: Note, fix: string | null): Advice {
  return { severity: 'warning', about, fix }
}

export function critical(about: Note, fix: string | null): Advice {
  return { severity: 'critical', about, fix }
}

/** A look that cannot be finished is itself something to mend; what stops the others is only a cancellation or a bug. */
async function lookSafely(look: (patient: Patient) => Promise<Advice[]>, patient: Patient): Promise<Advice[]> {
  try {
    return await look(patient)
  } catch (error) {
    if (!isPulihError(error) || isPulihError(error, 'cancelled')) throw error
    return [critical(note('doctor.look-failed', { en: error.words('en')[0], id: error.words('id')[0] }), null)]
  }
}

/** The command that opens a configuration for its owner. */
export function editing(configPath: string | null): string {
  return configPath === null ? 'pulih init' : `\${EDITOR:-vi} ${quoted(configPath)}`
}

/** `'/srv/my bot'`, safe for `sh`. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
