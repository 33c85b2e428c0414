import { freemem } from 'node:os'
import type { App } from '../app/app.ts'
import { isPulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'
import { warm } from '../source/sqlite/image.ts'
import { isSame, isSameFile, type Look, lookAt, untilSettledMs } from '../source/sqlite/look.ts'
import { systemClock } from '../time/clock.ts'
import { type Copy, copyAll, type Pinned } from './copy.ts'
import type { Helper } from './helper.ts'
import { methodOf, withoutLock } from './method.ts'
import { type Signatures, signatureOf } from './signatures.ts'

export interface Sources {
  readonly app: App
  readonly paths: readonly string[]
  readonly previous: Signatures | null
  /** A folder of the capture's own. */
  readonly folder: string
  readonly helper: Helper
  /** Databases found with a hot journal in an earlier round; this one may add to them. */
  readonly interrupted: Set<string>
  readonly insist: boolean
}

export interface Round {
  readonly window: Window
  readonly databases: readonly Captured[]
}

export interface Captured {
  readonly look: Look
  readonly signature: string
  /** Null: unchanged. */
  readonly copy: Copy | null
}

interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** One database as first seen; its signature is as old as that, so it can only be too old. */
interface Choice extends Pinned {
  readonly signature: string
}

/** One attempt at all databases together; or the path that moved where it had to be still, or was replaced. */
export async function tryRound(sources: Sources, work: Work): Promise<Round | { readonly moved: string }> {
  await waitForStillness(sources, work.signal)
  await warmUp(sources, work.signal)
  const fromMs = sources.app.clock.now()
  const choices = lookAtAll(sources).map((look) => choose(look, sources))
  const held = await holdAll(choices, sources)
  if ('moved' in held) return held
  // Journal mode cannot change under the lock: for held ones only this second look is sure.
  const now = lookAtAll(sources)
  const pinned = choices.map(({ method }, i) => ({ method, look: now[i] as Look }))
  const moved = choices.find((choice, i) => !stands(choice, now[i] as Look))
  if (moved !== undefined) return await letGo(sources, moved.look.path)
  const toMs = sources.app.clock.now()
  const place = { appFolder: sources.app.folders.app, folder: sources.folder, helper: sources.helper }
  const copies = await copyAll(pinned, place, work)
  if ('moved' in copies) return await letGo(sources, copies.moved)
  return {
    window: held.window ?? { fromMs, toMs },
    databases: choices.map(({ look, signature }) => ({ look, signature, copy: copies.get(look.real) ?? null })),
  }
}

export function lookAtAll({ app, paths }: Pick<Sources, 'app' | 'paths'>): Look[] {
  return paths.map((path) => lookAt(app.folders.app, path))
}

function choose(look: Look, sources: Sources): Choice {
  return { look, method: methodOf(look, sources), signature: signatureOf(look) }
}

const longestWaitMs = 3000

/** A database at rest that was written a moment ago is given that moment, rather than being opened. */
async function waitForStillness(sources: Sources, signal: AbortSignal | undefined): Promise<void> {
  const startMs = performance.now()
  while (performance.now() - startMs < longestWaitMs) {
    const waits = lookAtAll(sources)
      .filter((look) => withoutLock(look, sources) !== null)
      .map(untilSettledMs)
      .filter((ms) => ms > 0 && ms <= longestWaitMs)
    if (waits.length === 0) return
    // Real time, whatever the app's clock is: these are the kernel's stamps.
    await systemClock.sleep(Math.min(...waits), signal)
  }
}

/**
 * Starts the child if any lock will be needed, and reads files in rollback mode once: their writers wait while they are
 * copied, so by then no page should have to come from the disk.
 */
async function warmUp(sources: Sources, signal: AbortSignal | undefined): Promise<void> {
  const held = lookAtAll(sources).filter((look) => methodOf(look, sources) === 'held')
  if (held.length > 0) sources.helper.start()
  for (const { header, real } of held) {
    if (header.journalMode === 'rollback') await warm(real, freemem() / 4, signal)
  }
}

async function holdAll(
  choices: readonly Choice[],
  sources: Sources,
): Promise<{ readonly window: Window | null } | { readonly moved: string }> {
  const held = new Map(choices.filter(({ method }) => method === 'held').map(({ look }) => [look.real, look.path]))
  if (held.size === 0) return { window: null }
  const offsetMs = sources.app.clock.now() - Date.now()
  try {
    const databases = [...held].map(([absolute, path]) => ({ absolute, path }))
    const { fromMs, toMs } = await sources.helper.start().hold(databases)
    // The offset of two clock readings, each rounded down, may be one short.
    return { window: { fromMs: fromMs + offsetMs, toMs: toMs + offsetMs + 1 } }
  } catch (error) {
    if (!isPulihError(error, 'source.interrupted')) throw error
    sources.interrupted.add(error.facts.path)
    return { moved: error.facts.path }
  }
}

/** What is not held must stand as it stood, and what is held must be the same file: then all are pinned at once. */
function stands({ method, look }: Choice, now: Look): boolean {
  return method === 'held' ? isSameFile(look, now) : isSame(look, now)
}

async function letGo({ helper }: Sources, moved: string): Promise<{ readonly moved: string }> {
  await helper.release()
  return { moved }
}
