import { failpoint } from '../disk/failpoint.ts'
import { PulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import { type PackIndex, writeIndex } from '../format/restic/index-file.ts'
import type { PackedBlob } from '../format/restic/pack.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Clock } from '../time/clock.ts'
import { BlobIndex } from './blobs.ts'
import { VaultLock } from './lock.ts'
import { parallel } from './parallel.ts'
import { blobKey, type PrunePlan, planPrune } from './prune-plan.ts'
import { isDamage, openChecked, readBlob } from './read.ts'
import { guarded, type Repository } from './repository.ts'
import { readSnapshots, type VaultSnapshot } from './snapshots.ts'
import { BlobStore } from './store.ts'
import { walkTrees } from './walk.ts'

export interface PruneOptions extends Work {
  readonly clock: Clock
  readonly dryRun?: boolean
  /** Chooses, under the lock, which snapshots shall go; the ones it does not name stay. */
  readonly forget: (snapshots: readonly VaultSnapshot[]) => readonly VaultSnapshot[]
}

export interface PruneResult {
  readonly forgotten: readonly VaultSnapshot[]
  readonly kept: number
  readonly removedPacks: number
  readonly repackedPacks: number
  readonly freedBytes: number
}

const packsPerIndex = 400
const blobsPerIndex = 50_000

/**
 * Forgets the chosen snapshots and removes what no snapshot needs any more, also what restic's own `forget` left. Under
 * the exclusive lock: throws vault.busy. Looks at everything first and throws vault.prune-refused, with nothing changed,
 * when the vault is not whole. Each step leaves a whole vault; after a crash the next prune completes it.
 */
export async function pruneVault(repository: Repository, options: PruneOptions): Promise<PruneResult> {
  await using lock = await VaultLock.acquire(repository, { exclusive: true, ...options })
  const signal = lock.signal
  const index = await BlobIndex.load(repository, signal)
  const snapshots = await readSnapshots(repository, signal)
  const forgotten = options.forget(snapshots)
  const kept = snapshots.filter((snapshot) => !forgotten.includes(snapshot))
  if (kept.length === 0 && index.packs.size > 0)
    throw new PulihError('vault.prune-refused', { detail: 'no snapshot would be left, or none was listed' })
  const plan = await planFor(repository, index, kept, signal)
  await refuseOtherSnapshots(repository, snapshots, signal)
  if (options.dryRun !== true) await runPrune(repository, index, plan, forgotten, { ...options, signal })
  return {
    forgotten,
    kept: kept.length,
    removedPacks: plan.remove.length,
    repackedPacks: plan.repack.length,
    freedBytes: plan.freedBytes,
  }
}

async function planFor(
  repository: Repository,
  index: BlobIndex,
  kept: readonly VaultSnapshot[],
  signal: AbortSignal,
): Promise<PrunePlan> {
  const stored = new Map<Id, number>()
  for await (const { name, bytes } of repository.backend.list('data', signal)) stored.set(name as Id, bytes)
  const used = await usedBlobs(repository, index, kept, signal)
  const plan = planPrune({ packs: index.packs, stored, used, indexFiles: index.files.length })
  if ('refused' in plan) throw new PulihError('vault.prune-refused', { detail: plan.refused })
  return plan
}

/** A place that leaves something out of a list would have us remove what it needs: it is asked twice. */
async function refuseOtherSnapshots(repository: Repository, known: readonly VaultSnapshot[], signal: AbortSignal) {
  const ids = new Set<string>(known.map(({ id }) => id))
  for await (const { name } of repository.backend.list('snapshots', signal)) {
    if (ids.has(name)) continue
    throw new PulihError('vault.prune-refused', { detail: `snapshot ${name.slice(0, 8)} was not in the first list` })
  }
}

/** Everything the snapshots that stay can reach; a tree that cannot be read stops the prune. */
async function usedBlobs(
  repository: Repository,
  index: BlobIndex,
  kept: readonly VaultSnapshot[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const used = new Set<string>()
  const roots = kept.map(({ snapshot }) => snapshot.tree)
  const visitor = {
    tree: (id: Id, nodes: readonly { readonly content: readonly Id[] | null }[]) => {
      used.add(blobKey('tree', id))
      for (const { content } of nodes) for (const data of content ?? []) used.add(blobKey('data', data))
    },
    broken: (id: Id, error: unknown) => {
      if (!isDamage(error)) throw error
      const detail = `tree ${id.slice(0, 8)}: ${(error as Error).message}`
      throw new PulihError('vault.prune-refused', { detail }, { cause: error })
    },
  }
  await walkTrees(repository, index, roots, visitor, signal)
  return used
}

/** Snapshots go first, then new packs, then the new index, then the old index, then the old packs. */
async function runPrune(
  repository: Repository,
  index: BlobIndex,
  plan: PrunePlan,
  forgotten: readonly VaultSnapshot[],
  work: Work & { readonly signal: AbortSignal },
): Promise<void> {
  const { backend } = repository
  for (const { id } of forgotten) {
    await backend.remove({ kind: 'snapshots', name: id }, work.signal)
    failpoint('vault.prune.forget')
  }
  if (plan.reindex) {
    const fresh = await repack(repository, index, plan, work)
    failpoint('vault.prune.repack')
    const written = await writeIndexes(repository, [...plan.keep, ...fresh], work.signal)
    failpoint('vault.prune.index')
    // A new index may have the name of an old one only if it says the same; then it stays.
    const old = index.files.filter((file) => !written.includes(file))
    await parallel(old, backend.connections, async (name) => {
      await backend.remove({ kind: 'index', name }, work.signal)
      failpoint('vault.prune.old-index')
    })
    const gone = [...plan.remove, ...plan.repack.map(({ id }) => id)]
    await parallel(gone, backend.connections, async (name) => {
      await backend.remove({ kind: 'data', name }, work.signal)
      failpoint('vault.prune.pack')
    })
  }
  await backend.sweep(work.signal)
}

async function repack(
  repository: Repository,
  index: BlobIndex,
  plan: PrunePlan,
  work: Work & { readonly signal: AbortSignal },
): Promise<readonly PackIndex[]> {
  await using store = new BlobStore(repository, index, work.signal, { indexes: false })
  let done = 0
  for (const { id, keep } of plan.repack) {
    work.signal.throwIfAborted()
    for await (const { blob, plain } of readKept(repository, index, id, keep, work.signal)) {
      await store.addAgain(blob.kind, blob.id, plain)
      done += blob.length
    }
    work.progress?.({ step: 'store', subject: `data/${id.slice(0, 8)}`, done, total: plan.movedBytes, unit: 'bytes' })
  }
  await store.finish()
  return store.takePacks()
}

const maxFetchBytes = 8 << 20

/** The blobs to keep, neighbours in one request. */
async function* readKept(
  repository: Repository,
  index: BlobIndex,
  pack: Id,
  keep: readonly PackedBlob[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly blob: PackedBlob; readonly plain: Buffer }, void, void> {
  const blobs = keep.toSorted((a, b) => a.offset - b.offset)
  for (let at = 0; at < blobs.length; ) {
    const first = blobs[at] as PackedBlob
    const group = blobs.slice(at).filter((blob) => blob.offset + blob.length - first.offset <= maxFetchBytes)
    const taken = group.length === 0 ? [first] : group
    const last = taken.at(-1) as PackedBlob
    const range = { offset: first.offset, length: last.offset + last.length - first.offset }
    const sealed = await repository.backend.read({ kind: 'data', name: pack }, range, signal)
    for (const blob of taken) {
      const part = sealed.subarray(blob.offset - first.offset, blob.offset - first.offset + blob.length)
      yield { blob, plain: await openOrOther(repository, index, blob, part, signal) }
    }
    at += taken.length
  }
}

async function openOrOther(
  repository: Repository,
  index: BlobIndex,
  blob: PackedBlob,
  sealed: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  try {
    return await guarded(`data ${blob.id.slice(0, 8)}`, () => openChecked(repository, blob, sealed))
  } catch (error) {
    if (!isDamage(error)) throw error
    return readBlob(repository, index, blob.kind, blob.id, signal)
  }
}

async function writeIndexes(
  repository: Repository,
  packs: readonly PackIndex[],
  signal: AbortSignal,
): Promise<readonly Id[]> {
  const written: Id[] = []
  for (const part of parts(packs)) written.push(await repository.writeJson('index', writeIndex(part), signal))
  return written
}

/** A pack is never split over two index files. */
function* parts(packs: readonly PackIndex[]): Iterable<readonly PackIndex[]> {
  let part: PackIndex[] = []
  let blobs = 0
  for (const pack of packs) {
    if (part.length > 0 && (part.length >= packsPerIndex || blobs + pack.blobs.length > blobsPerIndex)) {
      yield part
      part = []
      blobs = 0
    }
    part.push(pack)
    blobs += pack.blobs.length
  }
  if (part.length > 0) yield part
}
