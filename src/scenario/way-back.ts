import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { type ArchiveReader, openArchive } from '../archive/read.ts'
import type { Act, BackupEntry } from '../catalogue/types.ts'
import { isPulihError } from '../error.ts'
import { type Comparison, compareRows } from '../restore/compare.ts'
import { type Content, contentsOf } from '../restore/content.ts'
import { fetchContent } from '../restore/fetch.ts'
import { type DatabaseLoss, lossOf } from '../restore/loss.ts'
import type { Loss } from '../restore/plan-types.ts'
import type { Merged } from '../salvage/protocol.ts'
import type { Work } from '../snapshot/progress.ts'
import type { SqliteChild } from '../source/sqlite/parent.ts'
import type { Mended } from './mend.ts'

/** One way to bring the damaged databases back, and what it costs. */
export interface WayBack {
  /** What `--use` takes: the backup's name, `reindex` or `salvage`. */
  readonly id: string
  readonly kind: 'backup' | 'reindex' | 'salvage'
  /** Null: it is no backup that is brought back. */
  readonly backup: string | null
  /** Of the backup. */
  readonly created: string | null
  /** The damaged databases it brings back. */
  readonly databases: readonly string[]
  /** Damaged databases it does not hold. */
  readonly lacks: readonly string[]
  readonly loss: Loss
  /** From measured speed; null: nothing was measured. */
  readonly downtimeSeconds: number | null
}

/** A proven backup that could not be recovered just now. */
export interface Unusable {
  readonly backup: string
  readonly reason: string
}

export interface Weighing {
  readonly scratch: string
  readonly child: SqliteChild
  readonly damaged: readonly Mended[]
  /** Databases nothing is wrong with: no way back touches them. */
  readonly sound: readonly string[]
  readonly acts: readonly Act[]
}

/**
 * Every proven backup as a way back, in the order given: its databases recovered into scratch space, and their rows compared
 * with what can be read of the damaged ones. A database that several backups hold byte for byte is looked at once.
 */
export async function waysBack(
  app: App,
  proven: readonly BackupEntry[],
  at: Weighing,
  work: Work,
): Promise<{ readonly ways: readonly WayBack[]; readonly unusable: readonly Unusable[] }> {
  const seen = new Map<string, Comparison>()
  const ways: WayBack[] = []
  const unusable: Unusable[] = []
  for (const [n, entry] of proven.entries()) {
    work.progress?.({ step: 'check', subject: entry.name, done: n, total: proven.length, unit: 'items' })
    try {
      const way = await wayBack(app, entry, { ...at, seen }, work)
      if (way !== null) ways.push(way)
    } catch (error) {
      if (!isPulihError(error) || !/^(archive|restore)\./.test(error.code)) throw error
      unusable.push({ backup: entry.name, reason: error.message })
    }
  }
  return { ways, unusable }
}

interface Seeing extends Weighing {
  readonly seen: Map<string, Comparison>
}

async function wayBack(app: App, entry: BackupEntry, at: Seeing, work: Work): Promise<WayBack | null> {
  await using reader = await openArchive(entry.path)
  const contents = contentsOf(reader).filter(({ kind }) => kind === 'database')
  const losses: DatabaseLoss[] = []
  for (const mended of at.damaged) {
    const content = contents.find(({ path }) => path === mended.diagnosis.path)
    if (content !== undefined) losses.push(await lossIn(reader, content, mended, at, work))
  }
  if (losses.length === 0) return null
  const databases = losses.map(({ path }) => path)
  const untouched = contents.filter(({ path }) => at.sound.includes(path))
  const same = untouched.map((one): DatabaseLoss => ({ path: one.path, live: 'same', backupTables: tablesOf(one) }))
  const captured = Date.parse(reader.manifest?.capture.to ?? '')
  return {
    ...{ id: entry.name, kind: 'backup', backup: entry.name, created: entry.created, databases },
    lacks: at.damaged.map(({ diagnosis }) => diagnosis.path).filter((path) => !databases.includes(path)),
    loss: lossOf([...losses, ...same], Number.isNaN(captured) ? entry.createdMs : captured, app.clock.now()),
    downtimeSeconds: downtimeOf(entry, at.acts),
  }
}

