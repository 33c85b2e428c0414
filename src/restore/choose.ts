import { existsSync } from 'node:fs'
import { basename, isAbsolute, resolve } from 'node:path'
import type { App } from '../app/app.ts'
import type { ArchiveReader } from '../archive/read.ts'
import { findBackup, listBackups } from '../catalogue/catalogue.ts'
import { readMark } from '../catalogue/marks.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { isPulihError, PulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { State } from '../snapshot/manifest.ts'
import { isoWithOffset } from '../time/zone.ts'
import type { RestoreRequest } from './plan-types.ts'

/** The archive a recovery will read, and what is known about it. */
export interface Chosen {
  readonly name: string
  /** Absolute path of the zip file. */
  readonly path: string
  /** Null: a file outside the catalogue, whose state shows when it is opened. */
  readonly entry: BackupEntry | null
  /** Every archive the catalogue knows, for a hint at older good ones; newest first. */
  readonly others: readonly BackupEntry[]
}

/**
 * Finds the archive that is meant: by name, `latest`, the path of a zip file (needs no app), or the newest proven one whose
 * capture ended at or before a moment. `latest` passes over safety snapshots: they hold what somebody wanted to get away
 * from. Throws backup.unknown, backup.none-proven, restore.none-at, restore.no-file.
 */
export async function choose(app: App | null, request: RestoreRequest): Promise<Chosen> {
  if (app === null) return bareFile(request.name ?? 'latest')
  const others = await listBackups(app)
  if (request.atMs !== undefined) return chosen(newestAt(app, others, request.atMs), others)
  const name = request.name ?? 'latest'
  if (name === 'latest') return chosen(await newestMeant(app, others), others)
  const path = resolve(name)
  const listed = others.find((entry) => entry.path === path)
  if (listed !== undefined) return chosen(listed, others)
  if (isPath(name)) return { ...bareFile(name), others }
  try {
    return chosen(await findBackup(app, name), others)
  } catch (error) {
    if (isPulihError(error, 'backup.unknown') && name.endsWith('.zip') && existsSync(path)) return bareFile(name)
    throw error
  }
}

function chosen(entry: BackupEntry, others: readonly BackupEntry[]): Chosen {
  return { name: entry.name, path: entry.path, entry, others }
}

function isPath(name: string): boolean {
  return isAbsolute(name) || name.includes('/')
}

function bareFile(name: string): Chosen {
  const path = resolve(name)
  if (!existsSync(path)) throw new PulihError('restore.no-file', { path })
  return { name: basename(path).replace(/\.zip$/, ''), path, entry: null, others: [] }
}

async function newestMeant(app: App, others: readonly BackupEntry[]): Promise<BackupEntry> {
  return others.find((one) => one.state === 'proven' && one.type !== 'safety') ?? (await findBackup(app, 'latest'))
}

function newestAt(app: App, others: readonly BackupEntry[], atMs: number): BackupEntry {
  const proven = others.filter((one) => one.state === 'proven')
  const [found] = proven.filter((one) => one.createdMs <= atMs).sort((a, b) => b.createdMs - a.createdMs)
  if (found !== undefined) return found
  const [oldest] = proven.sort((a, b) => a.createdMs - b.createdMs)
  throw new PulihError('restore.none-at', { time: isoWithOffset(atMs, app.zone), oldest: oldest?.name ?? null })
}

/** What may be trusted without a full check: proven says that exactly these bytes passed one. */
export async function stateOf(reader: ArchiveReader, chosen: Chosen): Promise<State> {
  if (chosen.entry !== null) return chosen.entry.state
  const { proof, damage } = await readMark(chosen.path)
  if (damage !== null || reader.findings.some(spoils)) return 'damaged'
  const isProven = proof?.archiveBytes === reader.bytes && proof.manifestSha256 === reader.manifestSha256
  return isProven && reader.legacy === null && reader.findings.length === 0 ? 'proven' : 'stored'
}

/**
 * Refuses a damaged archive, naming a good one. When only some paths are asked for, damage elsewhere in it does not
 * matter: what is recovered is compared byte for byte anyway. Throws restore.damaged, restore.unsafe.
 */
export function requireUsable(reader: ArchiveReader, chosen: Chosen, only: readonly string[]): void {
  const unsafe = reader.findings.find(({ code }) => code === 'entry-unsafe-name')
  if (unsafe !== undefined) {
    throw new PulihError('restore.unsafe', { archive: reader.path, path: unsafe.path ?? '', reason: unsafe.detail })
  }
  const known = chosen.entry?.state === 'damaged' ? chosen.entry.findings : []
  const [first] = [...reader.findings, ...known]
    .filter(spoils)
    .filter(({ path }) => only.length === 0 || path === null || isAsked(path, only))
  const isCondemned = chosen.entry?.state === 'damaged' && known.length === 0
  if (first === undefined && !isCondemned) return
  const better = chosen.others.find((one) => one.state === 'proven' && one.type !== 'safety')?.name ?? null
  const { code, path } = first ?? { code: 'unreadable', path: null }
  throw new PulihError('restore.damaged', { name: chosen.name, code, path, better })
}

/**
 * An entry the manifest does not name is left where it is; it says nothing about the others. Nor does a zip that another
 * program packed anew: whatever is recovered is compared with its hash, and a database checked in full.
 */
function spoils({ code }: Finding): boolean {
  return code !== 'entry-unlisted' && code !== 'archive-rewritten'
}

function isAsked(path: string, only: readonly string[]): boolean {
  return only.some((one) => path === one || path.startsWith(`${one.replace(/\/+$/, '')}/`))
}
