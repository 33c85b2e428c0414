import type { App } from '../app/app.ts'
import type { Signatures } from '../capture/signatures.ts'
import { PulihError } from '../error.ts'
import { nearest } from '../message/nearest.ts'
import { isoWithOffset } from '../time/zone.ts'
import { history, recordAct } from './history.ts'
import { readValue, saveValue, withIndex } from './index-file.ts'
import { readHoldings } from './list.ts'
import { changeMark } from './marks.ts'
import type { BackupEntry } from './types.ts'

export { changeMark, readMark } from './marks.ts'

/** Every archive there is, newest first: see `readHoldings`. */
export async function listBackups(app: App): Promise<BackupEntry[]> {
  return [...(await readHoldings(app)).backups]
}

/**
 * The backup of that name, with or without `.zip`; `latest` is the newest proven one.
 * Throws backup.unknown (with the nearest name), backup.none-proven, disk.*.
 */
export async function findBackup(app: App, name: string): Promise<BackupEntry> {
  const backups = await listBackups(app)
  const wanted = name.endsWith('.zip') ? name.slice(0, -'.zip'.length) : name
  const found = backups.find((one) => one.name === wanted)
  if (found !== undefined) return found
  if (wanted !== 'latest') throw unknownBackup(name, wanted, backups)
  const latest = backups.find((one) => one.state === 'proven')
  if (latest === undefined) throw new PulihError('backup.none-proven', { count: backups.length })
  return latest
}

function unknownBackup(name: string, wanted: string, backups: readonly BackupEntry[]): PulihError<'backup.unknown'> {
  const names = backups.map((one) => one.name)
  return new PulihError('backup.unknown', { name, nearest: nearest(wanted, names), count: names.length })
}

const highestSequence = 2 ** 52

/**
 * The number of the next backup: one more than any archive has and than any act on record names as its `sequence`, so
 * that removing archives, or a clock that went back, never gives a number twice. Call it with the lock held.
 */
export async function nextSequence(app: App): Promise<number> {
  const [backups, acts] = await Promise.all([listBackups(app), history(app)])
  const known = [...backups.map((one) => one.sequence), ...acts.map((act) => act.facts.sequence)]
  return known.reduce<number>((most, one) => (isSequence(one) && one > most ? one : most), 0) + 1
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) < highestSequence
}

/**
 * The databases that the next backup must find: those of the newest own archive, but for the ones that somebody said to
 * forget since. So a database that vanished stays missed until a person says that it is meant. Paths as in manifests.
 */
export async function expectedDatabases(app: App): Promise<string[]> {
  const newest = (await listBackups(app)).find((one) => !one.legacy && one.databases.length > 0)
  if (newest === undefined) return []
  const forgotten = await forgottenSince(app, newest.sequence)
  return newest.databases.map(({ path }) => path).filter((path) => !forgotten.has(path))
}

/** By sequence, not by time: the clock may have moved. */
async function forgottenSince(app: App, sequence: number): Promise<ReadonlySet<unknown>> {
  const acts = await history(app)
  const later = acts.filter(
    ({ act, outcome, facts }) =>
      act === 'forget-source' && outcome === 'done' && typeof facts.after === 'number' && facts.after >= sequence,
  )
  return new Set(later.map(({ facts }) => facts.path))
}

/** Says that a database is gone on purpose. Throws source.not-known when no backup expects it; a dry run only that. */
export async function forgetSource(app: App, path: string, options: { dryRun?: boolean } = {}): Promise<void> {
  const expected = await expectedDatabases(app)
  if (!expected.includes(path)) throw new PulihError('source.not-known', { path, nearest: nearest(path, expected) })
  if (options.dryRun === true) return
  const after = (await listBackups(app))[0]?.sequence ?? 0
  await recordAct(app, 'forget-source', { path, after }, async () => undefined)
}

/** Keeps a backup until it is unpinned, whatever retention says. Pinning again replaces the reason. */
export async function pin(app: App, name: string, reason: string | null): Promise<BackupEntry> {
  const backup = await findBackup(app, name)
  await recordAct(app, 'pin', { name: backup.name, reason }, async (act) => {
    const pinned = { at: isoWithOffset(app.clock.now(), app.zone), reason }
    await changeMark(backup.path, (mark) => ({ ...mark, pinned }))
    await act.finish({ backup: backup.name })
  })
  return findBackup(app, backup.name)
}

export async function unpin(app: App, name: string): Promise<BackupEntry> {
  const backup = await findBackup(app, name)
  await recordAct(app, 'unpin', { name: backup.name }, async (act) => {
    await changeMark(backup.path, (mark) => ({ ...mark, pinned: null }))
    await act.finish({ backup: backup.name })
  })
  return findBackup(app, backup.name)
}

/** What the sources looked like when `backup` was captured; null when that is not known (any more). */
export async function readSignatures(app: App): Promise<{ backup: string; signatures: Signatures } | null> {
  const { result } = await withIndex(app.folders.state, { make: false, without: null }, (index) =>
    readValue(index, 'signatures'),
  )
  return result === null ? null : parseSignatures(result)
}

/** Losing them costs one full capture, so no room for them is no failure. */
export async function saveSignatures(app: App, backup: string, signatures: Signatures): Promise<void> {
  const text = JSON.stringify({ backup, signatures })
  await withIndex(app.folders.state, { make: true, without: undefined }, (index) =>
    saveValue(index, 'signatures', text),
  )
}

function parseSignatures(text: string): { backup: string; signatures: Signatures } | null {
  try {
    const value: unknown = JSON.parse(text)
    const { backup, signatures } = value as { backup?: unknown; signatures?: unknown }
    if (typeof backup !== 'string' || typeof signatures !== 'object' || signatures === null) return null
    return { backup, signatures: signatures as Signatures }
  } catch {
    // Damaged inside an index that still opens: as good as not known.
    return null
  }
}
