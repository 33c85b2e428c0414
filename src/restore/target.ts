import { realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'
import { lookAt } from './identity.ts'

/** Where one path goes, after every folder on the way was looked at. */
export interface Target {
  /** Absolute and real: for a database behind a symbolic link inside the app, where that link leads. */
  readonly absolute: string
  /** Folders that are missing on the way, outermost first. */
  readonly missing: readonly string[]
}

/**
 * Where `path` lies below `root` (itself real). Refuses to leave it: a symbolic link that leads outside, or stands where
 * a file belongs, is restore.link; a folder, device or file in the way is restore.in-the-way.
 */
export async function targetFor(root: string, path: string, kind: 'database' | 'file'): Promise<Target> {
  const segments = path.split('/')
  const name = segments.pop() as string
  let folder = root
  const missing: string[] = []
  for (const segment of segments) {
    folder = join(folder, segment)
    if (missing.length > 0) missing.push(folder)
    else {
      const real = await realFolder(root, folder)
      if (real === null) missing.push(folder)
      else folder = real
    }
  }
  if (missing.length > 0) return { absolute: join(folder, name), missing }
  return { absolute: await realFile(root, join(folder, name), kind), missing }
}

/** Null when it does not exist. */
async function realFolder(root: string, folder: string): Promise<string | null> {
  const found = await lookAt(folder)
  if (found === null) return null
  if (found.isSymbolicLink()) {
    const real = await realOf(folder)
    if (real === null || !isWithin(root, real)) throw new PulihError('restore.link', { path: folder, leads: real })
    return realFolder(root, real)
  }
  if (!found.isDirectory()) throw new PulihError('restore.in-the-way', { path: folder })
  return folder
}

async function realFile(root: string, path: string, kind: 'database' | 'file'): Promise<string> {
  const found = await lookAt(path)
  if (found?.isSymbolicLink()) {
    const real = await realOf(path)
    // SQLite itself works on the file behind the link; an ordinary file is never replaced through one.
    const follow = kind === 'database' && real !== null && isWithin(root, real)
    if (!follow) throw new PulihError('restore.link', { path, leads: real })
    return realFile(root, real, kind)
  }
  if (found !== null && !found.isFile()) throw new PulihError('restore.in-the-way', { path })
  return path
}

/** Null: the link leads nowhere. */
async function realOf(path: string): Promise<string | null> {
  try {
    return await realpath(path)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null
    throw diskError(error, 'look at', path)
  }
}

/** True when `path` lies in `folder` or is it; both real. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`))
}
