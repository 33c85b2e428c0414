import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { App } from '../app/app.ts'
import { type ArchiveItem, type ArchiveReader, openArchive } from '../archive/read.ts'
import { beginAct } from '../catalogue/history.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { diskError } from '../disk/failure.ts'
import { makeScratch } from '../disk/scratch.ts'
import { errnoOf, PulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'
import { csvDump, csvTables } from './csv.ts'
import { type OnRow, sqlDump } from './sql.ts'

export interface ExportRequest extends Work {
  readonly backup: BackupEntry
  /** Absolute folder for each form that is wanted; each must be absent or empty. */
  readonly sql?: string
  readonly csv?: string
  readonly files?: string
}

export interface ExportResult {
  readonly name: string
  /** Absolute paths of everything written. */
  readonly written: readonly string[]
  /** Rows written, over all databases and forms. */
  readonly rows: number
  readonly files: number
}

/**
 * Writes a backup in forms any tool reads: SQL text, CSV, or its files as they were. Databases are recovered into scratch
 * space and compared by hash first. All or nothing per folder: what is there under its name is complete.
 * Throws export.*, archive.*, disk.*, cancelled.
 */
export async function exportBackup(app: App, request: ExportRequest): Promise<ExportResult> {
  const { backup, sql, csv, files } = request
  if (sql === undefined && csv === undefined && files === undefined) throw new PulihError('export.nothing-chosen')
  const targets = [sql, csv, files].filter((folder) => folder !== undefined)
  for (const folder of targets) await requireEmpty(folder)
  await using act = await beginAct(app, 'export', { backup: backup.name, folders: targets })
  try {
    const result = await exportAll(app, request)
    await act.finish({ backup: backup.name, facts: { written: result.written.length, rows: result.rows } })
    return result
  } catch (error) {
    await act.fail(error)
    throw error
  }
}

async function exportAll(app: App, request: ExportRequest): Promise<ExportResult> {
  await using reader = await openArchive(request.backup.path)
  const [finding] = reader.findings
  if (finding !== undefined) throw new PulihError('export.damaged', { name: request.backup.name, detail: finding.code })
  await using scratch = await makeScratch(app.folders, 'export')
  const written: string[] = []
  const counter = { rows: 0 }
  if (request.sql !== undefined || request.csv !== undefined) {
    const databases = await recoverDatabases(reader, scratch.path, request)
    if (request.sql !== undefined)
      written.push(...(await intoFolder(request.sql, (to) => allSql(databases, to, counter, request))))
    if (request.csv !== undefined)
      written.push(...(await intoFolder(request.csv, (to) => allCsv(databases, to, counter, request))))
  }
  const items = reader.items.filter((item) => item.kind === 'file')
  if (request.files !== undefined)
    written.push(...(await intoFolder(request.files, (to) => allFiles(reader, items, to, request))))
  return {
    name: request.backup.name,
    written,
    rows: counter.rows,
    files: request.files === undefined ? 0 : items.length,
  }
}

async function requireEmpty(folder: string): Promise<void> {
  try {
    if ((await readdir(folder)).length > 0) throw new PulihError('export.not-empty', { folder })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    if (errnoOf(error) === 'ENOTDIR') throw new PulihError('export.not-empty', { folder }, { cause: error })
    throw diskError(error, 'read', folder)
  }
}

/** Lets `write` fill a hidden folder inside, and moves what it wrote up when it is complete; else nothing stays. */
async function intoFolder(folder: string, write: (to: string) => Promise<readonly string[]>): Promise<string[]> {
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 })
    const draft = join(folder, `.pulih-export-${randomBytes(4).toString('hex')}`)
    try {
      await mkdir(draft, { mode: 0o700 })
      const written = await write(draft)
      for (const name of await readdir(draft)) await rename(join(draft, name), join(folder, name))
      return written.map((path) => join(folder, path))
    } catch (error) {
      if (made !== undefined) await rm(made, { recursive: true, force: true })
      throw error
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  } catch (error) {
    throw diskError(error, 'write', folder)
  }
}

