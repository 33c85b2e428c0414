import { realpath } from 'node:fs/promises'
import type { App } from '../app/app.ts'
import type { ArchiveReader } from '../archive/read.ts'
import { diskError } from '../disk/failure.ts'
import { PulihError } from '../error.ts'
import { type Content, modeOf } from './content.ts'
import { sha256Of } from './hash.ts'
import { findSettledHolders, type Holder, type HolderSearch, type LiveDatabase } from './holders.ts'
import { lookAt } from './identity.ts'
import { sidecars } from './sidecar.ts'
import { isWithin, type Target, targetFor } from './target.ts'

/** What one path of the backup will see in the app. */
export interface Decision {
  readonly content: Content
  readonly target: Target
  readonly action: 'create' | 'replace' | 'same'
  /** Side files included; null: there is nothing. */
  readonly currentBytes: number | null
}

export interface Situation {
  readonly decisions: readonly Decision[]
  /** The app's folder without symbolic links. */
  readonly root: string
  readonly search: HolderSearch
}

/** Looks at every target, changes nothing. Throws restore.link, restore.in-the-way, restore.unsafe before any write. */
export async function decide(app: App, reader: ArchiveReader, contents: readonly Content[]): Promise<Situation> {
  const root = await realAppFolder(app)
  const targets = await Promise.all(contents.map(({ path, kind }) => targetFor(root, path, kind)))
  const backups = await realpath(app.folders.backups).catch(() => app.folders.backups)
  for (const [n, { absolute }] of targets.entries()) {
    if (!isWithin(backups, absolute)) continue
    const reason = 'it would land among the backups'
    throw new PulihError('restore.unsafe', { archive: reader.path, path: contents[n]!.path, reason })
  }
  const live = contents.flatMap(({ path, kind }, n): LiveDatabase[] =>
    kind === 'database' ? [{ path, absolute: targets[n]!.absolute }] : [],
  )
  const search = await findSettledHolders(live, app.clock)
  const decisions: Decision[] = []
  for (const [n, content] of contents.entries()) decisions.push(await decideOne(reader, content, targets[n]!, search))
  return { decisions, root, search }
}

export async function realAppFolder(app: App): Promise<string> {
  try {
    return await realpath(app.folders.app)
  } catch (error) {
    throw diskError(error, 'look at', app.folders.app)
  }
}

async function decideOne(
  reader: ArchiveReader,
  content: Content,
  target: Target,
  { holders }: HolderSearch,
): Promise<Decision> {
  const currentBytes = await bytesAt(target.absolute, content.kind)
  if (currentBytes === null) return { content, target, action: 'create', currentBytes }
  // Somebody may be writing to it right now: what it holds is decided when nobody does.
  const isHeld = holders.some((holder: Holder) => holder.path === content.path)
  const isSame = !isHeld && (await isUnchanged(reader, content, target.absolute))
  return { content, target, action: isSame ? 'same' : 'replace', currentBytes }
}

async function bytesAt(path: string, kind: Content['kind']): Promise<number | null> {
  const suffixes = kind === 'database' ? ['', ...sidecars.filter((suffix) => suffix !== '-shm')] : ['']
  const found = await Promise.all(suffixes.map((suffix) => lookAt(path + suffix)))
  if (found.every((one) => one === null)) return null
  return found.reduce((sum, one) => sum + Number(one?.size ?? 0), 0)
}

/**
 * Byte for byte, with nothing beside a database that could be replayed into it, and a file with the mode it had or, for a
 * secret, the narrower one it would get.
 */
async function isUnchanged(reader: ArchiveReader, content: Content, path: string): Promise<boolean> {
  const now = await lookAt(path)
  if (now === null || Number(now.size) !== content.bytes) return false
  if (content.kind === 'database') {
    // A -shm, or an empty side file, holds nothing that could be replayed.
    for (const suffix of ['-wal', '-journal']) if ((await lookAt(path + suffix))?.size) return false
  } else if (content.sha256 !== null && ![content.mode, modeOf(content)].includes(Number(now.mode) & 0o777))
    return false
  try {
    return (await sha256Of(path)) === (content.sha256 ?? (await reader.hash(content.entry)).sha256)
  } catch (error) {
    throw diskError(error, 'read', path)
  }
}
