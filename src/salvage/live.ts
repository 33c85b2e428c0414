import { constants } from 'node:fs'
import { copyFile, mkdtemp, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { capture } from '../capture/capture.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf, isPulihError, type PulihError } from '../error.ts'
import { headerBytes, readHeader } from '../format/sqlite/header.ts'
import type { FindingCode } from '../snapshot/finding.ts'
import type { Work } from '../snapshot/progress.ts'

/** Our own copy of a live database, however it could be had. */
export interface LiveFiles {
  /** Null: there is no file, or it holds nothing. */
  readonly main: string | null
  /** A copy of its log, where that is not in `main` already. */
  readonly wal: string | null
  /** True: copied as a backup would, one consistent state. False: its bytes as they lie there. */
  readonly captured: boolean
  /** Why it could not be captured; null when it could. */
  readonly trouble: { readonly code: FindingCode; readonly detail: string } | null
  /** Side files that hold something: `-wal`, `-journal`. */
  readonly sides: readonly string[]
}

/**
 * Copies a live database into a new folder below `folder`; one that is too damaged to be captured is copied byte for byte.
 * Opens nothing that is live with SQLite in this process, writes nothing beside it. Throws source.busy, disk.*, cancelled.
 */
export async function copyLiveFiles(app: App, path: string, folder: string, work: Work): Promise<LiveFiles> {
  const place = await mkdtemp(join(folder, 'live-'))
  const live = join(app.folders.app, path)
  const sides = await filledSides(live)
  try {
    const { signal, progress } = work
    const sources = { databases: [path], files: [], leftOut: [], previous: null }
    // Not disposed here: the copy belongs to the caller's scratch folder and goes with it.
    const { databases } = await capture(app, { scratch: place, ...sources, signal, progress })
    return { main: databases[0]?.stagedPath ?? null, wal: null, captured: true, trouble: null, sides }
  } catch (error) {
    if (!isPulihError(error) || !error.code.startsWith('source.') || isPulihError(error, 'source.busy')) throw error
    const main = await rawCopy(live, join(place, 'raw'))
    const wal = sides.includes('-wal') ? await rawCopy(`${live}-wal`, join(place, 'raw-wal')) : null
    return { main, wal, captured: false, trouble: await troubleOf(error, main), sides }
  }
}

/** A sound header in front of damaged pages is no damaged header; a file that ends early says so in pages. */
async function troubleOf(error: PulihError, main: string | null): Promise<LiveFiles['trouble']> {
  const said = (error.facts as { detail?: unknown } | undefined)?.detail
  const detail = typeof said === 'string' && said !== '' ? said : error.message
  const code = troubles[error.code] ?? 'unreadable'
  if (code !== 'header' || main === null) return { code, detail }
  await using handle = await open(main)
  const { buffer } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
  const { size } = await handle.stat()
  const reading = readHeader(buffer, size)
  if (reading.kind !== 'sqlite') return { code, detail: reading.kind === 'damaged' ? reading.detail : detail }
  const counted = buffer.readUInt32BE(28)
  const there = Math.floor(size / reading.header.pageSize)
  return { code: 'integrity', detail: there < counted ? `the file ends after ${there} of ${counted} pages` : detail }
}

const troubles: Readonly<Record<string, FindingCode>> = {
  'source.missing': 'missing',
  'source.empty': 'header',
  'source.not-sqlite': 'not-sqlite',
  'source.encrypted': 'not-sqlite',
  'source.malformed': 'header',
}

async function filledSides(live: string): Promise<string[]> {
  const sizes = await Promise.all(['-wal', '-journal'].map(async (side) => [side, await sizeOf(live + side)] as const))
  return sizes.filter(([, bytes]) => bytes > 0).map(([side]) => side)
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ? found.size : 0
}

/** Null: there is nothing to copy. */
export async function rawCopy(from: string, to: string): Promise<string | null> {
  if ((await sizeOf(from)) === 0) return null
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    return to
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw diskError(error, 'copy', from)
  }
}
