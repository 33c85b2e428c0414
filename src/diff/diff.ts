import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { findSources } from '../backup/sources.ts'
import { makeScratch } from '../disk/scratch.ts'
import { isPulihError } from '../error.ts'
import { contentsOf } from '../restore/content.ts'
import { fetchContent } from '../restore/fetch.ts'
import { copyLive } from '../restore/live-copy.ts'
import { type Opened, openChosen } from '../restore/opened.ts'
import type { Work } from '../snapshot/progress.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'
import { compareFiles } from './compare-files.ts'
import type { FileDiff, RowDiff } from './protocol.ts'

export interface DiffRequest extends Work {
  /** A backup's name, `latest` or a zip file. */
  readonly from: string
  /** The same, or `live`: the app as it is now. */
  readonly to: string
  readonly table: string | null
  /** Told of every row that differs, as it is found; null: counts are enough. */
  readonly onRow: ((database: string, row: RowDiff) => void) | null
}

export interface DatabaseDiff extends FileDiff {
  readonly path: string
  readonly status: 'same' | 'changed' | 'added' | 'removed' | 'unreadable'
  readonly problem: string | null
}

export interface Diff {
  readonly from: string
  readonly to: string
  readonly same: boolean
  readonly databases: readonly DatabaseDiff[]
}

/**
 * How the databases of two backups, or of a backup and the app now, differ. Looks at copies and changes nothing. A database
 * that cannot be read is answered as such. Throws backup.unknown, archive.*, restore.*, disk.*, cancelled.
 */
export async function diff(app: App, request: DiffRequest): Promise<Diff> {
  await using scratch = await makeScratch(app.folders, 'diff')
  await using child = spawnSqlite(request.signal)
  await using before = await openChosen(app, { name: request.from })
  await using after = request.to === 'live' ? null : await openChosen(app, { name: request.to })
  const at: Sides = { app, before, after, child, scratch: scratch.path, request }
  const databases: DatabaseDiff[] = []
  for (const path of await pathsOf(at)) databases.push(await diffOne(path, at))
  const same = databases.every(({ status }) => status === 'same')
  return { from: before.chosen.name, to: after?.chosen.name ?? 'live', same, databases }
}

interface Sides {
  readonly app: App
  readonly before: Opened
  /** Null: the app now. */
  readonly after: Opened | null
  readonly child: SqliteChild
  readonly scratch: string
  readonly request: DiffRequest
}

async function pathsOf({ app, before, after }: Sides): Promise<string[]> {
  const listed = [before, ...(after === null ? [] : [after])].flatMap(databasesIn)
  return [...new Set([...listed, ...(after === null ? await livePaths(app) : [])])].sort()
}

function databasesIn({ reader }: Opened): string[] {
  return contentsOf(reader).flatMap(({ kind, path }) => (kind === 'database' ? [path] : []))
}

async function livePaths(app: App): Promise<readonly string[]> {
  try {
    return (await findSources(app)).databases
  } catch (error) {
    if (isPulihError(error, 'backup.no-database')) return []
    throw error
  }
}

const nothing = { schema: [], tables: {}, problem: null }

async function diffOne(path: string, at: Sides): Promise<DatabaseDiff> {
  const { before, after, request, scratch } = at
  const hashes = [before, after].map((side) => (side === null ? null : hashIn(side, path)))
  if (hashes[0] != null && hashes[0] === hashes[1]) return { ...nothing, path, status: 'same' }
  const folder = await mkdtemp(join(scratch, 'database-'))
  try {
    const from = await recovered(before, path, join(folder, 'from'), at)
    const to = after === null ? await liveCopy(path, folder, at) : await recovered(after, path, join(folder, 'to'), at)
    if (to !== null && typeof to === 'object') return { ...nothing, path, status: 'unreadable', problem: to.problem }
    if (from === null || to === null) return { ...nothing, path, status: from === null ? 'added' : 'removed' }
    const { onRow, table, signal } = request
    const tell = onRow === null ? null : (row: RowDiff): void => onRow(path, row)
    const found = await compareFiles({ from, to, table }, tell, signal)
    if ('problem' in found) return { ...nothing, path, status: 'unreadable', problem: found.problem }
    return { ...found, path, status: isSame(found) ? 'same' : 'changed', problem: null }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function hashIn({ reader }: Opened, path: string): string | null {
  return contentsOf(reader).find((one) => one.path === path && one.kind === 'database')?.sha256 ?? null
}

function isSame({ schema, tables }: FileDiff): boolean {
  const still = Object.values(tables).every(
    ({ inserted, deleted, changed }) => inserted === 0 && deleted === 0 && changed === 0,
  )
  return still && schema.length === 0
}

/** Null: it is not in this backup. */
async function recovered(side: Opened, path: string, to: string, { child, request }: Sides): Promise<string | null> {
  const content = contentsOf(side.reader).find((one) => one.path === path && one.kind === 'database')
  if (content === undefined) return null
  const { signal, progress } = request
  await fetchContent(side.reader, content, to, { proven: side.state === 'proven', child, signal, progress })
  return to
}

/** Null: there is no such database now. */
async function liveCopy(
  path: string,
  folder: string,
  { app, request }: Sides,
): Promise<string | { readonly problem: string } | null> {
  const { signal, progress } = request
  const copy = await copyLive(app, path, folder, { signal, progress })
  if ('missing' in copy) return null
  return 'damage' in copy ? { problem: copy.damage } : copy.file
}
