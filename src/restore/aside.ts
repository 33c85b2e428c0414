import { constants } from 'node:fs'
import { chmod, chown, copyFile, link, lstat, mkdir, open, rename, rm, unlink, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../disk/draft.ts'
import { errnoOf } from '../error.ts'

/** File systems without hard links, other devices, or a kernel that refuses links to other users' files. */
const noLink = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** Gives a file a second name that outlives the first: a hard link, else a durable copy. Never replaces anything. */
export async function secondName(from: string, to: string): Promise<void> {
  await makeDurably(dirname(to))
  try {
    await link(from, to)
  } catch (error) {
    if (!noLink.has(errnoOf(error) ?? '')) throw error
    await copyDurably(from, to)
  }
  await syncFolder(dirname(to))
}

/** Moves a file under a free name; over a device border a durable copy comes first. The folder it leaves is not synced. */
export async function moveOut(from: string, to: string): Promise<void> {
  await makeDurably(dirname(to))
  try {
    await rename(from, to)
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error
    await copyDurably(from, to)
    await unlink(from)
  }
  await syncFolder(dirname(to))
}

/** Puts a kept file back under its name in one step; `kept` is gone afterwards. The folder is synced. */
export async function moveBack(kept: string, place: string): Promise<void> {
  try {
    await rename(kept, place)
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error
    const near = join(dirname(place), `.${basename(place)}.pulih-back`)
    await rm(near, { force: true })
    await copyDurably(kept, near)
    await rename(near, place)
    await syncFolder(dirname(place))
    await unlink(kept)
  }
  await syncFolder(dirname(place))
}

/** Same bytes, mode, owner and times; synced. `to` must not exist. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  try {
    await keepLooks(from, to)
    await using handle = await open(to, 'r')
    await handle.sync()
  } catch (error) {
    await rm(to, { force: true })
    throw error
  }
}

async function keepLooks(from: string, to: string): Promise<void> {
  const was = await lstat(from)
  await giveTo(to, was)
  await chmod(to, was.mode & 0o7777)
  await utimes(to, was.atimeMs / 1000, was.mtimeMs / 1000)
}

/** Only root may give files away; for others a file of theirs is theirs already. */
export async function giveTo(path: string, owner: { uid: number; gid: number }): Promise<void> {
  const mine = await lstat(path)
  if (mine.uid === owner.uid && mine.gid === owner.gid) return
  try {
    await chown(path, owner.uid, owner.gid)
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error
    // The mode still decides who may read it, and the plan named the owner that could not be kept.
  }
}

/** The folder and its missing parents, 0700, such that a power cut does not take them and what is put in them away. */
export async function makeDurably(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    await syncFolder(parent)
    if (parent === dirname(first)) return
  }
}

/** Makes the listed folders (outermost first) with the owner of the folder they are made in. */
export async function makeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await mkdir(folder)
    await giveTo(folder, await lstat(dirname(folder)))
    await syncFolder(dirname(folder))
  }
}
