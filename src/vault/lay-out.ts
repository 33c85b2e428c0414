import { constants, writeSync } from 'node:fs'
import { chmod, type FileHandle, lchown, lutimes, mkdir, open, symlink, utimes } from 'node:fs/promises'
import { diskError } from '../disk/failure.ts'
import type { Id } from '../format/restic/id.ts'
import { fromGoMode } from '../format/restic/mode.ts'
import { parseGoTime } from '../format/restic/time.ts'
import type { Work } from '../snapshot/progress.ts'
import type { BlobIndex, BlobPlace } from './blobs.ts'
import { parallel } from './parallel.ts'
import { isDamage, openChecked, readBlob } from './read.ts'
import { guarded, type Repository } from './repository.ts'
import type { RestoreEntry } from './restore-plan.ts'

/** Blobs of one pack this close together are fetched in one request. */
const maxGapBytes = 128 << 10
const maxFetchBytes = 8 << 20
const maxOpenFiles = 128
const smallWriteBytes = 64 << 10

/** Where the bytes of one blob belong. */
interface Need {
  readonly place: BlobPlace
  readonly targets: { readonly file: number; readonly at: number }[]
}

/**
 * Writes all entries below `root`, which must be an empty folder of ours: folders, files (each blob is fetched once and
 * compared with its id), then links, then modes, owners and times from the inside out. Every file is on disk when it
 * resolves.
 */
export async function layOut(
  repository: Repository,
  index: BlobIndex,
  entries: readonly RestoreEntry[],
  root: string,
  work: Work,
): Promise<void> {
  const full = (entry: RestoreEntry) => Buffer.concat([Buffer.from(`${root}/`), entry.path])
  const ofType = (type: string) => entries.filter(({ node }) => node.type === type)
  for (const entry of ofType('dir')) await onDisk(entry, () => mkdir(full(entry), { mode: 0o700 }))
  await writeFiles(repository, index, ofType('file'), full, work)
  // Links last: until now no path could lead through one.
  for (const entry of ofType('symlink')) await onDisk(entry, () => symlink(linkTarget(entry), full(entry)))
  for (const entry of ofType('symlink')) await onDisk(entry, () => finishLink(entry, full(entry)))
  for (const entry of ofType('dir').toReversed()) await onDisk(entry, () => finishFolder(entry, full(entry)))
}

async function onDisk(entry: RestoreEntry, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    throw diskError(error, 'write', entry.shown)
  }
}

function linkTarget({ node }: RestoreEntry): Buffer {
  return node.linkTargetRaw === '' ? Buffer.from(node.linkTarget) : Buffer.from(node.linkTargetRaw, 'base64')
}

async function writeFiles(
  repository: Repository,
  index: BlobIndex,
  files: readonly RestoreEntry[],
  full: (entry: RestoreEntry) => Buffer,
  work: Work,
): Promise<void> {
  await using targets = new TargetFiles(files, full)
  for (const file of files.keys()) await targets.create(file)
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  await parallel(fetchGroups(needsOf(index, files)), Math.min(4, repository.backend.connections), async (group) => {
    work.signal?.throwIfAborted()
    for await (const { need, plain } of readNeeds(repository, index, group, work.signal)) {
      for (const { file, at } of need.targets) await targets.write(file, plain, at)
      done += plain.length * need.targets.length
    }
    work.progress?.({ step: 'download', done, total, unit: 'bytes' })
  })
  await parallel(files.keys(), 4, (file) => targets.finish(file))
}

/** Which blobs are needed, once each, with all the places they belong to. */
function needsOf(index: BlobIndex, files: readonly RestoreEntry[]): Iterable<Need> {
  const needs = new Map<Id, Need>()
  for (const [file, { node }] of files.entries()) {
    let at = 0
    for (const id of node.content ?? []) {
      // planRestore looked every blob up already.
      const need = needs.get(id) ?? { place: index.find('data', id) as BlobPlace, targets: [] }
      need.targets.push({ file, at })
      needs.set(id, need)
      at += need.place.blob.plainBytes
    }
  }
  return needs.values()
}

/** Needs in the order they lie in their packs, cut where a gap or the size makes a new request worth while. */
function* fetchGroups(needs: Iterable<Need>): Iterable<readonly Need[]> {
  for (const [, ofPack] of Map.groupBy(needs, ({ place }) => place.pack)) {
    let group: Need[] = []
    for (const need of ofPack.toSorted((a, b) => a.place.blob.offset - b.place.blob.offset)) {
      const [first, last] = [group[0]?.place.blob, group.at(-1)?.place.blob]
      const end = need.place.blob.offset + need.place.blob.length
      const near = last !== undefined && need.place.blob.offset - (last.offset + last.length) <= maxGapBytes
      if (first !== undefined && (!near || end - first.offset > maxFetchBytes)) {
        yield group
        group = []
      }
      group.push(need)
    }
    if (group.length > 0) yield group
  }
}

