import type { ArchiveEntry, ArchiveItem, ArchiveReader } from '../archive/read.ts'
import { PulihError } from '../error.ts'
import { unsafePath } from '../format/zip/name.ts'
import { nearest } from '../message/nearest.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'

/** One path a backup can give back, whether the archive is ours or the predecessor's. */
export interface Content {
  /** Relative, as the app has it. */
  readonly path: string
  readonly kind: 'database' | 'file'
  readonly entry: ArchiveEntry
  readonly bytes: number
  /** Null in predecessor archives: they hold no hashes. */
  readonly sha256: string | null
  readonly mode: number
  readonly secret: boolean
  /** Of our own databases. */
  readonly record: DatabaseRecord | null
}

/**
 * Everything the archive can give back; what has a finding against it is not among it. Throws restore.unsafe for a path
 * that would leave the folder it is recovered to.
 */
export function contentsOf(reader: ArchiveReader): Content[] {
  const contents = reader.items.map(contentOf)
  for (const { path } of contents) {
    const reason = unsafePath(path)
    if (reason !== null) throw new PulihError('restore.unsafe', { archive: reader.path, path, reason })
  }
  return contents
}

function contentOf({ kind, path, entry, record }: ArchiveItem): Content {
  const isFile = record !== null && 'kind' in record
  return {
    path,
    kind,
    entry,
    bytes: record?.bytes ?? entry.bytes,
    sha256: record?.sha256 ?? null,
    mode: isFile ? record.mode : entry.mode & 0o777,
    secret: isFile ? record.secret : isSecretName(path),
    record: record === null || isFile ? null : record,
  }
}

function isSecretName(path: string): boolean {
  return /(^|\/)\.env(\.|$)/.test(path)
}

/** What a recovered path gets: as it was, but a secret is its owner's alone. */
export function modeOf({ mode, secret }: Pick<Content, 'mode' | 'secret'>): number {
  const wanted = (mode & 0o777) === 0 ? 0o600 : mode & 0o777
  return secret ? wanted & 0o600 : wanted
}

/** The paths asked for: names of databases and files, or folders of them. Throws restore.only (exit 2) for one that is not in it. */
export function select(contents: readonly Content[], only: readonly string[]): Content[] {
  if (only.length === 0) return [...contents]
  const wanted = only.map((one) => one.replace(/^\.\//, '').replace(/\/+$/, ''))
  const covers = (name: string, path: string): boolean => path === name || path.startsWith(`${name}/`) || name === '.'
  const unknown = wanted.find((name) => !contents.some(({ path }) => covers(name, path)))
  if (unknown !== undefined)
    throw new PulihError('restore.only', { found: unknown, near: nearestPath(unknown, contents) })
  return contents.filter(({ path }) => wanted.some((name) => covers(name, path)))
}

function nearestPath(found: string, contents: readonly Content[]): string | null {
  const paths = contents.map(({ path }) => path)
  const folders = paths.flatMap((path) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : []))
  const sameName = paths.find((path) => path.slice(path.lastIndexOf('/') + 1) === found)
  return sameName ?? nearest(found, [...paths, ...folders])
}