async function lossIn(
  reader: ArchiveReader,
  content: Content,
  mended: Mended,
  { seen, scratch, child }: Seeing,
  work: Work,
): Promise<DatabaseLoss> {
  const { path } = mended.diagnosis
  const loss = (live: DatabaseLoss['live']): DatabaseLoss => ({ path, live, backupTables: tablesOf(content) })
  const key = `${path} ${content.sha256 ?? reader.path}`
  const known = seen.get(key)
  if (known !== undefined) return loss(known)
  const folder = await mkdtemp(join(scratch, 'way-'))
  try {
    const file = join(folder, 'recovered')
    const { signal, progress } = work
    await fetchContent(reader, content, file, { proven: true, child, signal, progress })
    const found = await comparison(mended, file, work)
    seen.set(key, found)
    return loss(found)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const unknown = { lost: null, changed: null, onlyInBackup: null }

/** Against the rows that were read page by page where pages are damaged; what was not read whole is not known. */
async function comparison({ diagnosis, seen }: Mended, backup: string, { signal }: Work): Promise<Comparison> {
  const { files, spoiled, structural } = diagnosis
  const nothing: Comparison = { tables: {}, damage: files.trouble?.detail ?? '' }
  if (!structural) return files.main === null ? nothing : await compareRows({ live: files.main, backup }, signal)
  // What is only in a log that cannot be used is not known.
  if (seen === null || spoiled) return nothing
  const { tables } = await compareRows({ live: seen.extract, backup }, signal)
  const states = new Map(seen.survey.tables.map((one) => [one.name, one]))
  const isWhole = (table: string): boolean =>
    states.get(table)?.state === 'sound' || (!states.has(table) && seen.survey.schemaFrom === 'live')
  const known = Object.entries(tables).map(([table, one]) => {
    const damage = states.get(table)?.faults[0]?.detail ?? 'not read'
    return [table, isWhole(table) ? one : { ...unknown, damage }] as const
  })
  return { tables: Object.fromEntries(known), damage: null }
}

/** The damaged databases themselves, mended: what could be read of them, and a backup's rows where nothing could. */
export function mendedWay(
  damaged: readonly Mended[],
  created: (backup: string) => BackupEntry | null,
  app: App,
): MendedWay | null {
  const mended = damaged.filter(({ repaired }) => repaired !== null)
  if (mended.length === 0) return null
  const isReindex = mended.every(({ repaired }) => repaired?.kind === 'reindex')
  const kind = isReindex ? 'reindex' : 'salvage'
  const uncertain = mended.some(({ repaired }) => (repaired?.uncertain.length ?? 0) > 0)
  const [base = null] = mended.map((one) => one.base)
  const baseMs = base === null ? null : (created(base)?.createdMs ?? null)
  const rows = Object.fromEntries(mended.map((one) => [one.diagnosis.path, costOf(one)]))
  const merged = (pick: (one: Merged) => unknown) =>
    Object.fromEntries(
      mended.map(({ diagnosis, repaired }) => [diagnosis.path, repaired?.merged ? pick(repaired.merged) : {}]),
    )
  const took = mended.reduce((sum, { repaired }) => sum + (repaired?.tookMs ?? 0), 0)
  return {
    ...{ id: kind, kind, backup: null, created: null, base },
    databases: mended.map(({ diagnosis }) => diagnosis.path),
    lacks: damaged.filter(({ repaired }) => repaired === null).map(({ diagnosis }) => diagnosis.path),
    loss: { ...lossOf([], uncertain ? baseMs : app.clock.now(), app.clock.now()), rows },
    downtimeSeconds: Math.max(1, Math.ceil((took * 2) / 1000)),
    uncertain: Object.fromEntries(mended.map((one) => [one.diagnosis.path, one.repaired?.uncertain ?? []])),
    kept: merged((one) => one.kept),
    conflicts: merged((one) => one.conflicts),
    conflictKeys: merged((one) => one.named),
  }
}

/** Sound tables lose nothing; of others it is not known what was on the pages that cannot be read. */
function costOf({ seen, repaired }: Mended): Record<string, number | null> {
  const tables = seen?.survey.tables ?? []
  const refused = repaired?.merged?.refused ?? {}
  return Object.fromEntries(
    tables.map(({ name }) => [name, repaired?.uncertain.includes(name) || refused[name] !== undefined ? null : 0]),
  )
}

/** Rows that only the damaged file has are kept; a row both have with other values stays as in the backup, and is named. */
export interface MendedWay extends WayBack {
  /** The backup whose rows stand in. */
  readonly base: string | null
  /** Database -> tables of which rows may be lost. */
  readonly uncertain: Readonly<Record<string, readonly string[]>>
  /** Database -> table -> rows. */
  readonly kept: Readonly<Record<string, unknown>>
  readonly conflicts: Readonly<Record<string, unknown>>
  readonly conflictKeys: Readonly<Record<string, unknown>>
}

function tablesOf({ record }: Content): string[] {
  return Object.keys(record?.tables ?? {})
}

/**
 * Measured, not guessed: how long recoveries into the app took, or else how long this backup's own recovery into scratch
 * space took, and as long again for the files that are replaced and their check.
 */
function downtimeOf({ proof }: BackupEntry, acts: readonly Act[]): number | null {
  const past = acts.filter(({ act, outcome }) => act === 'restore' && outcome === 'done')
  const times = [...past.map(({ durationMs }) => durationMs), ...(proof === null ? [] : [proof.recoveryMs * 2])]
  const known = times.filter((one) => one !== null)
  return known.length === 0 ? null : Math.max(1, Math.ceil(Math.max(...known) / 1000))
}
