import type { Act, BackupEntry } from '../catalogue/types.ts'
import { note } from '../message/phrases.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'

/** A table that has fewer rows in a backup than in the one before. */
export interface Fall {
  readonly database: string
  readonly table: string
  readonly from: string
  readonly to: string
  readonly before: number
  readonly after: number
}

export interface ContinuityFacts {
  /** Pairs of backups that were compared. */
  readonly compared: number
  /** Falls that no act on record explains. */
  readonly falls: readonly Fall[]
  /** Falls that one does. */
  readonly explained: number
}

const day = 86_400_000

export const continuity: Check = {
  name: 'continuity',
  families: ['rows-fell'],
  look: async (scene) => judgeContinuity(continuityFacts(scene)),
}

/** The newest two backups, and all that were made within the last day, each with the one before. */
export function continuityFacts({ backups, acts, nowMs }: Scene): ContinuityFacts {
  const sound = backups.filter((one) => one.state !== 'damaged' && !one.legacy)
  const pairs = sound.slice(0, -1).flatMap((newer, n): [BackupEntry, BackupEntry][] => {
    const older = sound[n + 1]
    return older !== undefined && (n === 0 || nowMs - newer.createdMs <= day) ? [[older, newer]] : []
  })
  const all = pairs.flatMap(([older, newer]) => fallsBetween(older, newer).map((fall) => ({ fall, older, newer })))
  const open = all.filter(({ fall, older, newer }) => !isExplained(fall, older, newer, acts))
  return { compared: pairs.length, falls: open.map(({ fall }) => fall), explained: all.length - open.length }
}

function fallsBetween(older: BackupEntry, newer: BackupEntry): Fall[] {
  return older.databases.flatMap((was) => {
    const is = newer.databases.find(({ path }) => path === was.path)
    if (is === undefined || is.sha256 === was.sha256) return []
    return Object.entries(was.rows).flatMap(([table, before]): Fall[] => {
      const after = is.rows[table] ?? 0
      if (after >= before) return []
      return [{ database: was.path, table, from: older.name, to: newer.name, before, after }]
    })
  })
}

const rewriting: ReadonlySet<string> = new Set(['restore', 'undo', 'rollback', 'migration', 'maintenance'])
/** Types that begin by themselves; every other is made because somebody is about to change something. */
const idle: ReadonlySet<string> = new Set(['manual', 'scheduled', 'startup', 'shutdown', 'emergency'])

function isExplained(fall: Fall, older: BackupEntry, newer: BackupEntry, acts: readonly Act[]): boolean {
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
    if (known === undefined || fall.before - fall.after > known.before - known.after) worst.set(key, fall)
  }
  const causes = [...worst].map(([key, fall]): Cause => {
    const severity = fall.after * 2 <= fall.before ? 'critical' : 'warning'
    return { key, severity, note: note('check.rows-fell', fall) }
  })
  return verdictOf(facts, causes, note('check.rows-steady', { compared: facts.compared }))
}
