import { rm, stat } from 'node:fs/promises'
import { writeDurably } from './draft.ts'

/** Bytes that nobody needs, until the disk is full and something must still be written down. Never throws. */
export async function keepBallast(path: string, sizeBytes: number): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found !== null && found.size === sizeBytes) return
  try {
    await writeDurably(path, new Uint8Array(sizeBytes).fill(1))
  } catch {
    // Without room for the ballast the next write may fail, and then says so.
  }
}

/** False when there was none to give up. */
export async function dropBallast(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found === null) return false
  await rm(path, { force: true })
  return true
}
