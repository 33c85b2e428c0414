import type { Inspection, InspectRequest, InvariantResult } from './inspection.ts'

/** A live database: its name in the manifest, and the real path SQLite opens. */
export interface LivePath {
  readonly path: string
  readonly absolute: string
}

/** From before the first read lock to after the last, as wall time of this machine in ms. */
export interface HoldWindow {
  readonly fromMs: number
  readonly toMs: number
}

/** What the main process may ask; one answer each, in any order. Values are plain JSON. */
export interface Asks {
  hold: { take: { readonly databases: readonly LivePath[]; readonly waitMs: number }; give: HoldWindow }
  copy: { take: { readonly absolute: string; readonly to: string }; give: null }
  /** `null`: all. Fails when one of them is not held: the copy made meanwhile is worth nothing then. */
  release: { take: { readonly absolute: readonly string[] | null }; give: null }
  count: { take: { readonly database: LivePath }; give: Readonly<Record<string, number | null>> }
  recover: { take: { readonly file: string }; give: null }
  inspect: { take: { readonly file: string; readonly request: Omit<InspectRequest, 'invariants'> }; give: Inspection }
  invariant: { take: { readonly file: string; readonly name: string; readonly sql: string }; give: InvariantResult }
}

export type Ask = { [Op in keyof Asks]: { readonly id: number; readonly op: Op } & Asks[Op]['take'] }[keyof Asks]

export type Reply =
  | { readonly id: number; readonly kind: 'done'; readonly value: Asks[keyof Asks]['give'] }
  | { readonly id: number; readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly id: number; readonly kind: 'failed'; readonly failure: Failure }

export interface Failure {
  /** Which database, as the ask named it; null when it concerns none in particular. */
  readonly path: string | null
  /** SQLite's extended result code; null when the failure is not SQLite's. */
  readonly sqlite: number | null
  readonly detail: string
}
