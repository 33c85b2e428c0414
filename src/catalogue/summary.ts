import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { ArchiveReader, LegacyInfo } from '../archive/read.ts'
import { errnoOf, isPulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { Manifest } from '../snapshot/manifest.ts'
import { isoWithOffset } from '../time/zone.ts'
import type { DatabaseSummary } from './types.ts'

/** What the catalogue keeps of one archive file: its manifest in short. Everything that can change later is in its mark. */
export interface Summary {
  /** `unreadable`: neither kind of manifest could be read: one of ours that broke, or somebody's other zip. */
  readonly kind: 'own' | 'legacy' | 'unreadable'
  readonly type: string
  readonly label: string | null
  readonly reason: string | null
  readonly trigger: string
  readonly created: string
  readonly createdMs: number
  /** 0 for predecessor archives: they come before every one of ours. */
  readonly sequence: number
  readonly sameContentAs: string | null
  readonly manifestSha256: string
  readonly databases: readonly DatabaseSummary[]
  readonly files: number
  /** What is wrong with the file's structure; makes it damaged. */
  readonly findings: readonly Finding[]
}

/** An archive file as found in a folder. `stamp` changes whenever its bytes may have. */
export interface Found {
  readonly path: string
  readonly bytes: number
  readonly mtimeMs: number
  readonly inode: string
  readonly stamp: string
}

/** Looks at one path; null when it is gone or no regular file (a symbolic link to one is fine). */
export async function lookAt(path: string): Promise<Found | null> {
  let seen: BigIntStats
  try {
    seen = await stat(path, { bigint: true })
  } catch (error) {
    // Removed by another process, or a link to nowhere: not an archive that exists.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return null
    throw error
  }
  if (!seen.isFile()) return null
  const stamp = `${seen.size}:${seen.mtimeNs}:${seen.ctimeNs}:${seen.ino}`
  return { path, bytes: Number(seen.size), mtimeMs: Number(seen.mtimeMs), inode: `${seen.dev}:${seen.ino}`, stamp }
}

/**
 * Reads what an archive says of itself. Never throws for what it looks at: one that cannot be understood becomes
 * `unreadable` with its finding. `keep` is false when the trouble may be gone next time (no permission, a read error).
 */
export async function summarize(found: Found, zone: string): Promise<{ summary: Summary; keep: boolean }> {
  // Loaded only now: with a warm index nothing needs the zip reader.
  const { openArchive } = await import('../archive/read.ts')
  try {
    await using reader = await openArchive(found.path)
    const keep = !reader.findings.some(({ code }) => code === 'unreadable')
    return { summary: summaryOf(reader, found, zone), keep }
  } catch (error) {
    if (!isPulihError(error) && !/^E[A-Z]+$/.test(errnoOf(error) ?? '')) throw error
    const keep = isPulihError(error) && error.code.startsWith('archive.')
    const code = keep ? 'archive-unreadable' : 'unreadable'
    const detail = error instanceof Error ? error.message : String(error)
    return { summary: unreadable(found, zone, [{ code, path: null, detail }]), keep }
  }
}

function summaryOf(reader: ArchiveReader, found: Found, zone: string): Summary {
  const { manifest, legacy, findings, manifestSha256 } = reader
  if (manifest !== null) return { ...ownSummary(manifest), manifestSha256, findings }
  if (legacy !== null) return { ...legacySummary(legacy, found, zone), manifestSha256, findings }
  const why: Finding = { code: 'manifest-missing', path: null, detail: '' }
  return unreadable(found, zone, findings.length === 0 ? [why] : findings)
}

function ownSummary(manifest: Manifest): Omit<Summary, 'findings' | 'manifestSha256'> {
  const { type, label, reason, trigger, created, sequence, sameContentAs } = manifest
  return {
    kind: 'own',
    ...{ type, label, reason, trigger, created, sequence, sameContentAs },
    createdMs: Date.parse(created),
    databases: manifest.databases.map(({ path, bytes, sha256, tables }) => ({
      ...{ path, bytes, sha256 },
      rows: Object.fromEntries(Object.entries(tables).map(([table, { rows }]) => [table, rows])),
      largestIds: Object.fromEntries(
        Object.entries(tables).flatMap(([table, { maxRowid }]) => (maxRowid === null ? [] : [[table, maxRowid]])),
      ),
    })),
    files: manifest.files.length,
  }
}

function legacySummary(legacy: LegacyInfo, found: Found, zone: string): Omit<Summary, 'findings' | 'manifestSha256'> {
  const createdMs = legacy.createdMs > 0 ? legacy.createdMs : found.mtimeMs
  return {
    kind: 'legacy',
    type: legacy.type,
    label: null,
    reason: legacy.reason,
    trigger: 'unknown',
    created: isoWithOffset(createdMs, zone),
    createdMs,
    sequence: 0,
    sameContentAs: null,
    databases: legacy.databases.map(({ path, entry }) => ({
      ...{ path, bytes: entry.bytes, sha256: '' },
      rows: legacy.recordCounts[path] ?? {},
    })),
    files: legacy.files.length,
  }
}

/** Nothing inside can be trusted, not even when it was made: the file's own time stands in. */
function unreadable(found: Found, zone: string, findings: readonly Finding[]): Summary {
  return {
    kind: 'unreadable',
    type: 'unknown',
    label: null,
    reason: null,
    trigger: 'unknown',
    created: isoWithOffset(found.mtimeMs, zone),
    createdMs: found.mtimeMs,
    sequence: 0,
    sameContentAs: null,
    manifestSha256: '',
    databases: [],
    files: 0,
    findings,
  }
}