async function* readNeeds(
  repository: Repository,
  index: BlobIndex,
  group: readonly Need[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly need: Need; readonly plain: Buffer }, void, void> {
  const { pack, blob: first } = (group[0] as Need).place
  const last = (group.at(-1) as Need).place.blob
  const range = { offset: first.offset, length: last.offset + last.length - first.offset }
  const sealed = await repository.backend.read({ kind: 'data', name: pack }, range, signal).catch((error: unknown) => {
    if (isDamage(error)) return null
    throw error
  })
  for (const need of group) {
    const { blob } = need.place
    const part = sealed?.subarray(blob.offset - first.offset, blob.offset - first.offset + blob.length)
    yield { need, plain: await openOrElse(repository, index, need, part, signal) }
  }
}

/** From these bytes, or when they are damaged from another copy. */
async function openOrElse(
  repository: Repository,
  index: BlobIndex,
  { place }: Need,
  sealed: Buffer | undefined,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  try {
    if (sealed !== undefined)
      return await guarded(`data/${place.pack.slice(0, 8)}`, () => openChecked(repository, place.blob, sealed))
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  return readBlob(repository, index, 'data', place.blob.id, signal)
}

/** The files that are being written; only some are open at a time. */
class TargetFiles implements AsyncDisposable {
  readonly #files: readonly RestoreEntry[]
  readonly #full: (entry: RestoreEntry) => Buffer
  readonly #open = new Map<number, Promise<Target>>()

  constructor(files: readonly RestoreEntry[], full: (entry: RestoreEntry) => Buffer) {
    this.#files = files
    this.#full = full
  }

  async create(file: number): Promise<void> {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
    const entry = this.#files[file] as RestoreEntry
    await onDisk(entry, async () => {
      await using handle = await open(this.#full(entry), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
      await handle.truncate(entry.bytes)
    })
  }

  async write(file: number, bytes: Buffer, at: number): Promise<void> {
    await onDisk(this.#files[file] as RestoreEntry, async () => {
      const target = await this.#use(file)
      try {
        if (bytes.length > smallWriteBytes) await writeAll(target.handle, bytes, at)
        else writeSmall(target.handle, bytes, at)
      } finally {
        target.users--
      }
    })
  }

  async finish(file: number): Promise<void> {
    const entry = this.#files[file] as RestoreEntry
    await onDisk(entry, async () => {
      const { handle } = await this.#use(file)
      if (process.getuid?.() === 0) await handle.chown(entry.node.uid, entry.node.gid)
      await handle.chmod(fromGoMode(entry.node.mode))
      const seconds = parseGoTime(entry.node.mtime) / 1000
      await handle.utimes(seconds, seconds)
      await handle.sync()
      this.#open.delete(file)
      await handle.close()
    })
  }

  /** The caller lowers `users` when it is done. */
  async #use(file: number): Promise<Target> {
    const known = this.#open.get(file)
    if (known !== undefined) {
      const target = await known
      target.users++
      return target
    }
    const path = this.#full(this.#files[file] as RestoreEntry)
    const opening = open(path, constants.O_RDWR | constants.O_NOFOLLOW).then((handle) => ({ handle, users: 0 }))
    this.#open.set(file, opening)
    const target = await opening
    target.users++
    if (this.#open.size > maxOpenFiles) await this.#closeIdle()
    return target
  }

  async #closeIdle(): Promise<void> {
    for (const [file, opening] of [...this.#open]) {
      const { handle, users } = await opening
      if (users > 0 || this.#open.get(file) !== opening) continue
      this.#open.delete(file)
      return handle.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const target of open) await (await target).handle.close()
  }
}

interface Target {
  readonly handle: FileHandle
  users: number
}

/** Single pages by the thousand: the way through the thread pool would take longer than the write. */
function writeSmall(handle: FileHandle, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(handle.fd, bytes, done, bytes.length - done, at + done)
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

async function finishLink({ node }: RestoreEntry, path: Buffer): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, node.uid, node.gid)
  const seconds = parseGoTime(node.mtime) / 1000
  await lutimes(path, seconds, seconds)
}

async function finishFolder({ node }: RestoreEntry, path: Buffer): Promise<void> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  await handle.sync()
  if (process.getuid?.() === 0) await handle.chown(node.uid, node.gid)
  await chmod(path, fromGoMode(node.mode))
  const seconds = parseGoTime(node.mtime) / 1000
  await utimes(path, seconds, seconds)
}
