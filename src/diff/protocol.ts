/** What the child process is asked: two of our own closed copies, `from` the older side. */
export interface DiffAsk {
  readonly from: string
  readonly to: string
  /** Only this table; null: all. */
  readonly table: string | null
  readonly rows: boolean
}

export interface SchemaDifference {
  readonly change: 'added' | 'removed' | 'changed'
  readonly type: string
  readonly name: string
  readonly columnsAdded: readonly string[]
  readonly columnsRemoved: readonly string[]
}

/** Counts of rows, told apart by primary key or rowid. Null: nothing names a row, or it could not be read. */
export interface TableDiff {
  readonly inserted: number | null
  readonly deleted: number | null
  readonly changed: number | null
  /** Column -> how many of the changed rows differ in it; only columns both sides have. */
  readonly columns: Readonly<Record<string, number>>
  /** Why it could not be compared; null: it was. */
  readonly problem: string | null
}

/** As JSON carries it: numbers that are exact, larger ones as decimal text in `integer`, blobs as hexadecimal. */
export type CellValue = null | number | string | { readonly integer: string } | { readonly blob: string }

export interface RowDiff {
  readonly table: string
  readonly change: 'inserted' | 'deleted' | 'changed'
  readonly key: Readonly<Record<string, CellValue>>
  /** Of a changed row only what differs; null where there is no such row. */
  readonly before: Readonly<Record<string, CellValue>> | null
  readonly after: Readonly<Record<string, CellValue>> | null
}

export interface FileDiff {
  readonly schema: readonly SchemaDifference[]
  /** Every table of either side. */
  readonly tables: Readonly<Record<string, TableDiff>>
}

/** Lines of the child's standard output, one JSON document each; `done` is the last. */
export type DiffLine = { readonly row: RowDiff } | { readonly done: FileDiff }
