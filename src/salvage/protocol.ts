import type { Encoding } from '../format/sqlite/header.ts'

/** One of the database's objects, as its schema says. */
export interface SchemaObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger'
  readonly name: string
  readonly table: string
  /** 0: it has no tree (views, triggers, virtual tables). */
  readonly root: number
  /** Null: SQLite made it (the index behind a UNIQUE or PRIMARY KEY). */
  readonly sql: string | null
}

/**
 * sound: every row is there and readable · partial: some rows are readable, how many are lost is not known ·
 * unreadable: no row can be trusted
 */
export type TableState = 'sound' | 'partial' | 'unreadable'

export interface TableSurvey {
  readonly name: string
  readonly state: TableState
  /** Rows that were read and are trusted. */
  readonly rows: number
  /** Rows seen on pages that are out of order: they may never have existed like that, and are not used. */
  readonly doubtful: number
  /** What is wrong, with the page it shows on; at most twenty. */
  readonly faults: readonly { readonly page: number; readonly detail: string }[]
}

export interface Survey {
  /** Where the list of tables came from; none: neither the file nor a backup has one. */
  readonly schemaFrom: 'live' | 'backup' | 'none'
  readonly objects: readonly SchemaObject[]
  readonly tables: readonly TableSurvey[]
  /** Indexes that are broken or do not agree with their table. */
  readonly brokenIndexes: readonly string[]
  /** Faults that belong to no table or index: the schema table, the list of free pages. */
  readonly faults: readonly { readonly page: number; readonly detail: string }[]
  readonly facts: DatabaseFacts | null
}

/** What a rebuilt database must have in common with the damaged one. */
export interface DatabaseFacts {
  readonly pageSize: number
  readonly encoding: Encoding
  readonly userVersion: number
  readonly applicationId: number
  readonly autoVacuum: 'none' | 'full' | 'incremental'
  readonly journalMode: 'wal' | 'rollback'
}

export interface Conflict {
  readonly table: string
  readonly key: string
}

export interface Merged {
  readonly rows: Readonly<Record<string, number>>
  /** Rows that only the damaged file has, per table. */
  readonly kept: Readonly<Record<string, number>>
  /** Rows both have with other values: the backup's stay. Counted in full, at most a hundred are named. */
  readonly conflicts: Readonly<Record<string, number>>
  readonly named: readonly Conflict[]
  /** Rows the new database refused (a key twice). */
  readonly refused: Readonly<Record<string, number>>
}

/** What the child process may be asked; every path is one of our own copies. */
export interface Asks {
  survey: {
    take: {
      readonly main: string | null
      readonly wal: string | null
      readonly base: string | null
      readonly to: string
    }
    give: Survey
  }
  merge: {
    take: { readonly survey: Survey; readonly extract: string; readonly base: string | null; readonly to: string }
    give: Merged
  }
  /** REINDEX on the copy. */
  reindex: { take: { readonly file: string }; give: null }
}

export type Ask = { [Op in keyof Asks]: { readonly op: Op } & Asks[Op]['take'] }[keyof Asks]
