import type { Finding } from '../snapshot/finding.ts'
import { type ArchiveEntry, codePrefix, databasePrefix, manifestEntry } from './entry.ts'
import { isObject } from './rule.ts'

/**
 * What an archive of the Python predecessor holds, or any zip with databases in it. Its names are never parsed: name and
 * type come from its `backup_info.json`.
 */
export interface LegacyInfo {
  readonly name: string
  readonly type: string
  readonly reason: string | null
  /** Its timestamp read in this machine's local time; the newest entry's time when it has none. */
  readonly createdMs: number
  readonly databases: readonly LegacyItem[]
  readonly files: readonly LegacyItem[]
  /** Database path -> table -> rows, from `<db>.metadata.json`; only what it counted. */
  readonly recordCounts: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Databases it says it could not back up, or that backup as a whole failed (`success: false`). */
  readonly failed: { readonly databases: readonly string[]; readonly whole: boolean }
  /** Entries left aside because a database belongs at the same place. */
  readonly shadowed: readonly string[]
  /** False: a zip without `backup_info.json`, taken for its databases. */
  readonly hasInfo: boolean
}

export interface LegacyItem {
  /** Where it belongs in the app's folder: without `.backup`, without `code/`. */
  readonly path: string
  readonly entry: ArchiveEntry
}

/** What reading a legacy archive needs of the file. */
export interface LegacySource {
  readonly entries: readonly ArchiveEntry[]
  /** Of the file, without `.zip`: the name when nothing else says it. */
  readonly fileName: string
  /** True when the entry begins as a SQLite database; false also for one that cannot be read. */
  isDatabase(entry: ArchiveEntry): Promise<boolean>
  /** A small entry's JSON, or undefined when it is none. */
  json(entry: ArchiveEntry): Promise<unknown>
}

/** True for the predecessor's `backup_info.json`. */
export function isLegacyInfo(value: unknown): value is Record<string, unknown> {
  return isObject(value) && ['backup_name', 'backup_type', 'databases', 'timestamp'].some((key) => key in value)
}

/** `info`: the parsed `backup_info.json` standing in `folder` (`''` or `name/`); null when the zip has none. */
export async function readLegacy(
  source: LegacySource,
  folder: string,
  info: Record<string, unknown> | null,
): Promise<{ readonly legacy: LegacyInfo | null; readonly findings: readonly Finding[] }> {
  const content = source.entries
    .filter(({ kind, name }) => kind === 'file' && name.startsWith(folder) && name !== folder + manifestEntry)
    .map((entry) => ({ entry, inner: entry.name.slice(folder.length) }))
  const named = namedDatabases(info)
  const sorted = await sort(source, content, named, byLastName(content, named))
  if (info === null && sorted.databases.length === 0) return { legacy: null, findings: [] }
  const present = new Set(sorted.databases.map(({ path }) => path))
  const missing = [...named].filter(([name, ok]) => ok && !present.has(name)).map(([name]) => name)
  const legacy = { ...head(source, info), ...sorted, hasInfo: info !== null, failed: failures(info, named) }
  return { legacy, findings: missing.map((path) => ({ code: 'entry-missing', path, detail: '' })) }
}

interface Inner {
  readonly entry: ArchiveEntry
  /** Its name without the common folder. */
  readonly inner: string
}

type Sorted = Pick<LegacyInfo, 'databases' | 'files' | 'recordCounts' | 'shadowed'>

/** Databases are what the info names, what ends in `.backup`, and otherwise what begins like one; `code/` holds files. */
async function sort(
  source: LegacySource,
  content: readonly Inner[],
  named: ReadonlyMap<string, boolean>,
  flattened: ReadonlyMap<string, string>,
): Promise<Sorted> {
  const databases: LegacyItem[] = []
  const files: LegacyItem[] = []
  const counts: Record<string, Record<string, number>> = {}
  for (const { entry, inner } of content) {
    const plain = plainPath(inner)
    const path = flattened.get(plain) ?? plain
    if (inner.startsWith(codePrefix)) files.push({ path: inner.slice(codePrefix.length), entry })
    else if (inner.endsWith(metadataSuffix)) Object.assign(counts, await countsOf(source, entry, inner, flattened))
    else if (named.has(path) || (await source.isDatabase(entry))) databases.push({ path, entry })
    else files.push({ path: inner, entry })
  }
  return { ...settle(databases, files), recordCounts: counts }
}

