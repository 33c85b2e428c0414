import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord, FileRecord, Manifest, StoredEntry } from '../snapshot/manifest.ts'
import { type ArchiveEntry, codePrefix, databasePrefix, manifestEntry, restoreTextEntry } from './entry.ts'

/** The entry names a manifest calls for, each with its record. */
export function listedEntries(manifest: Manifest): ReadonlyMap<string, DatabaseRecord | FileRecord> {
  return new Map<string, DatabaseRecord | FileRecord>([
    ...manifest.databases.map((one) => [databasePrefix + one.path, one] as const),
    ...manifest.files.map((one) => [codePrefix + one.path, one] as const),
  ])
}

/** Records without an entry. */
export function missingFindings(
  entries: readonly ArchiveEntry[],
  listed: ReadonlyMap<string, DatabaseRecord | FileRecord>,
): Finding[] {
  const names = new Set(entries.map(({ name }) => name))
  const missing = [...listed].filter(([name]) => !names.has(name))
  return [
    ...missing.map(([, { path }]): Finding => ({ code: 'entry-missing', path, detail: '' })),
    ...(names.has(restoreTextEntry) ? [] : [missingText]),
  ]
}

const missingText: Finding = { code: 'entry-missing', path: restoreTextEntry, detail: '' }

/** In what an entry contradicts its record, or that it has none. */
export function entryFindings(entry: ArchiveEntry, record: DatabaseRecord | FileRecord | undefined): Finding[] {
  if (record === undefined) {
    const own = entry.name === manifestEntry || entry.name === restoreTextEntry
    return own ? [] : [{ code: 'entry-unlisted', path: entry.name, detail: '' }]
  }
  return [...sizeFindings(entry, record), ...('kind' in record ? metaFindings(entry, record) : [])]
}

function sizeFindings(entry: ArchiveEntry, record: StoredEntry): Finding[] {
  const wrong = (what: string, here: number, there: number): Finding[] =>
    here === there ? [] : [{ code: 'entry-size', path: record.path, detail: `${what} ${here}, recorded ${there}` }]
  return [
    ...wrong('bytes', entry.bytes, record.bytes),
    ...wrong('stored bytes', entry.storedBytes, record.stored.bytes),
  ]
}

function metaFindings(entry: ArchiveEntry, record: FileRecord): Finding[] {
  const finding = (detail: string): Finding => ({ code: 'entry-damaged', path: record.path, detail })
  return entry.mode === (record.mode & 0o777) ? [] : [finding('mode is not the recorded one')]
}
