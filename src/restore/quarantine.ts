import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'
import { quarantineOf, readRecords } from './record.ts'

const keptQuarantines = 3

/**
 * Frees old quarantines, under the lock. The newest `keep` stay, and any whose state is not also in a proven safety
 * snapshot that still exists: what is nowhere else is never removed. Answers the ids that were freed. Throws disk.*.
 */
export async function pruneQuarantine(app: App, keep = keptQuarantines): Promise<string[]> {
  const { folders } = app
  const kept = new Set(await namesIn(join(folders.state, 'quarantine')))
  const records = (await readRecords(folders)).filter(({ id, phase }) => phase === 'done' && kept.has(id))
  const old = records.reverse().slice(keep)
  if (old.length === 0) return []
  const proven = new Set((await listBackups(app)).filter(({ state }) => state === 'proven').map(({ name }) => name))
  const freed = old.filter(({ safety }) => safety !== null && proven.has(safety)).map(({ id }) => id)
  for (const id of freed) await rm(quarantineOf(folders, id), { recursive: true, force: true })
  return freed
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', folder)
  }
}
