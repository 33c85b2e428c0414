import { rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { moveNew, syncFolder } from '../disk/draft.ts'
import { failpoint } from '../disk/failpoint.ts'
import { PulihError } from '../error.ts'
import { moveOut, secondName } from './aside.ts'
import { identityAt, isSameFile, looksUnchanged } from './identity.ts'
import type { Item, New, Old } from './record.ts'
import { type Suffix, sidecars } from './sidecar.ts'

/**
 * Puts one item's new files in the place of its old ones, which stay whole in the quarantine. At every moment the name
 * shows the old state complete, nothing, or the new state complete: side files never meet a database they do not belong to.
 * Needs a written record (a crash in here is settled from it) and nobody else at the files.
 * Throws restore.changed when the target is not as recorded, or what the system said; the caller then goes back.
 */
export async function swapIn(item: Item): Promise<void> {
  await requireAsRecorded(item)
  if (isPlain(item)) await replaceInOneStep(item)
  else await replaceThroughAbsence(item)
}

/** One old file, one new one, no side files: then one rename does it and the name is never empty. */
function isPlain({ olds, news }: Item): boolean {
  return olds.length === 1 && news.length === 1 && olds[0]?.suffix === '' && news[0]?.suffix === ''
}

async function replaceInOneStep(item: Item): Promise<void> {
  await secondName(item.target, item.olds[0]!.kept)
  failpoint('restore-kept')
  await requireAsRecorded(item)
  await rename(item.news[0]!.draft, item.target)
  await syncFolder(dirname(item.target))
  failpoint('restore-in')
}

async function replaceThroughAbsence(item: Item): Promise<void> {
  const folder = dirname(item.target)
  const sides = item.olds.filter(({ suffix }) => suffix !== '')
  for (const old of sides) await secondName(pathOf(item, old), old.kept)
  failpoint('restore-kept')
  const main = item.olds.find(({ suffix }) => suffix === '')
  if (main !== undefined) await moveOut(item.target, main.kept)
  failpoint('restore-moved')
  for (const old of sides) await unlink(pathOf(item, old))
  // Without this a power cut could keep the next step and lose this one: the old WAL beside the new database.
  await syncFolder(folder)
  failpoint('restore-cleared')
  await requireNothing(item)
  // Side files first: a database must never be seen without what belongs to it.
  for (const one of sidesFirst(item.news)) {
    await moveNew(one.draft, pathOf(item, one))
    await syncFolder(folder)
    failpoint('restore-placed')
  }
  failpoint('restore-in')
}

export function pathOf(item: Item, part: { readonly suffix: Suffix }): string {
  return `${item.target}${part.suffix}`
}

export function sidesFirst<T extends Old | New>(parts: readonly T[]): T[] {
  return [...parts].sort((a, b) => Number(a.suffix === '') - Number(b.suffix === ''))
}

export function suffixesOf(item: Item): readonly Suffix[] {
  return item.kind === 'database' ? ['', ...sidecars] : ['']
}

/** Exactly the recorded files are there, unchanged, and no other side file. */
async function requireAsRecorded(item: Item): Promise<void> {
  for (const suffix of suffixesOf(item)) {
    const recorded = item.olds.find((old) => old.suffix === suffix)?.identity ?? null
    const now = await identityAt(`${item.target}${suffix}`)
    if (recorded === null && now === null) continue
    if (!isSameFile(recorded, now) || !looksUnchanged(recorded, now)) throw changed(item, suffix)
  }
}

/** An app that starts right now may have made an empty database under the name. */
async function requireNothing(item: Item): Promise<void> {
  for (const suffix of suffixesOf(item)) {
    if ((await identityAt(`${item.target}${suffix}`)) !== null) throw changed(item, suffix)
  }
}

function changed(item: Item, suffix: Suffix): PulihError<'restore.changed'> {
  return new PulihError('restore.changed', { path: `${item.path}${suffix}` })
}
