import type { Invariant } from '../../app/config.ts'
import type { Encoding, JournalMode } from '../../format/sqlite/header.ts'
import type { TableRecord } from '../../snapshot/manifest.ts'

/** What to look at in one of our own copies; what is not asked for costs nothing and comes back null. */
export interface InspectRequest {
  readonly quick?: boolean
  /**
   * The full check; or of some tables only, so that two processes can share one copy. Every table of `tableNames`
   * checked on its own, plus `quick` over the whole file, finds what the full check finds: page structure, freelist and
   * the page-to-owner account are in `quick_check`; rows, their constraints and their indexes belong to one table.
   */
  readonly integrity?: boolean | { readonly tables: readonly string[] }
  readonly foreignKeys?: boolean
  readonly tables?: boolean
  readonly invariants?: readonly Invariant[]
}

/** What SQLite says of one database file. Looking never throws for what it looks at: damage is lines, in SQLite's words. */
export interface Inspection {
  readonly pageSize: number
  readonly pages: number
  readonly journalMode: JournalMode
  readonly encoding: Encoding
  readonly userVersion: number
  readonly applicationId: number
  /** Of type, name, table and text of everything in the schema but SQLite's own statistics; '' when it is unreadable. */
  readonly schemaSha256: string
  readonly sqliteVersion: string
  /** Empty: sound. At most 100 lines. */
  readonly quickCheck: readonly string[] | null
  readonly integrity: readonly string[] | null
  /** Rows that break a foreign key, per table; only tables with any. */
  readonly foreignKeys: Readonly<Record<string, number>> | null
  /** Tables of the app: SQLite's own (`sqlite_…`) are not among them, shadow tables of an index are. */
  readonly tables: Readonly<Record<string, TableRecord>> | null
  readonly invariants: readonly InvariantResult[] | null
  /** Everything `integrity_check` can be given by name, SQLite's own tables included. */
  readonly tableNames: readonly string[]
  /** What could not be looked at, though nothing is broken (a virtual table whose module is not here …). */
  readonly unseen: readonly string[]
}

export interface InvariantResult {
  readonly name: string
  /** Rows the rule returned; counting ends at a million. */
  readonly violations: number
  /** Rows in the tables it read, together; 0: there was nothing to look at, which proves nothing. */
  readonly looked: number
  /** Why the rule could not be checked, in SQLite's words; null when it was. */
  readonly error: string | null
}
