import { createHash } from 'node:crypto'
import { failpoint } from '../disk/failpoint.ts'
import { PulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import { type SnapshotSummary, writeSnapshot } from '../format/restic/snapshot-file.ts'
import { goTime, normalTime } from '../format/restic/time.ts'
import type { Work } from '../snapshot/progress.ts'
import type { Clock } from '../time/clock.ts'
import type { BlobIndex } from './blobs.ts'
import { Cutter } from './cut.ts'
import { whoAmI } from './machine.ts'
import type { Repository } from './repository.ts'
import type { BlobStore } from './store.ts'
import { type Owner, type SavedFile, storeTrees } from './tree-build.ts'

/** What shall become one snapshot. */
export interface SnapshotSource {
  /** ISO with offset: the moment of the capture. */
  readonly time: string
  readonly host: string
  /** The app's folder: restic groups snapshots by it. */
  readonly paths: readonly string[]
  readonly tags: readonly string[]
  readonly owner: Owner
  readonly files: readonly SourceFile[]
}

export interface SourceFile extends Omit<SavedFile, 'content'> {
  /** Of its bytes, compared while they are read; null: nobody recorded it. */
  readonly sha256: string | null
  read(): AsyncIterable<Uint8Array>
}

/** SHA-256 of a file -> its blobs, for files that need not be read again. */
export type KnownContent = Map<string, readonly Id[]>

export interface SavedSnapshot {
  readonly id: Id
  readonly bytes: number
  /** New in the vault: before and after compression and sealing. */
  readonly addedBytes: number
  readonly storedBytes: number
}

/**
 * Stores every file (those in `known` without reading them), the trees, the index, and at last the snapshot: until that
 * one file is there nothing of it is listed. Throws archive errors from reading, vault.damaged when bytes are not what
 * was recorded, backend errors.
 */
export async function saveSnapshot(
  parts: {
    readonly repository: Repository
    readonly index: BlobIndex
    readonly store: BlobStore
    readonly known: KnownContent
    readonly clock: Clock
  },
  source: SnapshotSource,
  parent: Id | null,
  work: Work,
): Promise<SavedSnapshot> {
  const { repository, store, known, clock } = parts
  const before = { ...store.added, blobs: { ...store.added.blobs } }
  const begun = clock.now()
  const counts = { fresh: 0, reused: 0 }
  const saved: SavedFile[] = []
  const total = source.files.reduce((sum, file) => sum + file.bytes, 0)
  let done = 0
  for (const file of source.files) {
    const reused = file.sha256 === null ? undefined : known.get(file.sha256)
    const content = reused ?? (await storeFile(store, file, (bytes) => report(work, file.path, done + bytes, total)))
    if (reused === undefined) counts.fresh++
    else counts.reused++
    if (file.sha256 !== null) known.set(file.sha256, content)
    saved.push({ path: file.path, bytes: file.bytes, mode: file.mode, mtimeMs: file.mtimeMs, content })
    done += file.bytes
    report(work, file.path, done, total)
  }
  const tree = await storeTrees(saved, source.owner, (blob) => store.add('tree', blob))
  await store.finish()
  const { added } = store
  const summary = summaryOf(begun, clock.now(), counts, total, {
    blobs: { data: added.blobs.data - before.blobs.data, tree: added.blobs.tree - before.blobs.tree },
    plainBytes: added.plainBytes - before.plainBytes,
    storedBytes: added.storedBytes - before.storedBytes,
  })
  const id = await repository.writeJson('snapshots', snapshotText(source, tree, parent, summary), work.signal)
  failpoint('vault.snapshot')
  return { id, bytes: total, addedBytes: summary.data_added, storedBytes: summary.data_added_packed }
}

function report(work: Work, subject: string, done: number, total: number): void {
  work.progress?.({ step: 'upload', subject, done, total, unit: 'bytes' })
}

async function storeFile(store: BlobStore, file: SourceFile, onBytes: (bytes: number) => void): Promise<readonly Id[]> {
  const content: Id[] = []
  const hash = createHash('sha256')
  let bytes = 0
  const cutter = new Cutter()
  const storeAll = async (pieces: readonly Uint8Array[]) => {
    for (const piece of pieces) content.push(await store.add('data', piece))
  }
  for await (const chunk of file.read()) {
    hash.update(chunk)
    bytes += chunk.length
    await storeAll(cutter.push(chunk))
    onBytes(bytes)
  }
  await storeAll(cutter.finish())
  const sha256 = hash.digest('hex')
  if (bytes !== file.bytes || (file.sha256 !== null && file.sha256 !== sha256))
    throw new PulihError('vault.damaged', { file: file.path, detail: 'what was read is not what was recorded' })
  return content
}

function snapshotText(source: SnapshotSource, tree: Id, parent: Id | null, summary: SnapshotSummary): string {
  return writeSnapshot({
    time: normalTime(source.time),
    parent,
    tree,
    paths: source.paths,
    hostname: source.host,
    username: whoAmI().username,
    tags: source.tags,
    programVersion: 'pulih',
    summary,
  })
}

function summaryOf(
  begun: number,
  ended: number,
  files: { readonly fresh: number; readonly reused: number },
  totalBytes: number,
  added: { readonly blobs: { readonly data: number; readonly tree: number }; plainBytes: number; storedBytes: number },
): SnapshotSummary {
  return {
    backup_start: goTime(begun),
    backup_end: goTime(ended),
    files_new: files.fresh,
    files_changed: 0,
    files_unmodified: files.reused,
    dirs_new: added.blobs.tree,
    dirs_changed: 0,
    dirs_unmodified: 0,
    data_blobs: added.blobs.data,
    tree_blobs: added.blobs.tree,
    data_added: added.plainBytes,
    data_added_packed: added.storedBytes,
    total_files_processed: files.fresh + files.reused,
    total_bytes_processed: totalBytes,
  }
}
