import { readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Folders } from '../app/folders.ts'
import { syncFolder } from '../disk/draft.ts'
import { failpoint } from '../disk/failpoint.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'
import { type Item, quarantineOf, type RestoreRecord, readRecords, writeRecord } from './record.ts'
import { swapIn } from './swap.ts'
import { isSwapped, isUntouched, removeEmpty, swapBack } from './swap-back.ts'

/** Looks at one item in its place; throws when it is not what was meant. */
export type Check = (item: Item) => Promise<void>

export interface Outcome {
  readonly record: RestoreRecord
  readonly ended: 'done' | 'rolled-back'
}

/** Sorts after every earlier one whatever the clock says. */
export async function nextId(folders: Folders, stamp: string): Promise<string> {
  const numbers = (await readRecords(folders)).map(({ id }) => Number.parseInt(id, 10) || 0)
  return `${String(Math.max(0, ...numbers) + 1).padStart(6, '0')}-${stamp}`
}

/**
 * All items or none: writes the record, swaps each item in, checks each in its place, and marks the record done. On any
 * failure every item is back before the error leaves; if even that fails, restore.stuck says where everything lies and the
 * record stays for `settle`. Not to be interrupted, so it takes no signal: it moves names, not bytes.
 */
export async function swapAll(
  folders: Folders,
  record: RestoreRecord,
  options: { check: Check; now: () => string },
): Promise<RestoreRecord> {
  const intent: RestoreRecord = { ...record, phase: 'swapping' }
  await writeRecord(folders, intent)
  failpoint('restore-intent')
  try {
    for (const item of intent.items) await swapIn(item)
    for (const item of intent.items) await options.check(item)
  } catch (error) {
    await goBack(folders, intent, options.now())
    throw diskError(error, 'replace', intent.items[0]?.target ?? '')
  }
  return await markDone(folders, intent, options.now())
}

/** Old state back, drafts gone. May be called again after it was cut short. Throws restore.stuck. */
export async function goBack(folders: Folders, record: RestoreRecord, now: string): Promise<RestoreRecord> {
  const discarded = `${quarantineOf(folders, record.id)}.discarded`
  try {
    for (const item of [...record.items].reverse()) await swapBack(item, discarded)
    for (const draft of record.drafts) await rm(draft, { force: true })
    await removeEmpty(record.madeFolders)
    await removeEmptyTree(quarantineOf(folders, record.id))
    const ended: RestoreRecord = { ...record, phase: 'rolled-back', ended: now }
    await writeRecord(folders, ended)
    failpoint('restore-rolled-back')
    return ended
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const place = quarantineOf(folders, record.id)
    throw new PulihError('restore.stuck', { id: record.id, place, reason }, { cause: error })
  }
}

/**
 * Ends what a killed run left: when everything was in place already and still passes, it is done; otherwise the old state
 * comes back. Nobody may have the files open.
 */
export async function settle(
  folders: Folders,
  record: RestoreRecord,
  options: { check: Check; now: () => string },
): Promise<Outcome> {
  if (record.phase === 'swapping' && (await isWhole(record, options.check))) {
    return { record: await markDone(folders, record, options.now()), ended: 'done' }
  }
  return { record: await goBack(folders, record, options.now()), ended: 'rolled-back' }
}

async function isWhole(record: RestoreRecord, check: Check): Promise<boolean> {
  for (const item of record.items) if (!(await isSwapped(item))) return false
  try {
    // What an app has worked on since is its own now; bytes nobody touched must still be the ones meant.
    for (const item of record.items) if (await isUntouched(item)) await check(item)
    return true
  } catch (error) {
    if (error instanceof PulihError) return false
    throw error
  }
}

/** Tidies first: once it is done nobody looks at it again. Every step may be repeated, or gone back from. */
async function markDone(folders: Folders, record: RestoreRecord, now: string): Promise<RestoreRecord> {
  const origins = record.items.flatMap(({ news }) => news.map(({ origin }) => origin))
  for (const path of origins.filter((one) => one !== null)) await rm(path, { force: true })
  if (record.undoes !== null) await removeEmptyTree(quarantineOf(folders, record.undoes))
  await removeEmpty(record.leftFolders)
  failpoint('restore-tidied')
  const done: RestoreRecord = { ...record, phase: 'done', ended: now }
  await writeRecord(folders, done)
  failpoint('restore-done')
  return done
}

/** Removes folders that hold nothing but empty folders; files stay. */
async function removeEmptyTree(folder: string): Promise<void> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries) if (entry.isDirectory()) await removeEmptyTree(join(folder, entry.name))
    await rmdir(folder)
    await syncFolder(dirname(folder))
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error
  }
}
