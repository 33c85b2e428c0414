import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'
import { foldPath } from '../format/zip/name.ts'
import { lookAt } from './identity.ts'

/**
 * Refuses names that the disk of `folder` would take for one (they differ only in case or Unicode form), before anything
 * is written under them. Only when there are such names is the disk asked, with two empty files of its own. Throws restore.twins.
 */
export async function requireNoTwins(paths: readonly string[], folder: string): Promise<void> {
  const pairs = twinsIn(paths)
  if (pairs.length === 0) return
  const place = await existing(folder)
  for (const [first, second] of pairs) {
    if (await isOneName(place, first, second)) throw new PulihError('restore.twins', { first, second, place: folder })
  }
}

/** Every path or folder of one, beside an earlier one that folds to the same name. */
function twinsIn(paths: readonly string[]): [first: string, second: string][] {
  const known = new Map<string, string>()
  const pairs: [string, string][] = []
  for (const path of paths) {
    const folded = foldPath(path)
    const other = known.get(folded)
    if (other !== undefined && other !== path) pairs.push([other, path])
    known.set(folded, path)
  }
  return pairs
}

async function existing(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) if ((await lookAt(at))?.isDirectory()) return at
}

async function isOneName(place: string, first: string, second: string): Promise<boolean> {
  try {
    const probe = await mkdtemp(join(place, '.pulih-probe-'))
    try {
      // The names in their own forms, without folders: a whole path may be too long to try.
      const name = (path: string): string => path.replaceAll('/', '_').slice(-80)
      await writeFile(join(probe, name(first)), '', { flag: 'wx' })
      return (await stat(join(probe, name(second))).catch(missing)) !== null
    } finally {
      await rm(probe, { recursive: true, force: true })
    }
  } catch (error) {
    throw diskError(error, 'write', place)
  }
}

function missing(error: unknown): null {
  if (errnoOf(error) === 'ENOENT') return null
  throw error
}
