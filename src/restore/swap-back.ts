import { rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../disk/draft.ts'
import { failpoint } from '../disk/failpoint.ts'
import { errnoOf } from '../error.ts'
import { makeDurably, moveBack, moveOut } from './aside.ts'
import { type FileIdentity, identityAt, isSameFile, looksUnchanged } from './identity.ts'
import type { Item, New, Old } from './record.ts'
import type { Suffix } from './sidecar.ts'
import { pathOf, sidesFirst, suffixesOf } from './swap.ts'

/**
 * Brings one item back to its old state from whatever point `swapIn` reached, or a run of this that was cut short. What is
 * in the place and is neither old nor untouched new (an app started in between) moves to `discarded`: nothing that could
 * hold somebody's data is deleted.
 */
export async function swapBack(item: Item, discarded: string): Promise<void> {
  const now = await look(item)
  const main = item.olds.find(({ suffix }) => suffix === '')
  // With the old database in place its side files are there, or SQLite itself has folded them in since.
  if (main === undefined || !isOld(now.get('') ?? null, main, item)) {
    await clearPlace(item, now, discarded)
    for (const old of sidesFirst(item.olds)) await returnOld(item, old)
  }
  for (const old of item.olds) await dropSecondName(item, old, discarded)
}

/** True when every new file is under its name (whatever was written to it since) and no old one is. */
export async function isSwapped(item: Item): Promise<boolean> {
  const now = await look(item)
  const placed = item.news.every((one) => isSameFile(now.get(one.suffix) ?? null, one.identity))
  const cleared = item.olds.every((old) => !isSameFile(now.get(old.suffix) ?? null, old.identity))
  const absent = item.news.length > 0 || now.get('') === null
  return placed && cleared && absent
}

/** True while the new files are as they were put in and nothing lies beside them. */
export async function isUntouched(item: Item): Promise<boolean> {
  const now = await look(item)
  return [...now].every(([suffix, found]) => {
    const meant = item.news.find((one) => one.suffix === suffix)?.identity ?? null
    return found === null ? meant === null : looksUnchanged(found, meant)
  })
}

type Place = ReadonlyMap<Suffix, FileIdentity | null>

async function look(item: Item): Promise<Place> {
  const found = new Map<Suffix, FileIdentity | null>()
  for (const suffix of suffixesOf(item)) found.set(suffix, await identityAt(`${item.target}${suffix}`))
  return found
}

/** The old file itself, or the copy of it that going back over a device border makes. */
function isOld(now: FileIdentity | null, old: Old, item: Item): boolean {
  if (isSameFile(now, old.identity)) return true
  const isNew = item.news.some((one) => isSameFile(now, one.identity))
  return !isNew && looksUnchanged(now, old.identity)
}

async function clearPlace(item: Item, now: Place, discarded: string): Promise<void> {
  const inTheWay = [...now].filter(([suffix, found]) => {
    const old = item.olds.find((one) => one.suffix === suffix)
    return found !== null && (old === undefined || !isOld(found, old, item))
  })
  const untouched = inTheWay.every(([suffix, found]) => {
    const one = item.news.find((other) => other.suffix === suffix)
    return one !== undefined && isSameFile(found, one.identity) && looksUnchanged(found, one.identity)
  })
  // The database before its side files: it must not be seen without them.
  for (const [suffix] of inTheWay) {
    const place = `${item.target}${suffix}`
    const one = item.news.find((other) => other.suffix === suffix)
    if (untouched && one !== undefined) await giveUp(one, place)
    else await discard(place, discarded)
  }
  if (inTheWay.length > 0) await syncFolder(dirname(item.target))
  failpoint('restore-back-cleared')
}

/** Untouched, its bytes are still in the archive, or in the quarantine; if that name is gone already, it gets it back. */
async function giveUp({ origin }: New, place: string): Promise<void> {
  if (origin !== null && (await identityAt(origin)) === null) await moveOut(place, origin)
  else await unlink(place)
}

async function returnOld(item: Item, old: Old): Promise<void> {
  const place = pathOf(item, old)
  if (isOld(await identityAt(place), old, item)) return
  await makeDurably(dirname(place))
  await moveBack(old.kept, place)
  failpoint('restore-back')
}

/** The place has it again: the name in the quarantine goes. If the place has something newer, that name stays, aside. */
async function dropSecondName(item: Item, old: Old, discarded: string): Promise<void> {
  const kept = await identityAt(old.kept)
  if (kept === null) return
  const now = await identityAt(pathOf(item, old))
  if (isSameFile(kept, now) || looksUnchanged(kept, now)) await unlink(old.kept)
  else await discard(old.kept, discarded)
}

async function discard(path: string, folder: string): Promise<void> {
  await moveOut(path, await freeName(folder, basename(path)))
}

async function freeName(folder: string, name: string): Promise<string> {
  for (let count = 1; ; count++) {
    const path = join(folder, String(count), name)
    if ((await identityAt(path)) === null) return path
  }
}

/** Removes those of the folders that are empty, deepest first. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of [...folders].reverse()) {
    try {
      await rmdir(folder)
    } catch (error) {
      // Somebody put something in, or it was never made.
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error
    }
  }
}
