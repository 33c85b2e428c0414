import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import type { App } from '../app/app.ts'
import { type ArchiveReader, openArchive } from '../archive/read.ts'
import { ArchiveWriter, type EntryMeta, type WrittenEntry } from '../archive/write.ts'
import { capture, type Staged, type StagedDatabase } from '../capture/capture.ts'
import { isAllUnchanged } from '../capture/unchanged.ts'
import { changeMark, findBackup, nextSequence, saveSignatures } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { Draft } from '../disk/draft.ts'
import { failpoint } from '../disk/failpoint.ts'
import { makeScratch } from '../disk/scratch.ts'
import { requireSpace } from '../disk/space.ts'
import { isPulihError, PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import type { DatabaseRecord, FileRecord, LeftOut, Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import type { StagedFile } from '../source/files/files.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'
import { isoWithOffset } from '../time/zone.ts'
import { type CopyCheck, startCheck } from '../verify/check-copy.ts'
import { version } from '../version.ts'
import { appVersion } from './app-version.ts'
import { backupName } from './name.ts'
import type { Previous } from './previous.ts'
import { databaseRecord, recordWarnings } from './records.ts'
import type { BackupRequest } from './request.ts'
import type { Sources } from './sources.ts'

export interface StoreFacts {
  readonly started: number
  readonly backups: readonly BackupEntry[]
  readonly previous: Previous | null
  readonly sources: Sources
}

/** An archive that is visible, quick-checked and read back; its full check still runs until this is disposed. */
export interface Stored extends AsyncDisposable {
  readonly entry: BackupEntry
  readonly manifest: Manifest
  readonly warnings: readonly Note[]
  readonly previous: Previous | null
  /** Databases that were captured anew; the others are byte for byte the previous archive's. */
  readonly checks: ReadonlyMap<string, CopyCheck>
  /** The archive's file, open since it was read back: a rename does not change it. */
  readonly reader: ArchiveReader
  /** Files whose stored bytes are, hash-checked, the previous archive's. */
  readonly copied: ReadonlySet<string>
  /** Where the proof may recover to. */
  readonly scratch: string
}

/** Captures, writes and reads back one archive; on any error nothing becomes visible. */
export async function storeBackup(app: App, request: BackupRequest, facts: StoreFacts): Promise<Stored> {
  await using stack = new AsyncDisposableStack()
  const scratch = stack.use(await makeScratch(app.folders, 'backup'))
  const wanted = captureRequest(scratch.path, request, facts)
  // Its start takes as long as a small capture: begun before it, it costs nothing.
  const child = anyChanged(app, wanted) ? stack.use(spawnSqlite(request.signal)) : null
  const staged = stack.use(await capture(app, wanted))
  const readBack = Promise.withResolvers<void>()
  const checks = stack.use(startChecks(app, staged, { child, after: readBack.promise, signal: request.signal }))
  const name = freeName(app, request, facts.backups)
  await requireSpace(app.folders.backups, estimateBytes(staged, facts.previous))
  const draft = stack.use(await Draft.open(app.folders.drafts, `${name}.zip`))
  const writer = stack.use(await ArchiveWriter.create(draft, request))
  const entries = await writeEntries(writer, staged, facts.previous, request)
  const { databases, warnings } = await databaseRecords(app, staged, entries.written, checks.of, facts.previous)
  const manifest = await composeManifest(app, request, { name, staged, entries, databases, facts })
  await writer.finish(manifest)
  await draft.handle.sync()
  failpoint('backup.written')
  const reader = stack.use(await openArchive(draft.path))
  await readBackDraft(reader, request)
  readBack.resolve()
  await draft.commit(join(app.folders.backups, `${name}.zip`))
  failpoint('backup.visible')
  const entry = await register(app, name, staged, request)
  const held = stack.move()
  return {
    entry,
    manifest,
    warnings: [
      ...facts.sources.warnings,
      ...staged.warnings,
      ...entries.unreadable.map((one) => unreadable(one)),
      ...warnings,
    ],
    previous: facts.previous,
    checks: checks.of,
    reader,
    copied: new Set(staged.files.filter((one) => one.unchanged).map((one) => one.path)),
    scratch: scratch.path,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

function captureRequest(scratch: string, request: BackupRequest, { sources, previous }: StoreFacts) {
  const stored = new Set(
    [...(previous?.manifest.databases ?? []), ...(previous?.manifest.files ?? [])].map((r) => r.path),
  )
  const known = Object.entries(previous?.signatures ?? {}).filter(([path]) => stored.has(path))
  return {
    scratch,
    databases: [...sources.databases],
    files: [...sources.files],
    leftOut: [...sources.leftOut],
    previous: Object.fromEntries(known),
    signal: request.signal,
    progress: request.progress,
  }
}

interface Checks extends AsyncDisposable {
  readonly of: ReadonlyMap<string, CopyCheck>
}

function anyChanged(app: App, wanted: ReturnType<typeof captureRequest>): boolean {
  const known = wanted.databases.flatMap((path) => (path in wanted.previous ? [[path, wanted.previous[path]!]] : []))
  return !isAllUnchanged(app, { databases: wanted.databases, files: [] }, Object.fromEntries(known))
}

interface CheckFacts {
  /** Started ahead; null: nothing seemed to have changed, which a commit since may have made untrue. */
  readonly child: SqliteChild | null
  readonly after: Promise<void>
  readonly signal: AbortSignal | undefined
}

function startChecks(app: App, staged: Staged, { child: ahead, after, signal }: CheckFacts): Checks {
  const changed = staged.databases.filter((one) => one.stagedPath !== null)
  if (changed.length === 0) return { of: new Map(), [Symbol.asyncDispose]: async () => undefined }
  const own = ahead === null ? spawnSqlite(signal) : null
  const child = ahead ?? own!
  const check = ({ path, stagedPath, bytes }: StagedDatabase): [string, CopyCheck] => {
    const invariants = app.config.invariants.filter((one) => one.database === path)
    return [path, startCheck(child, stagedPath ?? '', { bytes, invariants, after, signal })]
  }
  return { of: new Map(changed.map(check)), [Symbol.asyncDispose]: async () => await own?.[Symbol.asyncDispose]() }
}

function freeName(app: App, request: BackupRequest, backups: readonly BackupEntry[]): string {
  const { type, label = null } = request
  const taken = backups.flatMap((one) => [one.name, basename(one.path, '.zip')])
  return backupName({ type, label }, { ms: app.clock.now(), zone: app.zone }, taken)
}

/** Half of what must be compressed, and what is copied: the finance data this is for shrinks to a third. */
function estimateBytes(staged: Staged, previous: Previous | null): number {
  const raw = staged.databases.reduce((sum, one) => sum + (one.stagedPath === null ? 0 : one.bytes), 0)
  const unchanged = staged.databases.some((one) => one.stagedPath === null)
  return Math.ceil(raw / 2) + (unchanged ? (previous?.entry.bytes ?? 0) : 0) + 8e6
}

/** Every byte of the draft is read again and compared before anybody can see it. */
async function readBackDraft(reader: ArchiveReader, work: Work): Promise<void> {
  const first = (await reader.readBack(work))[0]
  if (first === undefined) return
  const { path } = reader
  throw new PulihError('backup.read-back', { path: first.path ?? path, detail: `${first.code} ${first.detail}`.trim() })
}

interface Entries {
  readonly written: ReadonlyMap<string, WrittenEntry>
  /** Files that vanished or were closed to us between capture and reading. */
  readonly unreadable: readonly LeftOut[]
}

async function writeEntries(
  writer: ArchiveWriter,
  staged: Staged,
  previous: Previous | null,
  work: Work,
): Promise<Entries> {
  const written = new Map<string, WrittenEntry>()
  const unreadable: LeftOut[] = []
  const meta = { mtimeMs: staged.window.toMs, mode: 0o600 }
  for (const one of staged.databases) written.set(one.path, await writeDatabase(writer, one, previous, meta, work))
  for (const one of staged.files) {
    const entry = await writeFile(writer, one, previous)
    if ('reason' in entry) unreadable.push(entry)
    else written.set(one.path, entry)
  }
  return { written, unreadable }
}

function unreadable({ path, detail }: LeftOut): Note {
  return note('warning.unreadable', { path, reason: detail ?? '' })
}

async function writeDatabase(
  writer: ArchiveWriter,
  one: StagedDatabase,
  previous: Previous | null,
  meta: EntryMeta,
  work: Work,
): Promise<WrittenEntry> {
  const name = `databases/${one.path}`
  if (one.stagedPath === null) return await copyFrom(writer, name, previous)
  const reuse = (await previous?.reader.blockSource(one.path, work)) ?? null
  return await writer.addDatabase(name, one.stagedPath, meta, reuse, (done) =>
    work.progress?.({ step: 'store', subject: one.path, done, total: one.bytes, unit: 'bytes' }),
  )
}

async function writeFile(
  writer: ArchiveWriter,
  one: StagedFile,
  previous: Previous | null,
): Promise<WrittenEntry | LeftOut> {
  const name = `code/${one.path}`
  if (one.unchanged) return await copyFrom(writer, name, previous)
  try {
    return await writer.addFile(name, one.absolute, { mode: one.mode, mtimeMs: one.mtimeMs })
  } catch (error) {
    if (isPulihError(error, 'archive.unsafe-name')) return { path: one.path, reason: 'special', detail: error.message }
    const unread =
      isPulihError(error, 'disk.denied') || (isPulihError(error, 'disk.failed') && error.facts.act === 'read')
    if (!unread) throw error
    return { path: one.path, reason: 'unreadable', detail: error.message }
  }
}

async function copyFrom(writer: ArchiveWriter, name: string, previous: Previous | null): Promise<WrittenEntry> {
  const entry = previous?.reader.find(name) ?? null
  if (previous === null || entry === null)
    throw new PulihError('bug', { detail: `${name} is unchanged since no archive` })
  return await writer.copyEntry(name, previous.reader, entry)
}

async function databaseRecords(
  app: App,
  staged: Staged,
  written: Entries['written'],
  checks: ReadonlyMap<string, CopyCheck>,
  previous: Previous | null,
): Promise<{ databases: DatabaseRecord[]; warnings: Note[] }> {
  const databases: DatabaseRecord[] = []
  const warnings: Note[] = []
  for (const { path } of staged.databases) {
    const before = previous?.manifest.databases.find((one) => one.path === path)
    const seen = await checks.get(path)?.quick
    if (seen === undefined) {
      if (before) databases.push(before)
      continue
    }
    const entry = written.get(path)
    if (entry === undefined) throw new PulihError('bug', { detail: `${path} was captured but not written` })
    const tables = Object.keys(before?.tables ?? {}).length
    if (tables > 0 && Object.keys(seen.tables ?? {}).length === 0)
      throw new PulihError('backup.emptied', { path, before: tables })
    const record = databaseRecord(path, seen, entry, before, app.config.invariants)
    databases.push(record)
    warnings.push(...recordWarnings(record, before, seen))
  }
  return { databases, warnings }
}

interface Composed {
  readonly name: string
  readonly staged: Staged
  readonly entries: Entries
  readonly databases: readonly DatabaseRecord[]
  readonly facts: StoreFacts
}

async function composeManifest(app: App, request: BackupRequest, made: Composed): Promise<Manifest> {
  const { name, staged, databases, facts } = made
  const files = staged.files.flatMap((one) => fileRecord(one, made.entries.written))
  const iso = (ms: number): string => isoWithOffset(ms, app.zone)
  return {
    format: 'pulih-archive',
    version: 1,
    name,
    type: request.type,
    label: request.label ?? null,
    reason: request.reason ?? null,
    trigger: request.trigger,
    sequence: await nextSequence(app),
    created: iso(app.clock.now()),
    capture: { from: iso(staged.window.fromMs), to: iso(staged.window.toMs) },
    host: hostname(),
    app: { folder: basename(app.folders.app), version: await appVersion(app.folders.app) },
    versions: { pulih: version, node: process.versions.node, sqlite: process.versions.sqlite ?? '' },
    sameContentAs: sameContent(databases, files, facts.previous),
    databases,
    files,
    leftOut: [...staged.leftOut, ...made.entries.unreadable],
    timings: {
      capture: staged.window.toMs - staged.window.fromMs,
      written: Math.round(app.clock.steady() - facts.started),
    },
  }
}

function fileRecord(one: StagedFile, written: Entries['written']): FileRecord[] {
  const entry = written.get(one.path)
  if (entry === undefined) return []
  const { bytes, sha256, stored } = entry
  const { path, mode, mtimeMs, secret } = one
  return [{ kind: 'file', path, bytes, sha256, stored, mode, mtimeMs, secret }]
}

/** The previous backup's name when every source has the same bytes, and there are neither more nor fewer of them. */
function sameContent(
  databases: readonly DatabaseRecord[],
  files: readonly FileRecord[],
  previous: Previous | null,
): string | null {
  if (previous === null) return null
  const digest = (all: readonly { path: string; sha256: string }[]): string =>
    all
      .map((one) => `${one.sha256} ${one.path}`)
      .sort()
      .join('\n')
  const { manifest } = previous
  const same = digest(databases) === digest(manifest.databases) && digest(files) === digest(manifest.files)
  return same ? previous.entry.name : null
}

async function register(app: App, name: string, staged: Staged, request: BackupRequest): Promise<BackupEntry> {
  await saveSignatures(app, name, staged.signatures)
  if (request.pin !== undefined && request.pin !== null) {
    const pinned = { at: isoWithOffset(app.clock.now(), app.zone), reason: request.pin }
    await changeMark(join(app.folders.backups, `${name}.zip`), (mark) => ({ ...mark, pinned }))
  }
  return await findBackup(app, name)
}
