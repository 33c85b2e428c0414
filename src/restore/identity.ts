import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'

/** Which file this is, so that after a crash an old, a new and somebody else's file can be told apart under one name. */
export interface FileIdentity {
  readonly device: string
  readonly inode: string
  readonly bytes: number
  /** Decimal: nanoseconds do not fit a number. */
  readonly mtimeNs: string
}

export function identityOf(stats: BigIntStats): FileIdentity {
  return {
    device: String(stats.dev),
    inode: String(stats.ino),
    bytes: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
  }
}

/** Null: there is nothing under this name. Symbolic links are not followed. */
export async function lookAt(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null
    throw diskError(error, 'look at', path)
  }
}

export async function identityAt(path: string): Promise<FileIdentity | null> {
  const stats = await lookAt(path)
  return stats === null ? null : identityOf(stats)
}

/** The same inode, whatever was written to it since. */
export function isSameFile(a: FileIdentity | null, b: FileIdentity | null): boolean {
  return a !== null && b !== null && a.device === b.device && a.inode === b.inode
}

/** The same size and time of change: the same file, or a copy of it that keeps its time. */
export function looksUnchanged(a: FileIdentity | null, b: FileIdentity | null): boolean {
  return a !== null && b !== null && a.bytes === b.bytes && sameTime(a.mtimeNs, b.mtimeNs)
}

/** Times set through the system's calls lose digits past the microsecond. */
function sameTime(a: string, b: string): boolean {
  const difference = BigInt(a) - BigInt(b)
  return difference < 2_000n && difference > -2_000n
}
