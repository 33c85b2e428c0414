import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Folders } from '../app/folders.ts'
import { errnoOf } from '../error.ts'
import { makeFolder } from './draft.ts'
import { diskError } from './failure.ts'
import { isAlive, selfIdentity } from './process.ts'

/** A folder of one's own, 0700; leaving scope removes it with everything in it. */
export interface Scratch extends AsyncDisposable {
  readonly path: string
}

export async function makeScratch(folders: Folders, purpose: string): Promise<Scratch> {
  await makeFolder(folders.scratch)
  try {
    // mkdtemp makes it 0700.
    const path = await mkdtemp(join(folders.scratch, `${purpose}.${selfIdentity()}-`))
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
  } catch (error) {
    throw diskError(error, 'create', folders.scratch)
  }
}

/**
 * Removes what killed runs left behind: everything in `drafts/` and `scratch/`, and half-written small files beside the
 * archives. Call it with the lock held. What belongs to a process that still runs stays.
 */
export async function sweep(folders: Folders): Promise<void> {
  await sweepFolder(folders.drafts, () => true)
  await sweepFolder(folders.scratch, () => true)
  const isDraft = (name: string) => name.startsWith('.') && name.endsWith('.draft')
  for (const folder of [folders.backups, folders.archives, folders.reports, folders.state]) {
    await sweepFolder(folder, isDraft)
  }
}

async function sweepFolder(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (!isOurs(name) || (await isInUse(folder, name))) continue
    try {
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
    } catch (error) {
      throw diskError(error, 'remove', join(folder, name))
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', folder)
  }
}

/** Ours carry `<pid>-<start>` in the name; something nameless that is a minute old is nobody's. */
async function isInUse(folder: string, name: string): Promise<boolean> {
  const owner = /\.(\d+-\d+)-[0-9A-Za-z]+(\.draft)?$/.exec(name)?.[1]
  if (owner !== undefined) return isAlive(owner)
  const found = await stat(join(folder, name)).catch(() => null)
  return found !== null && Math.abs(Date.now() - found.mtimeMs) < 60_000
}
