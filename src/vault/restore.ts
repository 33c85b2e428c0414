import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../disk/draft.ts'
import { diskError } from '../disk/failure.ts'
import { requireSpace } from '../disk/space.ts'
import { errnoOf, PulihError } from '../error.ts'
import type { Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'
import type { BlobIndex } from './blobs.ts'
import { layOut } from './lay-out.ts'
import { parallel } from './parallel.ts'
import type { Repository } from './repository.ts'
import { planRestore, type RestoreEntry } from './restore-plan.ts'
import type { VaultSnapshot } from './snapshots.ts'
import { readManifest } from './sync.ts'

/** Inside the target until everything was compared; a leftover of a killed run is removed by the next one. */
const workFolder = '.pulih-restoring'

export interface RestoredSnapshot {
  /** Relative paths of what was laid out: files and links. */
  readonly restored: readonly string[]
  readonly bytes: number
  /** Pipes, sockets, devices: named, not made. */
  readonly skipped: readonly string[]
  /** Entries that our manifest does not know: not laid out. */
  readonly unlisted: readonly string[]
  /** True when a manifest of ours vouched for every file; restic's own snapshots have hashes of pieces only. */
  readonly verified: boolean
}

/**
 * Lays a snapshot out in a new or empty folder. Nothing appears there before all of it was written and compared: every
 * piece with its id, every file with the manifest, every database by `quick_check`. Throws vault.target, vault.unsafe,
 * vault.damaged, vault.recovered, disk.*; then the folder is as it was.
 */
export async function restoreSnapshot(
  repository: Repository,
  index: BlobIndex,
  snapshot: VaultSnapshot,
  target: string,
  work: Work = {},
): Promise<RestoredSnapshot> {
  const plan = await planRestore(repository, index, snapshot.snapshot.tree, work.signal)
  const manifest = snapshot.ours === null ? null : await readManifest(repository, index, snapshot, work.signal)
  const { entries, unlisted } = listedOnly(plan.entries, manifest)
  await requireSpace(target, plan.bytes)
  const made = await prepareTarget(target)
  const scratch = join(target, workFolder)
  try {
    await mkdir(scratch, { mode: 0o700 })
    await layOut(repository, index, entries, scratch, work)
    if (manifest !== null) await compare(manifest, scratch, work)
    await moveUp(scratch, target)
  } catch (error) {
    await rm(scratch, { recursive: true, force: true })
    if (made) await rmdir(target)
    throw diskError(error, 'restore into', target)
  }
  return {
    restored: entries.filter(({ node }) => node.type !== 'dir').map(({ shown }) => shown),
    bytes: plan.bytes,
    skipped: plan.skipped.map(({ shown }) => shown),
    unlisted: unlisted.map(({ shown }) => shown),
    verified: manifest !== null,
  }
}

/** Of a snapshot of ours: what the manifest names, and the folders on the way. */
function listedOnly(
  entries: readonly RestoreEntry[],
  manifest: Manifest | null,
): { readonly entries: readonly RestoreEntry[]; readonly unlisted: readonly RestoreEntry[] } {
  if (manifest === null) return { entries, unlisted: [] }
  const paths = [...manifest.databases, ...manifest.files].map(({ path }) => path)
  const listed = new Set(paths)
  const folders = new Set(paths.flatMap(parentsOf))
  const isListed = ({ path, node }: RestoreEntry) =>
    node.type === 'dir' ? folders.has(path.toString()) : node.type === 'file' && listed.has(path.toString())
  return { entries: entries.filter(isListed), unlisted: entries.filter((entry) => !isListed(entry)) }
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

/** True when the folder was made here. */
async function prepareTarget(target: string): Promise<boolean> {
  try {
    const made = await mkdir(target, { recursive: true, mode: 0o700 })
    if (made !== undefined) return true
    if (!(await lstat(await realpath(target))).isDirectory()) throw refused(target, 'it is not a folder')
    await rm(join(target, workFolder), { recursive: true, force: true })
    if ((await readdir(target)).length > 0) throw refused(target, 'it is not empty')
    return false
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOTDIR') throw refused(target, 'it is not a folder')
    throw diskError(error, 'create', target)
  }
}

function refused(path: string, detail: string): PulihError {
  return new PulihError('vault.target', { path, detail })
}

async function compare(manifest: Manifest, folder: string, work: Work): Promise<void> {
  const records = [...manifest.databases, ...manifest.files]
  await parallel(records, 2, async ({ path, sha256 }) => {
    const found = await hashOf(join(folder, path), work.signal)
    if (found !== sha256) throw new PulihError('vault.recovered', { path, detail: `SHA-256 ${found}` })
  })
  if (manifest.databases.length === 0) return
  await using child = spawnSqlite(work.signal)
  for (const { path } of manifest.databases) await quickCheck(child, join(folder, path), path)
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) hash.update(chunk)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'missing'
    throw error
  }
  return hash.digest('hex')
}

async function quickCheck(child: SqliteChild, file: string, path: string): Promise<void> {
  const { quickCheck: lines } = await child.inspect(file, { quick: true })
  const [first] = lines ?? []
  if (first !== undefined) throw new PulihError('vault.recovered', { path, detail: first })
}

/** Renames inside one folder: each entry appears whole. */
async function moveUp(scratch: string, target: string): Promise<void> {
  for (const name of await readdir(scratch, { encoding: 'buffer' })) {
    const from = Buffer.concat([Buffer.from(`${scratch}/`), name])
    await rename(from, Buffer.concat([Buffer.from(`${target}/`), name]))
  }
  await rmdir(scratch)
  await syncFolder(target)
}