/** One path, one item: `x.backup` before `x`, a database before a file. */
function settle(databases: readonly LegacyItem[], files: readonly LegacyItem[]): Omit<Sorted, 'recordCounts'> {
  const kept = new Map<string, LegacyItem>()
  for (const item of databases) {
    if (!kept.has(item.path) || item.entry.name.endsWith('.backup')) kept.set(item.path, item)
  }
  const chosen = new Set(kept.values())
  const aside = [...databases.filter((one) => !chosen.has(one)), ...files.filter(({ path }) => kept.has(path))]
  return {
    databases: [...chosen],
    files: files.filter(({ path }) => !kept.has(path)),
    shadowed: aside.map(({ entry }) => entry.name),
  }
}

const metadataSuffix = '.metadata.json'

/** `finance_bot.db.backup` and `databases/finance_bot.db` are both `finance_bot.db`. */
function plainPath(inner: string): string {
  const path = inner.startsWith(databasePrefix) ? inner.slice(databasePrefix.length) : inner
  return path.endsWith('.backup') ? path.slice(0, -'.backup'.length) : path
}

async function countsOf(
  source: LegacySource,
  entry: ArchiveEntry,
  inner: string,
  flattened: ReadonlyMap<string, string>,
): Promise<Record<string, Record<string, number>>> {
  const metadata = await source.json(entry)
  if (!isObject(metadata) || !isObject(metadata.record_counts)) return {}
  const rows = Object.entries(metadata.record_counts).filter(
    (pair): pair is [string, number] => Number.isSafeInteger(pair[1]) && Number(pair[1]) >= 0,
  )
  const plain = plainPath(inner.slice(0, -metadataSuffix.length))
  return { [flattened.get(plain) ?? plain]: Object.fromEntries(rows) }
}

/**
 * `assets.db` -> `data/assets.db` where the info names the second and the zip holds only the first, as tools that copy
 * every database into one folder do. Nothing where two named ones end alike: which is which would be a guess.
 */
function byLastName(content: readonly Inner[], named: ReadonlyMap<string, boolean>): ReadonlyMap<string, string> {
  const held = new Set(content.map(({ inner }) => plainPath(inner)))
  const last = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  const absent = [...named.keys()].filter((path) => !held.has(path) && held.has(last(path)) && !named.has(last(path)))
  const unique = absent.filter((path) => absent.filter((other) => last(other) === last(path)).length === 1)
  return new Map(unique.map((path) => [last(path), path]))
}

function namedDatabases(info: Record<string, unknown> | null): ReadonlyMap<string, boolean> {
  const databases = info?.databases
  if (Array.isArray(databases))
    return new Map(databases.filter((one) => typeof one === 'string').map((one) => [one, true]))
  return new Map(isObject(databases) ? Object.entries(databases).map(([name, ok]) => [name, ok !== false]) : [])
}

function failures(info: Record<string, unknown> | null, named: ReadonlyMap<string, boolean>): LegacyInfo['failed'] {
  return {
    databases: [...named].filter(([, ok]) => !ok).map(([name]) => name),
    whole: info?.success === false,
  }
}

function head(
  source: LegacySource,
  info: Record<string, unknown> | null,
): Pick<LegacyInfo, 'name' | 'type' | 'reason' | 'createdMs'> {
  const newest = source.entries.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0)
  return {
    name: filled(info?.backup_name) ?? source.fileName,
    type: filled(info?.backup_type) ?? 'legacy',
    reason: filled(info?.reason),
    createdMs: parseTimestamp(info?.timestamp) ?? newest,
  }
}

function filled(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** `20250802_120000`, ISO with or without offset, or Unix seconds; null for anything else. Without offset: local time. */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return Math.round(value * 1000)
  if (typeof value !== 'string') return null
  const stamp = /^(\d{4})(\d\d)(\d\d)[_T](\d\d)(\d\d)(\d\d)$/.exec(value)
  const iso = stamp === null ? value.replace(/(\.\d{3})\d+/, '$1') : stampToIso(stamp)
  const ms = Date.parse(iso)
  return Number.isFinite(ms) ? ms : null
}

function stampToIso([, year, month, day, hour, minute, second]: readonly string[]): string {
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`
}
