import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { findingOf } from '../archive/damage.ts'
import { openArchive } from '../archive/read.ts'
import { changeMark } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { writeDurably } from '../disk/draft.ts'
import { errnoOf, isPulihError } from '../error.ts'
import { type Finding, lasting } from '../snapshot/finding.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'

/** When each archive was last read to its last byte and found right: name -> ms. In `.pulih/reread.json`. */
export type ReadTimes = Readonly<Record<string, number>>

export interface Reread {
  readonly readNow: number
  readonly readNowBytes: number
  /** Found damaged by this run; marked as such, so that they count for nothing from now on. Unreadable ones are not marked. */
  readonly damaged: readonly { readonly name: string; readonly findings: readonly Finding[] }[]
  readonly times: ReadTimes
}

/**
 * Reads stored archives again, whole, and compares their hashes: those not read for longest first, up to `budgetBytes` (but
 * always one). With `onlyDue` only those whose turn it is: a week since the last time, or touched since then; so every
 * archive gets its turn, what rots on the disk is found before it is needed, and a round every few minutes costs next to
 * nothing. Throws disk.*, cancelled; never for what an archive looks like.
 */
export async function rereadArchives(
  app: App,
  backups: readonly BackupEntry[],
  { budgetBytes, onlyDue, ...work }: Work & { readonly budgetBytes: number; readonly onlyDue: boolean },
): Promise<Reread> {
  const known = await readTimes(app)
  const times: Record<string, number> = {}
  for (const { name, state } of backups) if (state !== 'damaged' && known[name] !== undefined) times[name] = known[name]
  const damaged: { name: string; findings: readonly Finding[] }[] = []
  let [readNow, readNowBytes] = [0, 0]
  const nowMs = app.clock.now()
  const wanted = onlyDue ? backups.filter((one) => isDue(one, known[one.name] ?? 0, touchedMs(one), nowMs)) : backups
  for (const one of inTurn(wanted, known, budgetBytes)) {
    work.signal?.throwIfAborted()
    const findings = await readBack(one, work)
    // Retention may have removed it meanwhile.
    if (findings.length > 0 && !existsSync(one.path)) continue
    readNow++
    readNowBytes += one.bytes
    if (findings.length === 0) times[one.name] = app.clock.now()
    else {
      await remember(app, one, lasting(findings))
      damaged.push({ name: one.name, findings })
      delete times[one.name]
    }
  }
  if (readNow > 0) await keep(app, times)
  return { readNow, readNowBytes, damaged, times }
}

const dueAfterMs = 7 * 86_400_000

/** Pure. A proof has read every byte too; a file that was touched after that is read at once. */
export function isDue({ proof }: Pick<BackupEntry, 'proof'>, readMs: number, touched: number, nowMs: number): boolean {
  const lastMs = Math.max(readMs, proof === null ? 0 : Date.parse(proof.at))
  return touched > lastMs || nowMs - lastMs >= dueAfterMs
}

/** When the kernel last saw its bytes, name or mode change. */
function touchedMs({ path: file }: BackupEntry): number {
  return statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0
}

async function remember(app: App, { path }: BackupEntry, findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return
  const at = isoWithOffset(app.clock.now(), app.zone)
  await changeMark(path, (mark) => ({ ...mark, damage: { at, findings } }))
}

/** Pure: which archives are read now, those waiting longest first. */
export function inTurn(backups: readonly BackupEntry[], times: ReadTimes, budgetBytes: number): BackupEntry[] {
  const waiting = backups
    .filter((one) => one.state !== 'damaged')
    .toSorted((a, b) => (times[a.name] ?? 0) - (times[b.name] ?? 0) || b.sequence - a.sequence)
  let left = budgetBytes
  return waiting.filter(({ bytes }, n) => {
    left -= bytes
    return n === 0 || left >= 0
  })
}

async function readBack(backup: BackupEntry, work: Work): Promise<readonly Finding[]> {
  try {
    await using reader = await openArchive(backup.path)
    return await reader.readBack(work)
  } catch (error) {
    const finding = findingOf(error, null)
    if (finding === null) throw error
    return [finding]
  }
}

function path(app: App): string {
  return join(app.folders.state, 'reread.json')
}

async function readTimes(app: App): Promise<ReadTimes> {
  try {
    const value = JSON.parse(await readFile(path(app), 'utf8')) as { times?: unknown } | null
    const times = value?.times
    return typeof times === 'object' && times !== null && !Array.isArray(times) ? (times as ReadTimes) : {}
  } catch (error) {
    // Not known: then they are all read again.
    if (error instanceof SyntaxError || ['ENOENT', 'EACCES'].includes(errnoOf(error) ?? '')) return {}
    throw error
  }
}

/** Losing the times costs one more reading; a full disk must not end the look that is about to report it. */
async function keep(app: App, times: ReadTimes): Promise<void> {
  if (Object.keys(times).length === 0) return
  try {
    await writeDurably(path(app), `${JSON.stringify({ version: 1, times })}\n`)
  } catch (error) {
    if (!isPulihError(error)) throw error
  }
}
