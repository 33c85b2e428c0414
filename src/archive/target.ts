import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'

const fresh = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * Opens a new file at `target`, 0600, for writing. With `root`, folders between the two are made (by the umask) and every
 * one that is there is a real folder, not a symbolic link; what stands above `root` is the caller's choice.
 * Throws archive.target (something there, a link in the way, outside of root), disk.full, disk.denied, disk.failed.
 */
export async function openTarget(target: string, root: string | null): Promise<FileHandle> {
  if (root !== null) await makeParents(target, root)
  try {
    return await open(target, fresh, 0o600)
  } catch (error) {
    throw (await refusal(error, target)) ?? diskError(error, 'create', target)
  }
}

async function makeParents(target: string, root: string): Promise<void> {
  const inside = relative(root, target)
  if (inside === '' || isAbsolute(inside) || inside.split(sep)[0] === '..') {
    throw new PulihError('archive.target', { target, problem: 'outside' })
  }
  let folder = root
  await makeFolder(folder, target, { recursive: true })
  for (const name of inside.split(sep).slice(0, -1)) {
    folder = join(folder, name)
    await makeFolder(folder, target, { recursive: false })
  }
}

async function makeFolder(folder: string, target: string, options: { recursive: boolean }): Promise<void> {
  try {
    const found = await lstat(folder)
    if (found.isSymbolicLink() && !options.recursive)
      throw new PulihError('archive.target', { target, problem: 'symlink' })
    if (!found.isDirectory() && !found.isSymbolicLink()) {
      throw new PulihError('archive.target', { target, problem: 'not-a-folder' })
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError(error, 'look at', folder)
    await mkdir(folder, options).catch((failed: unknown) => {
      throw diskError(failed, 'create', dirname(folder))
    })
  }
}

async function refusal(error: unknown, target: string): Promise<PulihError | null> {
  const code = errnoOf(error)
  if (code === 'ELOOP') return new PulihError('archive.target', { target, problem: 'symlink' }, { cause: error })
  if (code === 'ENOTDIR') return new PulihError('archive.target', { target, problem: 'not-a-folder' }, { cause: error })
  if (code !== 'EEXIST') return null
  const there = await lstat(target).catch(() => null)
  const problem = there?.isSymbolicLink() ? 'symlink' : 'exists'
  return new PulihError('archive.target', { target, problem }, { cause: error })
}
