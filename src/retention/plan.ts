import { dirname } from 'node:path'
import type { BackupEntry } from '../catalogue/types.ts'
import { criticalTypes } from '../snapshot/manifest.ts'
import { firstOfEach, type Span } from './calendar.ts'
import { isClockBehind, isFuture, outOfOrder } from './dates.ts'
import type { RetentionPolicy } from './policy.ts'

/** Why a backup stays; `phrases/retention.ts` has the sentences. */
export type KeepReason =
  | 'last'
  | 'newest'
  | 'daily'
  | 'weekly'
  | 'monthly'
  | 'type'
  | 'pinned'
  | 'plan'
  | 'archived'
  | 'critical'
  | 'unproven'
  | 'legacy'
  | 'damaged'
  | 'future'
  | 'clock-jump'
  | 'clock-behind'

/** Why one goes: newer proven ones take its place; it was never proven; it is damaged and long replaced. */
export type RemoveReason = 'superseded' | 'unproven' | 'damaged'

export interface RetentionPlan {
  readonly kept: readonly { readonly name: string; readonly path: string; readonly reasons: readonly KeepReason[] }[]
  readonly removed: readonly { readonly name: string; readonly path: string; readonly reason: RemoveReason }[]
  /** Moved to the archive folder, where they stay. */
  readonly archived: readonly { readonly name: string; readonly path: string; readonly reason: 'critical' }[]
}

export interface RetentionFacts {
  readonly nowMs: number
  readonly zone: string
  /** Names of backups that an open plan counts on. */
  readonly namedByPlans: ReadonlySet<string>
  /** What lies in it stays. Null: there is none apart from the backup folder, so critical backups stay where they are. */
  readonly archiveFolder: string | null
}

const dayMs = 86_400_000
/** An unproven backup may still be proven; a damaged one may still be wanted by whoever looks into the damage. */
const unprovenGraceMs = 7 * dayMs
const damagedGraceMs = 30 * dayMs
/** How many backups with impossible dates are kept at most; a machine without a clock battery makes one at every start. */
const outOfOrderKept = 50
/** Hosts may make up types: the quota holds for the most recently used ones. */
const typesKept = 40

/**
 * Which backups stay and why, which go and why: pure. Only proven ones count. Nothing goes unless two newer proven ones
 * stay; the two newest proven, by sequence and by date, always stay, and so does everything that is pinned, named by an
 * open plan, in the archive folder, or dated in a way that shows a wrong clock. Order of the answer: newest first.
 */
export function planRetention(
  backups: readonly BackupEntry[],
  policy: RetentionPolicy,
  facts: RetentionFacts,
): RetentionPlan {
  const view = survey(backups, facts)
  const reasons = new Map<BackupEntry, KeepReason[]>(view.all.map((one) => [one, []]))
  for (const [reason, choose] of rules) {
    for (const one of choose(view, policy, facts)) reasons.get(one)?.push(reason)
  }
  // A second file of the same archive (somebody's copy) shares its fate.
  for (const one of view.all) reasons.get(one)?.push(...(reasons.get(view.firstOf(one)) ?? []))
  return decide(view, facts, reasons)
}

interface View {
  /** By sequence, newest first; predecessor archives after them by date. */
  readonly all: readonly BackupEntry[]
  /** Proven, each archive once. */
  readonly proven: readonly BackupEntry[]
  /** Those of them that count for quotas: not archived already, with a date that can be believed. */
  readonly counted: readonly BackupEntry[]
  readonly clockBehind: boolean
  isArchived(backup: BackupEntry): boolean
  /** The file that stands for all files of one proven archive. */
  firstOf(backup: BackupEntry): BackupEntry
  /** How many proven archives are newer by sequence. */
  newerProven(backup: BackupEntry): number
}

function survey(backups: readonly BackupEntry[], { archiveFolder, nowMs }: RetentionFacts): View {
  const all = [...backups].sort((a, b) => b.sequence - a.sequence || b.createdMs - a.createdMs)
  const isArchived = (one: BackupEntry): boolean => dirname(one.path) === archiveFolder
  const first = new Map<string, BackupEntry>()
  for (const one of all) if (one.state === 'proven' && !first.has(keyOf(one))) first.set(keyOf(one), one)
  const proven = [...first.values()]
  const jumped = new Set(outOfOrder(all.filter((one) => !isFuture(one, nowMs))))
  const newer = countNewer(all, new Set(proven))
  return {
    all,
    proven,
    counted: proven.filter((one) => !isArchived(one) && !isFuture(one, nowMs) && !jumped.has(one)),
    clockBehind: isClockBehind(all, nowMs),
    isArchived,
    firstOf: (one) => first.get(keyOf(one)) ?? one,
    newerProven: (one) => newer.get(one) ?? 0,
  }
}

function countNewer(all: readonly BackupEntry[], proven: ReadonlySet<BackupEntry>): Map<BackupEntry, number> {
  let count = 0
  const newer = new Map<BackupEntry, number>()
  for (const one of all) {
    newer.set(one, count)
    if (proven.has(one)) count++
  }
  return newer
}

