/**
 * The central value: what one snapshot holds. Stored as `backup_info.json` in an archive (and as a file of a vault
 * snapshot); never changed after the archive became visible. Layout: doc/format-archive.md.
 * Paths are relative to the app's folder, with `/`, in Unicode as found on disk. Times are ISO 8601 with offset.
 */
export interface Manifest {
  readonly format: 'pulih-archive'
  readonly version: 1
  readonly name: string
  readonly type: string
  readonly label: string | null
  readonly reason: string | null
  /** What began it: `manual`, `daily_scheduled`, `before_migration`, a host's function name … */
  readonly trigger: string
  /** Orders backups of one app whatever the clock did; rises by at least one. */
  readonly sequence: number
  readonly created: string
  /** Between these two moments every database was pinned to one committed state. */
  readonly capture: { readonly from: string; readonly to: string }
  readonly host: string
  readonly app: { readonly folder: string; readonly version: string | null }
  readonly versions: { readonly pulih: string; readonly node: string; readonly sqlite: string }
  /** The backup whose content is the same, byte for byte in every source; null when something changed. */
  readonly sameContentAs: string | null
  readonly databases: readonly DatabaseRecord[]
  readonly files: readonly FileRecord[]
  /** Found, but deliberately not taken, and why (`too-large`, `excluded`, `unreadable`, `special`). */
  readonly leftOut: readonly LeftOut[]
  /** Phase -> milliseconds. */
  readonly timings: Readonly<Record<string, number>>
}

export interface StoredEntry {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  /** Of the entry's stored (compressed) bytes, so that a read-back needs no decompression. */
  readonly stored: { readonly bytes: number; readonly sha256: string }
}

export interface DatabaseRecord extends StoredEntry {
  readonly pageSize: number
  readonly pages: number
  readonly journalMode: 'wal' | 'rollback'
  readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be'
  readonly userVersion: number
  readonly applicationId: number
  /** SHA-256 over `type|name|tbl_name|sql` of sqlite_schema in a fixed order. */
  readonly schemaSha256: string
  /** `quick_check` at storing time: 'ok' (a backup with anything else is not stored). */
  readonly quickCheck: 'ok'
  /** Rows that break a foreign key, per table; only tables with any. Recorded as the baseline for recovery. */
  readonly foreignKeys: Readonly<Record<string, number>>
  readonly tables: Readonly<Record<string, TableRecord>>
  readonly invariants: readonly InvariantRecord[]
  /** Independent deflate blocks of the stored entry, in order: what a later archive may copy instead of compressing. */
  readonly blocks: BlockTable
}

export interface TableRecord {
  readonly rows: number
  /** Largest rowid (decimal: 64 bits do not fit a JSON number), null for WITHOUT ROWID, virtual and empty tables. */
  readonly maxRowid: string | null
  /** Newest value of the table's time column (created_at, date, timestamp …), as stored; null when there is none. */
  readonly newest: string | null
}

export interface InvariantRecord {
  readonly name: string
  readonly violations: number
  /** Violations already known when this backup was made; more than this is a finding. */
  readonly baseline: number
}

/** `sizeBytes` of every block but the last; per block 32 bytes SHA-256 of its raw bytes, and its stored length as u32 LE. */
export interface BlockTable {
  readonly sizeBytes: number
  /** base64 of concatenated SHA-256 digests. */
  readonly sha256: string
  /** base64 of concatenated little-endian u32 lengths. */
  readonly lengths: string
}

export interface FileRecord extends StoredEntry {
  readonly kind: 'file'
  /** Permission bits only, e.g. 0o640. */
  readonly mode: number
  readonly mtimeMs: number
  /** True for `.env` and its like: shown as dots, never printed. */
  readonly secret: boolean
}

export interface LeftOut {
  readonly path: string
  readonly reason: 'too-large' | 'excluded' | 'unreadable' | 'special' | 'backup-folder'
  readonly detail: string | null
}

/** captured: consistent copy made · stored: kept, quick-checked, read back · proven: recovered from the stored bytes and fully checked · damaged: findings say why */
export type State = 'captured' | 'stored' | 'proven' | 'damaged'

/** Types that retention moves to the archive folder instead of removing. */
export const criticalTypes: ReadonlySet<string> = new Set(['pre_deployment', 'pre_migration', 'emergency'])
