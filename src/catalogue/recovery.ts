import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Folders } from '../app/folders.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'

/** What every part may know of a recovery into the app; what it moved where is `restore/record.ts`. */
export interface Recovery {
  readonly version: 1
  /** Sorts by time. */
  readonly id: string
  readonly act: 'restore' | 'undo'
  /**
   * - `preparing`: new files are being written beside their targets; nothing of the app has been touched.
   * - `swapping`: old files move out, new ones in. Going back is possible from every point.
   * - `done`: every new file is in place and checked. `rolled-back`: every old file is back.
   */
  readonly phase: 'preparing' | 'swapping' | 'done' | 'rolled-back'
  readonly started: string
  readonly items: readonly unknown[]
}

export function recoveryFolder(folders: Folders): string {
  return join(folders.state, 'restores')
}

/** Every record as its writer left it, oldest first; files that are not ours are passed over. */
export async function readRecoveries(folders: Folders): Promise<Recovery[]> {
  const folder = recoveryFolder(folders)
  const names = (await namesIn(folder)).filter((name) => /^[0-9A-Za-z_-]+\.json$/.test(name)).sort()
  const records = await Promise.all(names.map((name) => readRecovery(join(folder, name))))
  return records.filter((record) => record !== null)
}

/**
 * While a recovery that was cut off is not settled the app's files are neither all old nor all new: no moment of the app,
 * nothing to keep as one. Throws backup.mid-recovery.
 */
export async function requireSettled(folders: Folders): Promise<void> {
  const open = (await readRecoveries(folders)).find(({ phase }) => phase === 'swapping')
  if (open !== undefined) throw new PulihError('backup.mid-recovery', { started: open.started })
}

async function readRecovery(path: string): Promise<Recovery | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRecovery(value) ? value : null
  } catch (error) {
    // Ours are replaced whole, so text that is no JSON is somebody else's file.
    if (error instanceof SyntaxError) return null
    throw diskError(error, 'read', path)
  }
}

/** The folder is 0700 and ours; this only tells our files from others'. */
function isRecovery(value: unknown): value is Recovery {
  if (typeof value !== 'object' || value === null) return false
  const { version, id, phase, items } = value as Record<string, unknown>
  return version === 1 && typeof id === 'string' && typeof phase === 'string' && Array.isArray(items)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', folder)
  }
}
