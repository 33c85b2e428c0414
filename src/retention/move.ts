import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, rm, stat, unlink, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { markPath, readMark } from '../catalogue/marks.ts'
import { Draft, makeFolder, moveNew, syncFolder, writeDurably } from '../disk/draft.ts'
import { failpoint } from '../disk/failpoint.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'

/**
 * Removes an archive, then its mark, each durably. In this order: a mark without archive is nothing, an archive without
 * its mark would have lost its proof. Call it with the lock held. Throws disk.*.
 */
export async function removeArchive(path: string): Promise<void> {
  try {
    await rm(path, { force: true })
    await syncFolder(dirname(path))
    failpoint('prune.archive-removed')
    await removeMark(path)
  } catch (error) {
    throw diskError(error, 'remove', path)
  }
}

/**
 * Moves an archive with its mark into `folder` and gives back its new path. The mark goes first, so that the archive is
 * never without it; the archive is there whole, under the new path, before the old one goes. Cut off anywhere, it is still
 * listed once, and moving again finishes it. Never replaces another archive of that name. Throws disk.*.
 */
export async function moveArchive(path: string, folder: string): Promise<string> {
  const target = join(folder, basename(path))
  try {
    await makeFolder(folder)
    await refuseOther(path, target)
    await copyMark(path, target)
    failpoint('prune.mark-copied')
    await moveWhole(path, target)
    failpoint('prune.archive-moved')
    await syncFolder(folder)
    await syncFolder(dirname(path))
    await removeMark(path)
    failpoint('prune.mark-removed')
    return target
  } catch (error) {
    throw diskError(error, 'move', path)
  }
}

/** Removes marks whose archive is gone: what a removal or a move that was cut off left behind. */
export async function removeOrphanMarks(folder: string, names: readonly string[]): Promise<void> {
  const here = new Set(names)
  for (const name of names) {
    const archive = /^\.(.+)\.mark\.json$/.exec(name)?.[1]
    if (archive !== undefined && !here.has(`${archive}.zip`)) await rm(join(folder, name), { force: true })
  }
}

/** Ends a move that was cut off when both names hold the same archive; leaves two different ones of one name alone. */
export async function finishMove(path: string, target: string): Promise<void> {
  try {
    if (!(await isSameArchive(path, target))) return
    await unlink(path)
    await removeMark(path)
  } catch (error) {
    throw diskError(error, 'move', path)
  }
}

async function isSameArchive(path: string, target: string): Promise<boolean> {
  const [here, there] = await Promise.all([stat(path), stat(target)])
  if (here.ino === there.ino && here.dev === there.dev) return true
  return here.size === there.size && (await hashOf(path)) === (await hashOf(target))
}

/** The name may be taken by another archive, which stays. */
async function refuseOther(path: string, target: string): Promise<void> {
  const taken = await lstat(target).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  })
  if (taken === null || (await isSameArchive(path, target))) return
  throw new PulihError('disk.failed', { path: target, act: 'write', reason: 'another archive has this name' })
}

async function copyMark(path: string, target: string): Promise<void> {
  const mark = await readMark(path)
  const isEmpty = mark.proof === null && mark.pinned === null && mark.damage === null
  if (!isEmpty) await writeDurably(markPath(target), `${JSON.stringify(mark, null, 2)}\n`)
}

async function moveWhole(path: string, target: string): Promise<void> {
  try {
    await moveNew(path, target)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') await unlink(path)
    else if (errnoOf(error) === 'EXDEV') await copyAcross(path, target)
    else throw error
  }
}

/** The archive folder may be on another disk: copied, read back and compared before the original goes. */
async function copyAcross(path: string, target: string): Promise<void> {
  const { atime, mtime } = await stat(path)
  await using draft = await Draft.open(dirname(target), `.${basename(target)}`)
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) await draft.handle.writeFile(piece)
  if ((await hashOf(path)) !== (await hashOf(draft.path))) {
    throw new PulihError('disk.failed', { path: target, act: 'copy', reason: 'it reads back differently' })
  }
  await utimes(draft.path, atime, mtime)
  await draft.commit(target)
  failpoint('prune.archive-copied')
  await unlink(path)
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece)
  return hash.digest('hex')
}

async function removeMark(path: string): Promise<void> {
  await rm(markPath(path), { force: true })
  await syncFolder(dirname(path))
}
