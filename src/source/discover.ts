import { matchesGlob, relative } from 'node:path'
import type { App } from '../app/app.ts'
import { type Note, note } from '../message/phrases.ts'
import type { LeftOut } from '../snapshot/manifest.ts'
import { trackedFiles } from './discover-git.ts'
import { guessStart } from './discover-start.ts'
import { type FileKind, lookAt, type Place, readTree, type TreeFile } from './discover-tree.ts'

/** What of an app belongs into a backup. Paths are relative to the app, with `/`, sorted. */
export interface Discovery {
  readonly databases: readonly string[]
  readonly files: readonly string[]
  /** Everything else, and why; a folder of which nothing was taken is one line, with `/` at its end. */
  readonly leftOut: readonly LeftOut[]
  /** The files are what git tracks (and settings beside). */
  readonly gitTracked: boolean
  /** How the app is most likely started; null when nothing tells. */
  readonly startCommand: string | null
  /** Named like a database but empty, encrypted or something else; still taken as files. */
  readonly doubtful: readonly Doubtful[]
  /** Databases that are there but not in the configured list: not taken at all. */
  readonly unlisted: readonly string[]
  readonly warnings: readonly Note[]
}

export interface Doubtful {
  readonly path: string
  readonly why: 'empty' | 'encrypted' | 'other'
}

/** Larger files are data of another kind; a `critical_files` entry that names one takes it all the same. */
const largestFile = 50_000_000

/**
 * Looks what there is, in a process that has no SQLite connection to any of it. Configured databases are taken as they
 * are, there or not: whoever captures them reports a missing one. Otherwise databases are known by their header. Files
 * are `critical_files`, else what git tracks with the settings beside it, else everything but tools' folders. Settings
 * (`.env`, the configuration itself) are always taken: without them a dead server could not be rebuilt.
 */
export async function discover(app: App, signal?: AbortSignal): Promise<Discovery> {
  const place = placeOf(app)
  const [tree, tracked] = await Promise.all([readTree(place, '', signal), trackedFiles(place.app, signal)])
  const critical = app.config.criticalFiles
  const byGit = critical === null && tracked !== null && tracked.size > 0
  const more =
    critical !== null
      ? await beyondTree(place, critical, tree.files, signal)
      : byGit
        ? unseen(place, tracked, tree.files)
        : nothing
  const all = [...tree.files, ...more.files]
  const found = all.filter((file) => file.kind === 'database').map((file) => file.path)
  const databases = databasesOf(app, found, more.named)
  const isTaken = critical !== null ? criticalChoice(app, critical) : byGit ? gitChoice(tracked) : () => true
  const chosen = choose(
    all.filter(({ path }) => !databases.includes(path)),
    isTaken,
    more.named,
    critical === null ? 'not tracked by git' : 'not in critical_files',
  )
  const unlisted = found.filter((path) => !databases.includes(path))
  const doubtful = doubtfulOf(all)
  return {
    databases: databases.toSorted(),
    files: chosen.files,
    leftOut: tidy(
      [...tree.leftOut, ...more.leftOut, ...chosen.leftOut, ...unlisted.map(asUnlisted)],
      [...chosen.files, ...databases],
    ),
    gitTracked: byGit,
    startCommand: guessStart(place.app),
    doubtful,
    unlisted,
    warnings: [
      ...doubtful.map((one) => note('discover.doubtful', one)),
      ...tree.outward.map((one) => note('discover.outward', one)),
      ...more.warnings,
    ],
  }
}

/** Every database below the app's folder, by header alone, and what only looks like one. */
export async function findDatabases(
  app: App,
  signal?: AbortSignal,
): Promise<{ readonly databases: readonly string[]; readonly doubtful: readonly Doubtful[] }> {
  const { files } = await readTree(placeOf(app), '', signal)
  const databases = files.filter((file) => file.kind === 'database').map((file) => file.path)
  return { databases: databases.toSorted(), doubtful: doubtfulOf(files) }
}

function placeOf(app: App): Place {
  const { folders } = app
  return { app: folders.app, own: [folders.backups, folders.archives, folders.state] }
}

/** What lies outside the tree as `readTree` saw it. */
interface More {
  readonly files: readonly TreeFile[]
  readonly leftOut: readonly LeftOut[]
  /** Files that a `critical_files` entry names one by one: no size is too large, no folder excluded. */
  readonly named: ReadonlySet<string>
  readonly warnings: readonly Note[]
}

const nothing: More = { files: [], leftOut: [], named: new Set(), warnings: [] }

/** What git tracks inside folders that are excluded otherwise (a committed `dist`). */
function unseen(place: Place, tracked: ReadonlySet<string>, seen: readonly TreeFile[]): More {
  const known = new Set(seen.map((file) => file.path))
  const more = { files: [] as TreeFile[], leftOut: [] as LeftOut[] }
  for (const path of tracked) {
    if (known.has(path) || isOwn(place, path)) continue
    const found = lookAt(place.app, path)
    if ('kind' in found) more.files.push(found)
    // a tracked file that was deleted is not there to be kept
    else if (found.detail !== 'ENOENT') more.leftOut.push(found)
  }
  return { ...nothing, ...more }
}

