import type { App } from '../app/app.ts'
import { failpoint } from '../disk/failpoint.ts'
import { PulihError } from '../error.ts'
import type { SqliteChild } from '../source/sqlite/parent.ts'
import { isoWithOffset } from '../time/zone.ts'
import { checkInPlace } from './fetch.ts'
import { findHolders } from './holders.ts'
import { identityAt, isSameFile } from './identity.ts'
import { isSwapOpen, unfinishedRecords } from './record.ts'
import { heldError } from './service.ts'
import { pathOf } from './swap.ts'
import { type Check, settle } from './transaction.ts'

/** A recovery that was cut off: its files are neither all old nor all new until somebody settles it. */
export interface UnfinishedRestore {
  readonly id: string
  readonly act: 'restore' | 'undo'
  readonly started: string
  readonly paths: readonly string[]
}

/** For `doctor`, `status` and a backup that is about to begin: what `pulih restore --undo` would settle. Changes nothing. */
export async function unfinishedRestore(app: App): Promise<UnfinishedRestore | null> {
  const [record] = await unfinishedRecords(app.folders)
  if (record === undefined) return null
  const { id, act, started, items } = record
  return { id, act, started, paths: items.map(({ path }) => path) }
}

export interface Resumed {
  readonly id: string
  readonly act: 'restore' | 'undo'
  readonly ended: 'done' | 'rolled-back'
}

/**
 * Settles what killed runs left, under the lock and with nobody at the databases: old or new, never a mixture. The newest
 * of them is answered; `current` is the caller's own record. An app they had stopped is still to be started: `startAgain`.
 * Throws restore.held, restore.stuck.
 */
export async function settleUnfinished(app: App, child: () => SqliteChild, current: string): Promise<Resumed | null> {
  const records = (await unfinishedRecords(app.folders)).filter((one) => isSwapOpen(one) && one.id !== current)
  let newest: Resumed | null = null
  for (const record of records.reverse()) {
    const { holders } = findHolders(record.watched)
    if (holders.length > 0 && record.phase === 'swapping') throw heldError(holders)
    const { ended } = await settle(app.folders, record, { check: checkOf(child), now: () => nowOf(app) })
    failpoint('restore-settled')
    newest ??= { id: record.id, act: record.act, ended }
  }
  return newest
}

export function nowOf(app: App): string {
  return isoWithOffset(app.clock.now(), app.zone)
}

/** Recovered files by their hash; those an undo brings back by being the very same files. */
export function checkOf(child: () => SqliteChild): Check {
  return async (item) => {
    for (const one of item.news) {
      const place = pathOf(item, one)
      if (one.sha256 !== null) {
        await checkInPlace({ path: item.path, kind: item.kind, absolute: place, sha256: one.sha256 }, child)
      } else if (!isSameFile(await identityAt(place), one.identity)) {
        throw new PulihError('restore.changed', { path: item.path })
      }
    }
  }
}
