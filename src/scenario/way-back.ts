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
import type { Diagnosis } from '../salvage/diagnose.ts'
import type { Work } from '../snapshot/progress.ts'
import type { SqliteChild } from '../source/sqlite/parent.ts'

/** One way to bring the damaged databases back, and what it costs. */
export interface WayBack {
  /** What `--use` takes: the backup's name. */
  readonly id: string
  readonly kind: 'backup'
  readonly backup: string
  readonly created: string
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
  readonly damaged: readonly Diagnosis[]
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
  for (const diagnosis of at.damaged) {
    const content = contents.find(({ path }) => path === diagnosis.path)
    if (content !== undefined) losses.push(await lossIn(reader, content, diagnosis, at, work))
  }
  if (losses.length === 0) return null
  const databases = losses.map(({ path }) => path)
  const untouched = contents.filter(({ path }) => at.sound.includes(path))
  const same = untouched.map((one): DatabaseLoss => ({ path: one.path, live: 'same', backupTables: tablesOf(one) }))
  const captured = Date.parse(reader.manifest?.capture.to ?? '')
  return {
    ...{ id: entry.name, kind: 'backup', backup: entry.name, created: entry.created, databases },
    lacks: at.damaged.map(({ path }) => path).filter((path) => !databases.includes(path)),
    loss: lossOf([...losses, ...same], Number.isNaN(captured) ? entry.createdMs : captured, app.clock.now()),
    downtimeSeconds: downtimeOf(entry, at.acts),
  }
}

async function lossIn(
  reader: ArchiveReader,
  content: Content,
  { path, files, spoiled }: Diagnosis,
  { seen, scratch, child }: Seeing,
  work: Work,
): Promise<DatabaseLoss> {
  const loss = (live: DatabaseLoss['live']): DatabaseLoss => ({ path, live, backupTables: tablesOf(content) })
  const key = `${path} ${content.sha256 ?? reader.path}`
  const known = seen.get(key)
  if (known !== undefined) return loss(known)
  const folder = await mkdtemp(join(scratch, 'way-'))
  try {
    const file = join(folder, 'recovered')
    const { signal, progress } = work
    await fetchContent(reader, content, file, { proven: true, child, signal, progress })
    // What is only in a log that cannot be used is not known.
    const isReadable = files.captured && files.main !== null && !spoiled
    const nothing: Comparison = { tables: {}, damage: files.trouble?.detail ?? '' }
    const found = isReadable ? await compareRows({ live: files.main, backup: file, thorough: true }, signal) : nothing
    seen.set(key, found)
    return loss(found)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
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
