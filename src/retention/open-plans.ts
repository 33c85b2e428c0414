import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'

const closed = new Set(['done', 'failed', 'skipped', 'cancelled', 'rolled back', 'rolled-back'])

/**
 * Which of `names` an open plan file counts on, or a recovery that was cut off: those named as a `backup`, anywhere in the
 * `.json` files of `folders`. Plans that are done or failed count on nothing. A file that cannot be parsed might be a plan:
 * every name in it counts. Throws disk.* when a folder cannot be read.
 */
export async function namedByPlans(folders: readonly string[], names: readonly string[]): Promise<ReadonlySet<string>> {
  const known = new Set(names)
  const paths = (await Promise.all(folders.map(jsonFilesIn))).flat()
  const texts = await Promise.all(paths.map(textOf))
  const named = texts.flatMap((text) => (text === null ? [] : namesIn(text, names)))
  return new Set(named.filter((name) => known.has(name)))
}

function namesIn(text: string, names: readonly string[]): readonly string[] {
  let plan: unknown
  try {
    plan = JSON.parse(text)
  } catch {
    // See above: rather too many names than one too few.
    return names.filter((name) => text.includes(name))
  }
  return isOpenPlan(plan) ? [...backupsIn(plan)] : []
}

/** A plan has a status, the record of a recovery a phase. */
function isOpenPlan(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { status, phase } = value as Record<string, unknown>
  const stage = status ?? phase
  return stage !== undefined && !closed.has(String(stage))
}

function* backupsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, one] of Object.entries(value)) {
    if (typeof one !== 'string') yield* backupsIn(one)
    else if (key === 'backup' || key === 'safety') yield one.replace(/\.zip$/, '')
  }
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).map((name) => join(folder, name))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', folder)
  }
}

/** Null: gone meanwhile, or a folder. Anything else that hinders reading stops retention: it might be a plan. */
async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EISDIR') return null
    throw diskError(error, 'read', path)
  }
}