/** `critical_files` entries that the tree does not hold: single files and folders in places that are excluded otherwise. */
async function beyondTree(
  place: Place,
  patterns: readonly string[],
  seen: readonly TreeFile[],
  signal?: AbortSignal,
): Promise<More> {
  const known = new Set(seen.map((file) => file.path))
  const more = { files: [] as TreeFile[], leftOut: [] as LeftOut[], named: new Set<string>(), warnings: [] as Note[] }
  for (const pattern of patterns) {
    if (known.has(pattern)) more.named.add(pattern)
    else if (isOwn(place, pattern) || seen.some((file) => covers(pattern, file.path))) continue
    else {
      const found = lookAt(place.app, pattern)
      if ('kind' in found) {
        more.files.push(found)
        more.named.add(pattern)
      } else if (found.reason === 'special' && found.detail === null) {
        const below = await readTree(place, pattern, signal)
        more.files.push(...below.files)
        more.leftOut.push(...below.leftOut)
      } else if (found.detail === 'ENOENT') more.warnings.push(note('discover.critical-missing', { pattern }))
      else more.leftOut.push(found)
    }
  }
  return more
}

function isOwn(place: Place, path: string): boolean {
  return place.own.some((own) => {
    const base = relative(place.app, own)
    return path === base || path.startsWith(`${base}/`)
  })
}

/** A `critical_files` entry covers itself, all below it, and what it matches as a pattern. */
function covers(pattern: string, path: string): boolean {
  if (path === pattern || path.startsWith(`${pattern}/`)) return true
  return /[*?[{]/.test(pattern) && matchesGlob(path, pattern)
}

/** Configured ones as they are, with any database that `critical_files` names: copying it as a file would tear it. */
function databasesOf(app: App, found: readonly string[], named: ReadonlySet<string>): readonly string[] {
  const configured = app.config.databases
  return configured === null ? found : [...new Set([...configured, ...found.filter((path) => named.has(path))])]
}

type Choice = (file: TreeFile) => boolean

function criticalChoice(app: App, patterns: readonly string[]): Choice {
  const config = app.configPath === null ? null : relative(app.folders.app, app.configPath)
  return ({ path }) => path === config || isEnvFile(path) || patterns.some((pattern) => covers(pattern, path))
}

function gitChoice(tracked: ReadonlySet<string>): Choice {
  return ({ path }) => tracked.has(path) || isSettings(path)
}

function choose(all: readonly TreeFile[], isTaken: Choice, named: ReadonlySet<string>, otherwise: string) {
  const files: string[] = []
  const leftOut: LeftOut[] = []
  for (const file of all) {
    if (!isFileKind(file.kind)) continue
    if (!isTaken(file)) leftOut.push({ path: file.path, reason: 'excluded', detail: otherwise })
    else if (file.bytes > largestFile && !named.has(file.path)) {
      leftOut.push({ path: file.path, reason: 'too-large', detail: `${file.bytes}` })
    } else files.push(file.path)
  }
  return { files: [...new Set(files)].sort(), leftOut }
}

function isFileKind(kind: FileKind): boolean {
  return kind !== 'database' && kind !== 'sidecar' && kind !== 'ours'
}

function isEnvFile(path: string): boolean {
  return /(^|\/)\.env(\.[^/]*)?$/.test(path)
}

/** Untracked on purpose and needed all the same: secrets and settings at the top or in a folder made for them. */
function isSettings(path: string): boolean {
  if (isEnvFile(path)) return true
  const folders = path.split('/').slice(0, -1)
  const home =
    folders.length === 0 ||
    folders.some((name) => /^\.?(config|configs|conf|settings|secrets|credentials|certs)$/i.test(name))
  return home && /\.(json|ya?ml|toml|ini|cfg|conf|properties|pem|key|crt|p12|pfx|service)$/i.test(path)
}

function doubtfulOf(files: readonly TreeFile[]): readonly Doubtful[] {
  const why = { 'doubtful-empty': 'empty', 'doubtful-encrypted': 'encrypted', 'doubtful-other': 'other' } as const
  return files.flatMap(({ path, kind }) => (kind in why ? [{ path, why: why[kind as keyof typeof why] }] : []))
}

function asUnlisted(path: string): LeftOut {
  return { path, reason: 'excluded', detail: 'database not in backup_paths.databases' }
}

/** One line for a folder of which nothing was taken, instead of a line for each of its thousand files. */
function tidy(leftOut: readonly LeftOut[], taken: readonly string[]): readonly LeftOut[] {
  const used = new Set(taken.flatMap(foldersAbove))
  const lines = new Map<string, LeftOut>()
  for (const one of leftOut) {
    const empty = one.reason === 'excluded' ? foldersAbove(one.path).find((folder) => !used.has(folder)) : undefined
    const path = empty ?? one.path
    if (!lines.has(path)) lines.set(path, { ...one, path })
  }
  return [...lines.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `a/b/c.py` -> `a/`, `a/b/`. */
function foldersAbove(path: string): string[] {
  const parts = path.replace(/\/$/, '').split('/').slice(0, -1)
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`)
}
