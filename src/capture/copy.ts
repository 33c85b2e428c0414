import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'
import { copyFile, copyWal } from '../source/sqlite/image.ts'
import { isSame, isSameFile, type Look, lookAt } from '../source/sqlite/look.ts'
import type { Helper } from './helper.ts'
import { type Method, usesWal } from './method.ts'

/** A database pinned to one state: held, or seen to stand still. */
export interface Pinned {
  readonly method: Method
  readonly look: Look
}

export interface Copy {
  readonly stagedPath: string
  readonly bytes: number
}

interface Place {
  readonly appFolder: string
  /** Where copies go: a folder of the capture's own. */
  readonly folder: string
  readonly helper: Helper
}

/**
 * Copies all that changed, whoever keeps writers waiting first, and lets go of each lock as soon as its copy is done.
 * Answers them by real path (two names of one database share a copy), or the path of the first that moved.
 */
export async function copyAll(
  pinned: readonly Pinned[],
  place: Place,
  work: Work,
): Promise<ReadonlyMap<string, Copy> | { readonly moved: string }> {
  const changed = new Map(pinned.filter(({ method }) => method !== 'unchanged').map((one) => [one.look.real, one]))
  const total = [...changed.values()].reduce((sum, { look }) => sum + look.main.bytes, 0)
  const copies = new Map<string, Copy>()
  let done = 0
  for (const one of [...changed.values()].sort((a, b) => urgency(a) - urgency(b))) {
    const { real, path } = one.look
    const stagedPath = join(place.folder, `${randomUUID()}.db`)
    const bytes = await copyOne(one, stagedPath, place, {
      signal: work.signal,
      onBytes: (more) => {
        done = Math.min(done + more, total)
        work.progress?.({ step: 'capture', subject: path, done, total, unit: 'bytes' })
      },
    })
    if (bytes === null) return { moved: path }
    copies.set(real, { stagedPath, bytes })
  }
  return copies
}

function urgency({ method, look }: Pinned): number {
  if (method !== 'held') return 2
  return usesWal(look) ? 1 : 0
}

interface Copying {
  readonly signal: AbortSignal | undefined
  readonly onBytes: (bytes: number) => void
}

/** Null when the source moved: the copy is worth nothing then. */
async function copyOne({ method, look }: Pinned, to: string, place: Place, copying: Copying): Promise<number | null> {
  const again = (): Look => lookAt(place.appFolder, look.path)
  if (method === 'held') {
    const bytes = await copyHeld(look, to, place.helper, copying)
    return isSameFile(look, again()) ? bytes : null
  }
  const bytes = await copyFile(look.real, to, copying)
  if (method === 'still') return isSame(look, again()) ? bytes : null
  for (const side of ['wal', 'journal'] as const) {
    if (look[side] !== null) await copyFile(`${look.real}-${side}`, `${to}-${side}`, { signal: copying.signal })
  }
  if (!isSame(look, again())) return null
  await place.helper.start().recover(to)
  return (await stat(to)).size
}

async function copyHeld(look: Look, to: string, helper: Helper, copying: Copying): Promise<number> {
  const child = helper.start()
  const bytes = usesWal(look) ? await copyHeldWal(look, to, helper, copying) : await copyFile(look.real, to, copying)
  // Fails unless the lock was held all the time.
  await child.release([look.real])
  return bytes
}

const readings = 3

async function copyHeldWal(look: Look, to: string, helper: Helper, copying: Copying): Promise<number> {
  const watch = { ...copying, onBytes: watchWal(look, copying.onBytes) }
  for (let reading = 0; reading < readings; reading++) {
    const bytes = await copyWal(look, to, watch)
    if (bytes !== null) return bytes
    await rm(to, { force: true })
  }
  let before = 0
  await helper.start().copy(look.real, to, (pages) => {
    watch.onBytes((pages - before) * look.header.pageSize)
    before = pages
  })
  return (await stat(to)).size
}

const lookEveryBytes = 64e6

/**
 * While we hold a WAL database its log cannot shrink. A slow copy beside a busy writer must not fill the app's disk: it is
 * given up, with source.outgrown, when the log has grown by a gigabyte and by more than the database's own size.
 */
export function watchWal(look: Look, onBytes: (bytes: number) => void): (bytes: number) => void {
  const allowedBytes = (look.wal?.bytes ?? 0) + Math.max(1e9, look.main.bytes)
  let sinceLook = 0
  return (bytes) => {
    onBytes(bytes)
    sinceLook += bytes
    if (sinceLook < lookEveryBytes) return
    sinceLook = 0
    const walBytes = statSync(`${look.real}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (walBytes > allowedBytes) throw new PulihError('source.outgrown', { path: look.path, walBytes })
  }
}
