import { open, rm } from 'node:fs/promises'
import type { ArchiveReader } from '../archive/read.ts'
import { diskError } from '../disk/failure.ts'
import { PulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'
import type { SqliteChild } from '../source/sqlite/parent.ts'
import { startCheck } from '../verify/check-copy.ts'
import { compareCopy, damage } from '../verify/compare.ts'
import { type Content, modeOf } from './content.ts'
import { sha256Of } from './hash.ts'

export interface FetchOptions extends Work {
  /** The archive is proven: equal bytes need no second full check. */
  readonly proven: boolean
  readonly child: SqliteChild
  /** Folders between it and the file are made. */
  readonly root?: string
}

/**
 * Recovers one path of an archive to `to` (which must not exist) and checks it there: every byte's hash; a database also
 * by `quick_check`, or in full and against its record when the archive is not proven. Not yet durable.
 * Throws archive.damaged, restore.copy-damaged; then nothing is left at `to`.
 */
export async function fetchContent(
  reader: ArchiveReader,
  content: Content,
  to: string,
  options: FetchOptions,
): Promise<void> {
  const { signal, progress, root } = options
  try {
    const place = root === undefined ? {} : { root }
    const how = { signal, progress, sync: false, mode: modeOf(content), ...place }
    const { sha256 } = await reader.extract(content.entry, to, how)
    if (content.sha256 !== null && sha256 !== content.sha256) throw damaged(content, 'its hash is not the recorded one')
    if (content.kind === 'database') await checkDatabase(content, to, options)
  } catch (error) {
    await rm(to, { force: true })
    throw error
  }
}

async function checkDatabase(content: Content, file: string, { proven, child, signal }: FetchOptions): Promise<void> {
  if (proven) {
    const seen = await child.inspect(file, { quick: true })
    if (seen.quickCheck?.length !== 0) throw damaged(content, seen.quickCheck?.[0] ?? 'not checked')
    return
  }
  const check = startCheck(child, file, { bytes: content.bytes, invariants: [], signal })
  const [quick, integrity] = [await check.quick, await check.integrity]
  const seen = { ...quick, integrity }
  const findings = content.record === null ? damage(content.path, seen) : compareCopy(content.record, seen)
  const [first] = findings
  if (first !== undefined) throw damaged(content, `${first.code} ${first.detail}`.trim())
}

function damaged({ path }: Content, detail: string): PulihError<'restore.copy-damaged'> {
  return new PulihError('restore.copy-damaged', { path, detail })
}

/** The database in its place is the one that was checked, and opens; leaves nothing beside it. Throws restore.copy-damaged. */
export async function checkInPlace(
  target: { path: string; kind: 'database' | 'file'; absolute: string; sha256: string },
  child: () => SqliteChild,
): Promise<void> {
  const { path, kind, absolute, sha256 } = target
  const now = await sha256Of(absolute)
  if (now !== sha256) throw new PulihError('restore.copy-damaged', { path, detail: 'its hash changed on the way' })
  if (kind !== 'database') return
  const seen = await child().inspect(absolute, {})
  if (seen.pages === 0) throw new PulihError('restore.copy-damaged', { path, detail: 'it does not open' })
}

/** Makes files durable, a few at a time: the disk gathers their syncs. */
export async function syncFiles(paths: readonly string[], signal?: AbortSignal): Promise<void> {
  const queue = [...paths]
  const drain = async (): Promise<void> => {
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      signal?.throwIfAborted()
      await syncFile(path)
    }
  }
  await Promise.all([drain(), drain(), drain(), drain()])
}

async function syncFile(path: string): Promise<void> {
  try {
    await using handle = await open(path, 'r')
    await handle.sync()
  } catch (error) {
    throw diskError(error, 'sync', path)
  }
}