function keyOf({ proof, path }: BackupEntry): string {
  return proof === null ? path : `${proof.archiveBytes} ${proof.manifestSha256}`
}

type Rule = (view: View, policy: RetentionPolicy, facts: RetentionFacts) => readonly BackupEntry[]

const rules: readonly (readonly [KeepReason, Rule])[] = [
  ['last', twoNewest],
  ['newest', ({ counted }, { newest }) => counted.slice(0, newest)],
  ['daily', spans('day', 'daily')],
  ['weekly', spans('week', 'weekly')],
  ['monthly', spans('month', 'monthly')],
  ['type', newestOfTypes],
  ['pinned', ({ all }) => all.filter((one) => one.pinned)],
  ['plan', ({ all }, _policy, { namedByPlans }) => all.filter((one) => namedByPlans.has(one.name))],
  ['archived', ({ all, isArchived }) => all.filter(isArchived)],
  ['legacy', ({ all }) => all.filter((one) => one.legacy && one.state === 'stored')],
  ['unproven', awaitingProof],
  ['damaged', ({ all, ...view }, policy, facts) => all.filter((one) => isKeptDamage(one, view, policy, facts))],
  ['future', ({ all }, _policy, { nowMs }) => all.filter((one) => isFuture(one, nowMs))],
  ['clock-jump', jumpedOnes],
]

/** By sequence and by date, with and without the archive folder: whichever order is right, the two newest stay. */
function twoNewest({ proven, isArchived }: View, _policy: RetentionPolicy, { nowMs }: RetentionFacts): BackupEntry[] {
  const near = proven.filter((one) => !isArchived(one))
  const believable = proven.filter((one) => !isFuture(one, nowMs))
  const byDate = (list: readonly BackupEntry[]) => [...list].sort((a, b) => b.createdMs - a.createdMs)
  const orders = [proven, near, byDate(proven), byDate(near), byDate(believable)]
  return [...new Set(orders.flatMap((order) => order.slice(0, 2)))]
}

function spans(span: Span, count: 'daily' | 'weekly' | 'monthly'): Rule {
  return ({ counted }, policy, { zone }) => firstOfEach(counted, span, policy[count], zone)
}

function newestOfTypes({ counted }: View, { perType, ofType }: RetentionPolicy): BackupEntry[] {
  const groups = [...Map.groupBy(counted, (one) => one.type)].slice(0, typesKept)
  return groups.flatMap(([type, list]) => list.slice(0, Math.max(perType, ofType[type] ?? 0)))
}

function awaitingProof({ all, newerProven }: View, _policy: RetentionPolicy, { nowMs }: RetentionFacts): BackupEntry[] {
  const isYoung = (one: BackupEntry): boolean => nowMs - one.createdMs < unprovenGraceMs
  return all.filter((one) => isUnproven(one) && !one.legacy && (isYoung(one) || newerProven(one) < 2))
}

function isUnproven({ state }: BackupEntry): boolean {
  return state === 'stored' || state === 'captured'
}

/**
 * Kept for a person to look at, until it is old and replaced many times over. One whose manifest was never readable, a
 * predecessor's and a critical one are never removed here.
 */
function isKeptDamage(
  one: BackupEntry,
  view: Pick<View, 'newerProven'>,
  policy: RetentionPolicy,
  { nowMs }: RetentionFacts,
): boolean {
  if (one.state !== 'damaged') return false
  if (one.sequence === 0 || criticalTypes.has(one.type)) return true
  return nowMs - one.createdMs < damagedGraceMs || view.newerProven(one) < Math.max(2, policy.newest)
}

function jumpedOnes({ all }: View, _policy: RetentionPolicy, { nowMs }: RetentionFacts): BackupEntry[] {
  return outOfOrder(all.filter((one) => !isFuture(one, nowMs))).slice(0, outOfOrderKept)
}

function decide(
  view: View,
  facts: RetentionFacts,
  reasons: ReadonlyMap<BackupEntry, readonly KeepReason[]>,
): RetentionPlan {
  const kept: RetentionPlan['kept'][number][] = []
  const removed: RetentionPlan['removed'][number][] = []
  const archived: RetentionPlan['archived'][number][] = []
  for (const one of view.all) {
    const { name, path } = one
    const why = [...new Set(reasons.get(one))]
    const spare = spareReason(one, view, facts)
    if (why.length > 0) kept.push({ name, path, reasons: why })
    else if (spare !== null) kept.push({ name, path, reasons: [spare] })
    else if (criticalTypes.has(one.type)) archived.push({ name, path, reason: 'critical' })
    else removed.push({ name, path, reason: removeReason(one) })
  }
  return { kept, removed, archived }
}

/** What holds back even a backup that no rule keeps. */
function spareReason(one: BackupEntry, view: View, { archiveFolder }: RetentionFacts): KeepReason | null {
  if (view.clockBehind) return 'clock-behind'
  if (view.newerProven(one) < 2) return 'last'
  return criticalTypes.has(one.type) && archiveFolder === null ? 'critical' : null
}

function removeReason({ state }: BackupEntry): RemoveReason {
  if (state === 'proven') return 'superseded'
  return state === 'damaged' ? 'damaged' : 'unproven'
}
