import { isPulihError, PulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import { readSnapshot, type SnapshotFile } from '../format/restic/snapshot-file.ts'
import { parseGoTime } from '../format/restic/time.ts'
import type { BlobIndex } from './blobs.ts'
import { parallel } from './parallel.ts'
import { readTreeBlob } from './read.ts'
import { guarded, type Repository } from './repository.ts'

/** One snapshot in the vault, ours or restic's. */
export interface VaultSnapshot {
  readonly id: Id
  readonly timeMs: number
  readonly snapshot: SnapshotFile
  /** What our tags say; null when restic or somebody else made it. */
  readonly ours: OurTags | null
}

export interface OurTags {
  readonly name: string
  readonly type: string
  readonly sequence: number
  /** The first 16 digits of the SHA-256 of the archive's manifest: with the name they say which backup this is. */
  readonly manifest: string
  readonly databases: number
  readonly files: number
}

/** Every snapshot, newest first. A damaged snapshot file throws vault.damaged; one that goes away meanwhile does not. */
export async function readSnapshots(repository: Repository, signal?: AbortSignal): Promise<readonly VaultSnapshot[]> {
  const found: VaultSnapshot[] = []
  const { backend } = repository
  await parallel(backend.list('snapshots', signal), backend.connections, async ({ name }) => {
    const snapshot = await readOne(repository, name, signal)
    if (snapshot !== null) found.push(snapshot)
  })
  return found.sort((a, b) => b.timeMs - a.timeMs || (b.ours?.sequence ?? 0) - (a.ours?.sequence ?? 0))
}

async function readOne(repository: Repository, name: string, signal?: AbortSignal): Promise<VaultSnapshot | null> {
  try {
    const json = await repository.readJson('snapshots', name, signal)
    return await guarded(`snapshots/${name.slice(0, 8)}`, () => {
      const snapshot = readSnapshot(json)
      return { id: name as Id, timeMs: parseGoTime(snapshot.time), snapshot, ours: readTags(snapshot.tags) }
    })
  } catch (error) {
    if (isPulihError(error, 'backend.missing')) return null
    throw error
  }
}

/** As `manifest` in the tags. */
export function shortHash(manifestSha256: string): string {
  return manifestSha256.slice(0, 16)
}

export function writeTags(tags: OurTags): readonly string[] {
  const { name, type, sequence, manifest, databases, files } = tags
  return [
    'pulih',
    `type:${type}`,
    `name:${name}`,
    `sequence:${sequence}`,
    `manifest:${manifest}`,
    `holds:${databases}+${files}`,
  ]
}

function readTags(tags: readonly string[]): OurTags | null {
  const value = (key: string) => tags.find((tag) => tag.startsWith(`${key}:`))?.slice(key.length + 1)
  const name = value('name')
  if (!tags.includes('pulih') || name === undefined) return null
  const [databases = '0', files = '0'] = (value('holds') ?? '').split('+')
  return {
    name,
    type: value('type') ?? 'manual',
    sequence: Number(value('sequence') ?? 0) || 0,
    manifest: value('manifest') ?? '',
    databases: Number(databases) || 0,
    files: Number(files) || 0,
  }
}

/** What a person calls it: the backup's name, or restic's paths. */
export function nameOf(snapshot: VaultSnapshot): string {
  return snapshot.ours?.name ?? snapshot.snapshot.paths.join(' ')
}

/**
 * By id, a prefix of it that fits one only, the backup's name, or `latest`. Throws vault.snapshot-unknown,
 * vault.snapshot-ambiguous.
 */
export function findSnapshot(snapshots: readonly VaultSnapshot[], wanted: string): VaultSnapshot {
  const latest = wanted === 'latest' ? snapshots[0] : undefined
  const named = latest ?? snapshots.find((one) => one.ours?.name === wanted.replace(/\.zip$/, ''))
  if (named !== undefined) return named
  const found = wanted === '' ? [] : snapshots.filter(({ id }) => id.startsWith(wanted))
  if (found.length > 1) throw new PulihError('vault.snapshot-ambiguous', { id: wanted, count: found.length })
  if (found[0] === undefined) throw new PulihError('vault.snapshot-unknown', { id: wanted })
  return found[0]
}

/** Bytes of all its files: from its summary, or by walking its trees (restic before 0.17 wrote none). */
export async function snapshotBytes(
  repository: Repository,
  loadIndex: () => Promise<BlobIndex>,
  snapshot: VaultSnapshot,
  known: Map<Id, number>,
  signal?: AbortSignal,
): Promise<number> {
  const { summary, tree } = snapshot.snapshot
  if (summary !== null) return summary.total_bytes_processed
  return treeBytes(repository, await loadIndex(), tree, known, signal)
}

async function treeBytes(
  repository: Repository,
  index: BlobIndex,
  tree: Id,
  known: Map<Id, number>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const counted = known.get(tree)
  if (counted !== undefined) return counted
  let bytes = 0
  for (const node of await readTreeBlob(repository, index, tree, signal)) {
    bytes += node.type === 'file' ? node.size : 0
    if (node.subtree !== null) bytes += await treeBytes(repository, index, node.subtree, known, signal)
  }
  known.set(tree, bytes)
  return bytes
}
