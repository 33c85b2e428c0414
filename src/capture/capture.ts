import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { App } from '../app/app.ts'
import { diskError } from '../disk/failure.ts'
import { requireSpace } from '../disk/space.ts'
import { PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import type { LeftOut } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { type StagedFile, stageFiles } from '../source/files/files.ts'
import type { Look } from '../source/sqlite/look.ts'
import { isOnNetwork } from '../source/sqlite/network.ts'
import { Helper } from './helper.ts'
import { methodOf, usesWal } from './method.ts'
import { type Captured, lookAtAll, type Round, type Sources, tryRound } from './round.ts'
import { isUnchanged, type Signatures } from './signatures.ts'

export interface CaptureRequest {
  /** An existing folder, 0700; copies go into a folder of their own below it. */
  readonly scratch: string
  /** Relative to the app's folder. */
  readonly databases: readonly string[]
  readonly files: readonly string[]
  /** What discovery left out already; what cannot be taken here is added. */
  readonly leftOut: readonly LeftOut[]
  readonly previous: Signatures | null
}

/** Leaving scope removes the copies. */
export interface Staged extends AsyncDisposable {
  /** Within it every database was pinned to its newest committed state, all at once. Milliseconds of the app's clock. */
  readonly window: { readonly fromMs: number; readonly toMs: number }
  readonly databases: readonly StagedDatabase[]
  readonly files: readonly StagedFile[]
  readonly leftOut: readonly LeftOut[]
  readonly warnings: readonly Note[]
  readonly signatures: Signatures
}

export interface StagedDatabase {
  readonly path: string
  /** A whole database file, 0600; null: unchanged since the signature before. Two names of one file share it. */
  readonly stagedPath: string | null
  readonly bytes: number
  /** The source's. */
  readonly journalMode: 'wal' | 'rollback'
}

const maxRounds = 5
const spareBytes = 8e6

/**
 * Live sources -> one consistent copy. Every database is captured at one committed state, all inside `window`, with every
 * row committed before it; nothing is written to the app's folder, and a database at rest is not even opened. When nothing
 * changed since `previous` it takes milliseconds and starts no process.
 *
 * Throws source.* for a database that cannot be captured as it should, disk.full before copying what will not fit, and the
 * signal's reason; then nothing is left in `scratch`. A file that cannot be read is a warning.
 */
export async function capture(app: App, request: CaptureRequest & Work): Promise<Staged> {
  request.signal?.throwIfAborted()
  await using helper = new Helper(request.signal)
  const sources = { app, paths: request.databases, previous: request.previous, helper, interrupted: new Set<string>() }
  await requireRoom(sources, request.scratch)
  const folder = await makeFolder(request.scratch)
  try {
    const round = await capturedRound({ ...sources, folder }, request)
    return staged(app, request, folder, round)
  } catch (error) {
    await remove(folder)
    throw error
  }
}

async function capturedRound(sources: Omit<Sources, 'insist'>, work: Work): Promise<Round> {
  for (let turn = 1; ; turn++) {
    const round = await tryRound({ ...sources, insist: turn >= maxRounds - 1 }, work)
    if (!('moved' in round)) return round
    if (turn < maxRounds) continue
    const path = round.moved
    throw sources.interrupted.has(path)
      ? new PulihError('source.interrupted', { path })
      : new PulihError('source.replaced', { path })
  }
}

async function requireRoom(sources: Omit<Sources, 'insist' | 'folder'>, scratch: string): Promise<void> {
  const looks = lookAtAll(sources).filter((look) => methodOf(look, { ...sources, insist: false }) !== 'unchanged')
  if (looks.length === 0) return
  const bytes = looks.reduce(
    (sum, { main, wal, journal }) => sum + main.bytes + (wal ?? journal ?? { bytes: 0 }).bytes,
    0,
  )
  await requireSpace(scratch, bytes + spareBytes)
}

async function makeFolder(scratch: string): Promise<string> {
  try {
    return await mkdtemp(join(scratch, 'capture-'))
  } catch (error) {
    throw diskError(error, 'create', scratch)
  }
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

function staged(app: App, request: CaptureRequest, folder: string, round: Round): Staged {
  const files = stageFiles(app.folders.app, request.files, (path, signature) =>
    isUnchanged(request.previous, path, signature),
  )
  const seen = round.databases.map(({ look, signature }) => [look.path, signature] as const)
  return {
    window: round.window,
    databases: round.databases.map(stagedDatabase),
    files: files.files,
    leftOut: [...request.leftOut, ...files.leftOut],
    warnings: [...round.databases.flatMap(({ look }) => concerns(look)), ...files.warnings],
    signatures: Object.fromEntries([...seen, ...files.signatures]),
    [Symbol.asyncDispose]: () => remove(folder),
  }
}

function stagedDatabase({ look, copy }: Captured): StagedDatabase {
  return {
    path: look.path,
    stagedPath: copy?.stagedPath ?? null,
    bytes: copy?.bytes ?? look.main.bytes,
    journalMode: usesWal(look) ? 'wal' : 'rollback',
  }
}

function concerns({ path, real, main }: Look): Note[] {
  return [
    ...(main.links > 1 ? [note('warning.hard-links', { path, links: main.links })] : []),
    ...(isOnNetwork(dirname(real)) ? [note('warning.network-disk', { path })] : []),
  ]
}
