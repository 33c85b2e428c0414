import { type Id, parseId } from './id.ts'
import { countField, fieldsOf, textField, textsField } from './unpacked.ts'

/** One snapshot file; its id is the name of the file. */
export interface SnapshotFile {
  readonly time: string
  readonly parent: Id | null
  readonly tree: Id
  readonly paths: readonly string[]
  readonly hostname: string
  readonly username: string
  readonly tags: readonly string[]
  readonly programVersion: string
  readonly summary: SnapshotSummary | null
}

/** What restic 0.17 and later keep beside a snapshot; older ones ignore it. Names as in the file, bytes and counts. */
export interface SnapshotSummary {
  readonly backup_start: string
  readonly backup_end: string
  readonly files_new: number
  readonly files_changed: number
  readonly files_unmodified: number
  readonly dirs_new: number
  readonly dirs_changed: number
  readonly dirs_unmodified: number
  readonly data_blobs: number
  readonly tree_blobs: number
  readonly data_added: number
  readonly data_added_packed: number
  readonly total_files_processed: number
  readonly total_bytes_processed: number
}

/** Keys in restic's order, empty ones left out. */
export function writeSnapshot(snapshot: SnapshotFile): string {
  return JSON.stringify({
    time: snapshot.time,
    parent: snapshot.parent ?? undefined,
    tree: snapshot.tree,
    paths: snapshot.paths,
    hostname: snapshot.hostname || undefined,
    username: snapshot.username || undefined,
    tags: snapshot.tags.length === 0 ? undefined : snapshot.tags,
    program_version: snapshot.programVersion || undefined,
    summary: snapshot.summary ?? undefined,
  })
}

export function readSnapshot(json: unknown): SnapshotFile {
  const fields = fieldsOf(json, 'snapshot')
  return {
    time: textField(fields, 'time'),
    parent: fields.parent === undefined || fields.parent === null ? null : parseId(fields.parent),
    tree: parseId(fields.tree),
    paths: textsField(fields, 'paths'),
    hostname: textField(fields, 'hostname'),
    username: textField(fields, 'username'),
    tags: textsField(fields, 'tags'),
    programVersion: textField(fields, 'program_version'),
    summary: fields.summary === undefined ? null : readSummary(fieldsOf(fields.summary, 'summary')),
  }
}

const countNames = [
  'files_new',
  'files_changed',
  'files_unmodified',
  'dirs_new',
  'dirs_changed',
  'dirs_unmodified',
  'data_blobs',
  'tree_blobs',
  'data_added',
  'data_added_packed',
  'total_files_processed',
  'total_bytes_processed',
] as const

function readSummary(fields: Readonly<Record<string, unknown>>): SnapshotSummary {
  const counts = Object.fromEntries(countNames.map((name) => [name, countField(fields, name)]))
  return {
    backup_start: textField(fields, 'backup_start'),
    backup_end: textField(fields, 'backup_end'),
    ...(counts as Record<(typeof countNames)[number], number>),
  }
}
