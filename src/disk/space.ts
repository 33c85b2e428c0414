import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf, PulihError } from '../error.ts'
import { diskError } from './failure.ts'

/** Room on the file system of `path` (or of its nearest existing parent), as an unprivileged user may use it. */
export async function freeSpace(path: string): Promise<{ totalBytes: number; freeBytes: number }> {
  try {
    const found = await statfs(path)
    return { totalBytes: found.blocks * found.bsize, freeBytes: found.bavail * found.bsize }
  } catch (error) {
    const parent = dirname(path)
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '') && parent !== path) return freeSpace(parent)
    throw diskError(error, 'measure', path)
  }
}

/** Throws disk.full when fewer than `needBytes` are free at `path`. */
export async function requireSpace(path: string, needBytes: number): Promise<void> {
  const { freeBytes } = await freeSpace(path)
  if (freeBytes < needBytes) throw new PulihError('disk.full', { place: path, needBytes, freeBytes })
}
