import { stat } from 'node:fs/promises'
import { isOwnManifest, parseManifest } from '../archive/manifest.ts'
import { openArchive } from '../archive/read.ts'
import { isPulihError, PulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import type { TreeNode } from '../format/restic/tree.ts'
import type { Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Clock } from '../time/clock.ts'
import { adoptPacks } from './adopt.ts'
import { archiveSource } from './archive-source.ts'
import { BlobIndex } from './blobs.ts'
import { readLocks, VaultLock } from './lock.ts'
import { readContent, readTreeBlob } from './read.ts'
import type { Repository } from './repository.ts'
import { type KnownContent, type SavedSnapshot, saveSnapshot } from './save.ts'
import { readSnapshots, shortHash, type VaultSnapshot } from './snapshots.ts'
import { BlobStore } from './store.ts'
import { manifestFolder, manifestPath, type Owner } from './tree-build.ts'

/** A local archive that may go into the vault: the caller names proven ones only. */
export interface SyncItem {
  readonly name: string
  readonly path: string
  /** Of its manifest entry's bytes. */
  readonly manifestSha256: string
  readonly createdMs: number
}

export interface SyncResult {
  readonly saved: readonly (SavedSnapshot & { readonly name: string })[]
  /** Archives that could not be read; the others went through. */
  readonly failed: readonly { readonly name: string; readonly error: PulihError }[]
  readonly alreadyThere: number
  /** Of the items: those in the vault now, each with its newest snapshot. */
  readonly held: readonly { readonly name: string; readonly manifestSha256: string; readonly id: string }[]
}

/**
 * Saves every archive that the vault does not hold yet, the newest first. Writes nothing, not even a lock, when nothing
 * is new. Interrupted at any point it goes on where it was: blobs that arrived are found again. Throws vault.busy and
 * the backend's errors; an archive that is damaged is reported and passed over.
 */
export async function syncArchives(
  repository: Repository,
  items: readonly SyncItem[],
  app: string,
  options: Work & { readonly clock: Clock },
): Promise<SyncResult> {
  const snapshots = await readSnapshots(repository, options.signal)
  const ids = new Map(snapshots.toReversed().map(({ id, ours }) => [`${ours?.name} ${ours?.manifest}`, id]))
  const idOf = ({ name, manifestSha256 }: SyncItem) => ids.get(`${name} ${shortHash(manifestSha256)}`)
  const fresh = items.filter((one) => idOf(one) === undefined)
  const alreadyThere = items.length - fresh.length
  const heldNow = () =>
    items.flatMap((one) => {
      const id = idOf(one)
      return id === undefined ? [] : [{ name: one.name, manifestSha256: one.manifestSha256, id }]
    })
  if (fresh.length === 0) return { saved: [], failed: [], alreadyThere, held: heldNow() }
  await using lock = await VaultLock.acquire(repository, { exclusive: false, ...options })
  const { saved, failed } = await saveAll(repository, fresh, app, snapshots, { ...options, signal: lock.signal })
  for (const { name, id } of saved) {
    const item = fresh.find((one) => one.name === name)
    if (item !== undefined) ids.set(`${name} ${shortHash(item.manifestSha256)}`, id)
  }
  return { saved, failed, alreadyThere, held: heldNow() }
}

async function saveAll(
  repository: Repository,
  fresh: readonly SyncItem[],
  app: string,
  snapshots: readonly VaultSnapshot[],
  options: Work & { readonly clock: Clock },
): Promise<Pick<SyncResult, 'saved' | 'failed'>> {
  const index = await BlobIndex.load(repository, options.signal)
  await using store = new BlobStore(repository, index, options.signal)
  // Another client's packs of this moment are in no index either, but will be by its own hand.
  if ((await readLocks(repository, options.signal)).length === 1)
    await adoptPacks(repository, index, store, options.signal)
  const parent = snapshots.find(({ ours, snapshot }) => ours !== null && snapshot.paths[0] === app) ?? null
  const known = parent === null ? new Map() : await knownContent(repository, index, parent, options.signal)
  const parts = { repository, index, store, known, clock: options.clock }
  const saved: SyncResult['saved'][number][] = []
  const failed: SyncResult['failed'][number][] = []
  let last = parent?.id ?? null
  for (const item of fresh.toSorted((a, b) => b.createdMs - a.createdMs)) {
    const outcome = await saveOne(parts, item, app, last, options)
    if (outcome instanceof PulihError) failed.push({ name: item.name, error: outcome })
    else saved.push({ ...outcome, name: item.name })
    if (!(outcome instanceof PulihError)) last = outcome.id
  }
  return { saved, failed }
}

/** An error of the archive is answered, so that one bad file holds up no other; an error of the vault is thrown. */
async function saveOne(
  parts: Parameters<typeof saveSnapshot>[0],
  item: SyncItem,
  app: string,
  parent: Id | null,
  options: Work,
): Promise<SavedSnapshot | PulihError> {
  try {
    await using reader = await openArchive(item.path)
    if (reader.manifestSha256 !== item.manifestSha256)
      return new PulihError('vault.damaged', { file: item.path, detail: 'another archive lies under this name' })
    const source = await archiveSource(reader, app, await ownerOf(app))
    return await saveSnapshot(parts, source, parent, options)
  } catch (error) {
    if (error instanceof PulihError && /^(archive\.|vault\.damaged|disk\.)/.test(error.code)) return error
    throw error
  }
}

/** Whoever owns the app's folder: a restore by root gives the files back to them. */
async function ownerOf(app: string): Promise<Owner> {
  try {
    const { uid, gid } = await stat(app)
    return { uid, gid }
  } catch {
    // The app is gone and only its archives are left.
    return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  }
}

/**
 * What the latest snapshot of the app holds, by hash of the whole file: such files are not read again. Empty when it
 * cannot be told (a damaged snapshot must not stop a new one).
 */
async function knownContent(
  repository: Repository,
  index: BlobIndex,
  snapshot: VaultSnapshot,
  signal: AbortSignal | undefined,
): Promise<KnownContent> {
  const known: KnownContent = new Map()
  try {
    const files = await filesBelow(repository, index, snapshot.snapshot.tree, '', signal)
    const manifest = await readManifest(repository, index, snapshot, signal)
    for (const { path, sha256 } of [...(manifest?.databases ?? []), ...(manifest?.files ?? [])]) {
      const content = files.get(path)?.content
      if (content?.every((id) => index.has('data', id))) known.set(sha256, content)
    }
  } catch (error) {
    if (!isPulihError(error, 'vault.damaged') && !isPulihError(error, 'backend.missing')) throw error
  }
  return known
}

/** The manifest that our snapshots carry; null in others, and in those of predecessor archives. Throws vault.damaged. */
export async function readManifest(
  repository: Repository,
  index: BlobIndex,
  snapshot: VaultSnapshot,
  signal?: AbortSignal,
): Promise<Manifest | null> {
  const [folder = '', name = ''] = manifestPath.split('/')
  const root = await readTreeBlob(repository, index, snapshot.snapshot.tree, signal)
  const subtree = nodeNamed(root, folder)?.subtree
  if (subtree === undefined || subtree === null) return null
  const content = nodeNamed(await readTreeBlob(repository, index, subtree, signal), name)?.content
  if (content === undefined || content === null) return null
  const bytes = Buffer.concat(await Array.fromAsync(readContent(repository, index, content, undefined, signal)))
  return parsedManifest(bytes.toString(), snapshot)
}

/** Whoever can write to the place may have written it: it is held to its shape like any input. */
function parsedManifest(text: string, { id }: VaultSnapshot): Manifest | null {
  const file = `${manifestPath} of ${id.slice(0, 8)}`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new PulihError('vault.damaged', { file, detail: (error as Error).message }, { cause: error })
  }
  if (!isOwnManifest(value)) return null
  const { manifest, findings } = parseManifest(value)
  if (manifest === null) throw new PulihError('vault.damaged', { file, detail: findings[0]?.detail ?? '' })
  return manifest
}

function nodeNamed(nodes: readonly TreeNode[], name: string): TreeNode | undefined {
  return nodes.find((node) => Buffer.from(node.name).toString() === name)
}

async function filesBelow(
  repository: Repository,
  index: BlobIndex,
  tree: Id,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, TreeNode>> {
  const files = new Map<string, TreeNode>()
  for (const node of await readTreeBlob(repository, index, tree, signal)) {
    const path = prefix + Buffer.from(node.name).toString()
    if (node.type === 'file') files.set(path, node)
    if (node.subtree === null || path === manifestFolder) continue
    for (const [below, file] of await filesBelow(repository, index, node.subtree, `${path}/`, signal))
      files.set(below, file)
  }
  return files
}
