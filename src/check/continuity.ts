import type { Act, BackupEntry } from '../catalogue/types.ts'
import { note } from '../message/phrases.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'

/** A table that has fewer rows in a backup than in the one before, or whose largest rowid is smaller. */
export interface Fall {
  readonly database: string
  readonly table: string
  readonly from: string
  readonly to: string
  readonly before: number
  readonly after: number
  /** Largest rowids; null where the table has none. */
  readonly idBefore: number | null
  readonly idAfter: number | null
}

export interface ContinuityFacts {
  /** Pairs of backups that were compared. */
  readonly compared: number
  /** Falls that nothing explains. */
  readonly falls: readonly Fall[]
  /** Falls that an act on record explains. */
  readonly explained: number
  /** Falls like those that this table has shown before, or of a hundredth at the most. */
  readonly ordinary: number
}

const day = 86_400_000

export const continuity: Check = {
  name: 'continuity',
  families: ['rows-fell'],
  look: async (scene) => judgeContinuity(continuityFacts(scene)),
}

type Pair = readonly [older: BackupEntry, newer: BackupEntry]

/** The newest two backups, and all that were made within the last day, each with the one before; the rest is experience. */
export function continuityFacts({ backups, acts, nowMs }: Scene): ContinuityFacts {
  const sound = backups.filter((one) => one.state !== 'damaged' && !one.legacy)
  const pairs = sound.slice(0, -1).map((newer, n): Pair => [sound[n + 1] as BackupEntry, newer])
  const isNew = ([, newer]: Pair): boolean => newer === sound[0] || nowMs - newer.createdMs <= day
  const recent = pairs.filter(isNew)
  const known = pairs.filter((pair) => !isNew(pair)).flatMap(fallsBetween)
  const all = recent.flatMap((pair) => fallsBetween(pair).map((fall) => ({ fall, pair })))
  const unexplained = all.filter(({ fall, pair }) => !isExplained(fall, pair, acts)).map(({ fall }) => fall)
  const falls = unexplained.filter((fall) => !isOrdinary(fall, known))
  return {
    ...{ compared: recent.length, falls },
    explained: all.length - unexplained.length,
    ordinary: unexplained.length - falls.length,
  }
}

function fallsBetween([older, newer]: Pair): Fall[] {
  return older.databases.flatMap((was) => {
    const is = newer.databases.find(({ path }) => path === was.path)
    if (is === undefined || is.sha256 === was.sha256) return []
    return Object.entries(was.rows).flatMap(([table, before]): Fall[] => {
      const after = is.rows[table] ?? 0
      const [idBefore, idAfter] = [idOf(was.largestIds, table), idOf(is.largestIds, table)]
      const fall = { database: was.path, table, from: older.name, to: newer.name, before, after, idBefore, idAfter }
      return after < before || idsLost(fall) > 0 ? [fall] : []
    })
  })
}

/** As a number: beyond 2^53 it is a little wrong, which is near enough for a fall. */
function idOf(ids: Readonly<Record<string, string>> | undefined, table: string): number | null {
  return ids !== undefined && Object.hasOwn(ids, table) ? Number(ids[table]) : null
}

function rowsLost({ before, after }: Fall): number {
  return Math.max(0, before - after)
}

/** An emptied table has no largest id any more: that is told by its rows. */
function idsLost({ idBefore, idAfter }: Fall): number {
  return idBefore === null || idAfter === null ? 0 : Math.max(0, idBefore - idAfter)
}

const seenBefore = 2

/**
 * Pure. A hundredth of the rows, and of the ids at their end, goes in any app that lets people delete. More than that is
 * ordinary only where earlier backups show it at least twice, and half as large at the least.
 */
export function isOrdinary(fall: Fall, known: readonly Fall[]): boolean {
  if (rowsLost(fall) * 100 <= fall.before && idsLost(fall) * 100 <= (fall.idBefore ?? 0)) return true
  const alike = known.filter(({ database, table }) => database === fall.database && table === fall.table)
  if (alike.length < seenBefore) return false
  const within = (lost: (one: Fall) => number): boolean => lost(fall) <= 2 * Math.max(...alike.map(lost))
  return within(rowsLost) && within(idsLost)
}

const rewriting: ReadonlySet<string> = new Set(['restore', 'undo', 'rollback', 'migration', 'maintenance'])
/** Types that begin by themselves; every other is made because somebody is about to change something. */
const idle: ReadonlySet<string> = new Set(['manual', 'scheduled', 'startup', 'shutdown', 'emergency'])

function isExplained(fall: Fall, [older, newer]: Pair, acts: readonly Act[]): boolean {
  if (!idle.has(older.type)) return true
  return acts.some((act) => {
    const atMs = Date.parse(act.started)
    if (atMs < older.createdMs || atMs > newer.createdMs) return false
    if (rewriting.has(act.act)) return act.facts.target === undefined || act.outcome === 'done'
    return act.act === 'guarded' && 'ok' in act.facts && changedRows(act.facts.changed, fall)
  })
}

/** A guarded operation whose rows were not counted explains anything. */
function changedRows(changed: unknown, { database, table }: Fall): boolean {
  if (!Array.isArray(changed)) return true
  return changed.some((one) => one?.database === database && one?.table === table && one?.rows < 0)
}

/** Rows that go without a recorded act are a warning; half a table or more is critical. */
export function judgeContinuity(facts: ContinuityFacts): Verdict {
  const worst = new Map<string, Fall>()
  for (const fall of facts.falls) {
    const key = `rows-fell:${fall.database}:${fall.table}`
    const known = worst.get(key)
    if (known === undefined || rowsLost(fall) > rowsLost(known)) worst.set(key, fall)
  }
  const causes = [...worst].map(([key, fall]): Cause => {
    const severity = rowsLost(fall) > 0 && fall.after * 2 <= fall.before ? 'critical' : 'warning'
    const said = rowsLost(fall) > 0 ? note('check.rows-fell', fall) : note('check.ids-fell', fall)
    return { key, severity, note: said }
  })
  return verdictOf(facts, causes, note('check.rows-steady', { compared: facts.compared }))
}
