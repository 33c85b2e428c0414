import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { App } from '../app/app.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'
import { say } from '../message/phrases.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { State } from '../snapshot/manifest.ts'
import { readCached, saveCached, withIndex } from './index-file.ts'
import { logLine } from './log.ts'
import { markPath, readMark } from './marks.ts'
import { type Found, lookAt, type Summary, summarize } from './summary.ts'
import type { BackupEntry, Mark } from './types.ts'

/** What the two folders hold: our archives, and the zips that are not ours. */
export interface Holdings {
  readonly backups: readonly BackupEntry[]
  /** Paths of zips without any manifest and without our name: `doctor` mentions them, nothing else does. */
  readonly foreign: readonly string[]
}

/**
 * Every archive in the backup folder and the archive folder, newest sequence first (predecessor archives, which have
 * none, after them by their time). Damaged ones are in it with their findings; one bad archive never stops the others.
 * A folder that is not there holds nothing. Throws disk.* when a folder cannot be read. Makes no file but the index.
 */
export async function readHoldings(app: App): Promise<Holdings> {
  const { backups, archives } = app.folders
  // One after the other: of two folders that cannot be read, the outer one is named.
  const inBackups = await filesIn(backups)
  const inArchives = backups === archives ? noFiles : await filesIn(archives)
  const files = [...inBackups, ...inArchives]
  const zips = files.filter(({ name }) => name.endsWith('.zip') && !name.startsWith('.')).map(({ path }) => path)
  const marks = new Set(files.filter(({ name }) => name.startsWith('.')).map(({ path }) => path))
  const summaries = await summariesOf(app, await lookAtAll(zips))
  const entries = await Promise.all(
    summaries.map(async ({ found, summary }) => {
      const marked = marks.has(markPath(found.path))
      if (summary.kind === 'unreadable' && !marked && !basename(found.path).startsWith('backup_')) return found.path
      return toEntry(found, summary, marked ? await readMarkSafely(found.path) : null)
    }),
  )
  const ours = entries.filter((one) => typeof one !== 'string')
  return { backups: withoutTwins(ours).sort(newestFirst), foreign: entries.filter((one) => typeof one === 'string') }
}

const noFiles: readonly { name: string; path: string }[] = []

async function filesIn(folder: string): Promise<readonly { name: string; path: string }[]> {
  let found: Dirent[]
  try {
    found = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return noFiles
    throw diskError(error, 'read', folder)
  }
  return found.filter((one) => !one.isDirectory()).map(({ name }) => ({ name, path: join(folder, name) }))
}

async function lookAtAll(paths: readonly string[]): Promise<Found[]> {
  const looked = await Promise.all(
    paths.map((path) =>
      lookAt(path).catch((error: unknown) => {
        throw diskError(error, 'read', path)
      }),
    ),
  )
  return looked.filter((one) => one !== null)
}

interface Summarized {
  readonly found: Found
  readonly summary: Summary
}

/** From the index where the file is the one it knows, else from the archive itself; what is new goes into the index. */
async function summariesOf(app: App, found: readonly Found[]): Promise<Summarized[]> {
  const { state } = app.folders
  const known = await withIndex(state, { make: false, without: new Map() }, readCached)
  const fresh: { found: Found; summary: Summary; keep: boolean }[] = []
  const all: Summarized[] = []
  for (const one of found) {
    const cached = known.result.get(one.path)
    const summary = cached?.stamp === one.stamp ? parseSummary(cached.summary) : null
    if (summary !== null) all.push({ found: one, summary })
    else fresh.push({ found: one, ...(await summarize(one, app.zone)) })
  }
  await remember(app, fresh, found, known.result.size)
  if (known.rebuilt) logLine(app, 'WARNING', say(app.language, 'log.index-rebuilt'))
  return [...all, ...fresh]
}

async function remember(
  app: App,
  fresh: readonly { found: Found; summary: Summary; keep: boolean }[],
  all: readonly Found[],
  knownCount: number,
): Promise<void> {
  const kept = fresh.filter(({ keep }) => keep)
  if (kept.length === 0 && knownCount <= all.length) return
  const rows = kept.map(({ found: { path, stamp }, summary }) => ({ path, stamp, summary: JSON.stringify(summary) }))
  const paths = new Set(all.map(({ path }) => path))
  await withIndex(app.folders.state, { make: true, without: undefined }, (index) => saveCached(index, rows, paths))
}

/** Written by this version of the index; anything else is read again from the archive. */
function parseSummary(text: string): Summary | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as Summary) : null
  } catch {
    // A row damaged inside an index that still opens: the archive is the truth.
    return null
  }
}

async function readMarkSafely(path: string): Promise<Mark | 'unreadable'> {
  try {
    return await readMark(path)
  } catch {
    // Said in the entry itself (see toEntry): one mark without permission must not hide every other backup.
    return 'unreadable'
  }
}

/** A mark that cannot be read proves nothing, but may have been a pin. */
function toEntry(found: Found, summary: Summary, mark: Mark | 'unreadable' | null): BackupEntry {
  const { kind, manifestSha256, ...facts } = summary
  const known = mark === 'unreadable' ? null : mark
  const proof = known?.proof ?? null
  const proven = proof !== null && proof.archiveBytes === found.bytes && proof.manifestSha256 === manifestSha256
  const findings = distinct([...facts.findings, ...(known?.damage?.findings ?? [])])
  const broken = findings.length > 0 || kind === 'unreadable' || (known?.damage ?? null) !== null
  const state: State = broken ? 'damaged' : proven ? 'proven' : 'stored'
  return {
    ...facts,
    name: basename(found.path, '.zip'),
    state,
    findings,
    bytes: found.bytes,
    path: found.path,
    pinned: mark === 'unreadable' || (known?.pinned ?? null) !== null,
    pinReason: known?.pinned?.reason ?? null,
    legacy: kind === 'legacy',
    proof: state === 'proven' ? proof : null,
  }
}

function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()]
}

/**
 * A move to the archive folder that was cut off leaves the same archive under both paths: it is listed once, where it was
 * going. Same name, size and manifest: the same archive.
 */
function withoutTwins(entries: readonly BackupEntry[]): BackupEntry[] {
  const seen = new Map<string, BackupEntry>()
  for (const one of entries) {
    const key = `${one.name}\n${one.bytes}\n${one.sequence}\n${one.created}`
    const twin = seen.get(key)
    // The archive folder comes last in `entries`.
    seen.set(key, twin === undefined ? one : { ...one, pinned: one.pinned || twin.pinned })
  }
  return [...seen.values()]
}

function newestFirst(a: BackupEntry, b: BackupEntry): number {
  return b.sequence - a.sequence || b.createdMs - a.createdMs || (a.name < b.name ? 1 : -1)
}