interface Recovered {
  /** As in the manifest. */
  readonly path: string
  readonly file: string
}

async function recoverDatabases(reader: ArchiveReader, scratch: string, work: Work): Promise<Recovered[]> {
  const recovered: Recovered[] = []
  const items = reader.items.filter((item) => item.kind === 'database')
  for (const [number, { path, entry }] of items.entries()) {
    const file = join(scratch, `database-${number}`)
    const total = entry.bytes
    const onBytes = (done: number) => work.progress?.({ step: 'fetch', subject: path, done, total, unit: 'bytes' })
    await reader.extract(entry, file, { signal: work.signal, sync: false, onBytes })
    recovered.push({ path, file })
  }
  return recovered
}

interface Counter {
  rows: number
}

async function allSql(databases: readonly Recovered[], to: string, counter: Counter, work: Work): Promise<string[]> {
  const written: string[] = []
  for (const { path, file } of databases) {
    using db = openCopy(file)
    const name = `${path}.sql`
    await writeText(join(to, name), sqlDump(db, counting(counter, work)), work)
    written.push(name)
  }
  return written
}

async function allCsv(databases: readonly Recovered[], to: string, counter: Counter, work: Work): Promise<string[]> {
  const written: string[] = []
  for (const { path, file } of databases) {
    using db = openCopy(file)
    const taken = new Set<string>()
    await mkdir(join(to, path), { recursive: true, mode: 0o700 })
    for (const table of csvTables(db)) {
      const name = join(path, fileNameFor(table.name, taken))
      await writeText(join(to, name), csvDump(db, table, counting(counter, work)), work)
      written.push(name)
    }
  }
  return written
}

/** A table's name as a file name; names that differ only in case get a number. */
function fileNameFor(table: string, taken: Set<string>): string {
  const safe =
    table
      .replaceAll(/[^\p{L}\p{N} ._-]/gu, '_')
      .replace(/^\.+/, '_')
      .slice(0, 100) || '_'
  let name = `${safe}.csv`
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${safe}-${n}.csv`
  taken.add(name.toLowerCase())
  return name
}

/** Our own closed copy: opened so that nothing appears beside it. */
function openCopy(file: string): DatabaseSync {
  return new DatabaseSync(`${pathToFileURL(file)}?immutable=1`, { readOnly: true })
}

const progressEvery = 5000

function counting(counter: Counter, { progress }: Work): OnRow {
  const counts = new Map<string, number>()
  return (table) => {
    counter.rows++
    const done = (counts.get(table) ?? 0) + 1
    counts.set(table, done)
    if (done % progressEvery === 0) progress?.({ step: 'store', subject: table, done, total: done, unit: 'items' })
  }
}

const writeBytes = 1 << 18

/** Writes text piece by piece; between two writes it can be cancelled. */
async function writeText(path: string, pieces: Iterable<string>, { signal }: Work): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await using file = await open(path, 'wx', 0o600)
  let waiting: string[] = []
  let size = 0
  const flush = async () => {
    signal?.throwIfAborted()
    await file.write(waiting.join(''))
    waiting = []
    size = 0
  }
  for (const piece of pieces) {
    waiting.push(piece)
    size += piece.length
    if (size >= writeBytes) await flush()
  }
  await flush()
  await file.sync()
}

async function allFiles(
  reader: ArchiveReader,
  items: readonly ArchiveItem[],
  to: string,
  { signal, progress }: Work,
): Promise<string[]> {
  for (const [number, { path, entry }] of items.entries()) {
    progress?.({ step: 'fetch', subject: path, done: number, total: items.length, unit: 'items' })
    await reader.extract(entry, join(to, path), { signal, root: to })
  }
  return items.map(({ path }) => path)
}
