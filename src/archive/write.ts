import { createHash, hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32, deflateRawSync } from 'node:zlib'
import { diskError } from '../disk/failure.ts'
import { assert, PulihError } from '../error.ts'
import { encodeCentral, encodeEnd, encodeLocal } from '../format/zip/encode.ts'
import { dosTimeOf, type ZipEntry } from '../format/zip/entry.ts'
import { in64, limit, method } from '../format/zip/layout.ts'
import { say } from '../message/phrases.ts'
import type { BlockTable, Manifest, StoredEntry } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { commentFor } from './comment.ts'
import { damaged } from './damage.ts'
import { codePrefix, databasePrefix, manifestEntry, restoreTextEntry } from './entry.ts'
import { unsafeName } from './names.ts'
import { readSome, type Source } from './range.ts'
import type { ArchiveEntry, ArchiveReader } from './read.ts'
import type { BlockSource } from './reuse.ts'
import { Sink } from './sink.ts'
import { stopIfCancelled } from './stop.ts'
import { storeBlocks } from './store-blocks.ts'

export type { BlockSource } from './reuse.ts'

export interface EntryMeta {
  readonly mtimeMs: number
  /** Permission bits. */
  readonly mode: number
}

/** What the manifest needs to know of an entry that was written. */
export interface WrittenEntry extends Omit<StoredEntry, 'path'> {
  /** null for files, which are too small to be cut. */
  readonly blocks: BlockTable | null
  /** How many of them came from an earlier archive. */
  readonly copiedBlocks: number
}

/** A file up to this size is read at once and stored as it is when deflate does not help. */
const smallFileBytes = 1024 * 1024

/**
 * Writes one archive into a draft. One entry after the other: await each call before the next. A source that cannot be
 * read to its end leaves the draft as before that call; after an error of writing it the draft is worthless.
 * Throws disk.full, disk.denied, disk.failed, cancelled, archive.unsafe-name.
 *
 * @example
 * await using draft = await Draft.open(folders.drafts, `${name}.zip`)
 * await using writer = await ArchiveWriter.create(draft, work)
 * const written = await writer.addDatabase('databases/finance_bot.db', staged, { mtimeMs, mode }, null)
 * await writer.finish(manifest)
 */
export class ArchiveWriter implements AsyncDisposable {
  readonly #sink: Sink
  readonly #handle: FileHandle
  readonly #path: string
  readonly #work: Work
  readonly #entries: ZipEntry[] = []
  /** Stored hashes by entry name, to be held against the manifest. */
  readonly #written = new Map<string, WrittenEntry>()

  private constructor(draft: { readonly handle: FileHandle; readonly path: string }, work: Work) {
    this.#sink = new Sink(draft)
    this.#handle = draft.handle
    this.#path = draft.path
    this.#work = work
  }

  /** The draft must be empty and stays the caller's: sync, commit and dispose are its own. */
  static async create(
    draft: { readonly handle: FileHandle; readonly path: string },
    work: Work,
  ): Promise<ArchiveWriter> {
    stopIfCancelled(work)
    return new ArchiveWriter(draft, work)
  }

  /**
   * Compresses a staged database on the thread pool, in blocks that a later archive can copy one by one; those whose
   * SHA-256 stands in `reuse` are copied. `onBytes` is told the raw bytes done.
   */
  async addDatabase(
    entryName: string,
    file: string,
    meta: EntryMeta,
    reuse: BlockSource | null,
    onBytes?: (bytes: number) => void,
  ): Promise<WrittenEntry> {
    return await this.#addBlocks(entryName, file, meta, { reuse, onBytes })
  }

  /** Adds bytes, or a file read once: what is read then is what counts, however it changes meanwhile. */
  async addFile(entryName: string, data: Uint8Array | string, meta: EntryMeta): Promise<WrittenEntry> {
    stopIfCancelled(this.#work)
    if (typeof data !== 'string') return await this.#addSmall(entryName, data, meta)
    const small = await readSmall(data)
    if (small !== null) return await this.#addSmall(entryName, small, meta)
    const written = await this.#addBlocks(entryName, data, meta, { reuse: null })
    return this.#note(entryName, { ...written, blocks: null })
  }

  /**
   * Copies an entry's stored bytes from an earlier archive, whose manifest must hold it, and compares their hash on the
   * way. Throws archive.damaged when they are not what was written then; the draft is then as before the call.
   */
  async copyEntry(
    entryName: string,
    from: ArchiveReader,
    entry: ArchiveEntry,
    meta: EntryMeta = entry,
  ): Promise<WrittenEntry> {
    const record = from.record(entry)
    assert(record !== null, `${entry.name} is not in the manifest of ${from.path}`)
    const head = await this.#begin(entryName, meta, {
      method: entry.method,
      crc32: entry.crc32,
      bytes: entry.bytes,
      storedBytes: entry.storedBytes,
    })
    await this.#orRewind(head.offset, async () => {
      const stored = createHash('sha256')
      for await (const piece of from.storedPieces(entry)) {
        stopIfCancelled(this.#work)
        stored.update(piece)
        await this.#sink.write(piece)
      }
      if (stored.digest('hex') === record.stored.sha256) return
      throw damaged(from.path, entry.name, 'entry-hash', 'its stored bytes are not what was written')
    })
    this.#entries.push(head)
    const blocks = 'blocks' in record ? record.blocks : null
    const { bytes, sha256 } = record
    const copiedBlocks = blocks === null ? 0 : Math.ceil(bytes / blocks.sizeBytes)
    return this.#note(entryName, { bytes, sha256, stored: record.stored, blocks, copiedBlocks })
  }

  /**
   * Adds RESTORE.txt and the manifest, then directory and end. The manifest must name exactly what was written. The bytes
   * are with the system afterwards, not yet on the disk: that is `draft.commit`.
   */
  async finish(manifest: Manifest): Promise<{ readonly bytes: number; readonly manifestSha256: string }> {
    this.#compare(manifest)
    const meta = { mtimeMs: Date.parse(manifest.created), mode: 0o600 }
    const raw = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
    const lastPart = createHash('sha256')
    await this.#addText(restoreTextEntry, restoreText(manifest), meta, lastPart)
    await this.#addText(manifestEntry, raw, meta, lastPart)
    const offset = this.#sink.position
    for (const entry of this.#entries) {
      const central = encodeCentral(entry)
      lastPart.update(central)
      await this.#sink.write(central)
    }
    const directory = { entries: this.#entries.length, bytes: this.#sink.position - offset, offset }
    assert(
      directory.bytes <= limit.directoryBytes && directory.entries <= limit.entries,
      'too many entries for one archive',
    )
    await this.#sink.write(encodeEnd(directory, commentFor(lastPart.digest('hex'))))
    await this.#sink.flush()
    await this.#truncate()
    return { bytes: this.#sink.position, manifestSha256: hash('sha256', raw, 'hex') }
  }

  /** Waits for a write that is still under way, so that the draft may be closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sink.settle()
  }

  /** Writes a local header for sizes that are known. */
  async #begin(
    name: string,
    meta: EntryMeta,
    facts: Pick<ZipEntry, 'method' | 'crc32' | 'bytes' | 'storedBytes'>,
    zip64 = Math.max(facts.bytes, facts.storedBytes) >= in64.u32,
  ): Promise<ZipEntry> {
    const reason = unsafeName(name)
    if (reason !== null) throw new PulihError('archive.unsafe-name', { name, reason })
    assert(!this.#written.has(name), `${name} added twice`)
    const entry = {
      ...facts,
      name,
      offset: this.#sink.position,
      mode: meta.mode & 0o777,
      mtimeMs: meta.mtimeMs,
      dosTime: dosTimeOf(meta.mtimeMs),
      zip64,
    }
    await this.#sink.write(encodeLocal(entry))
    return entry
  }

  /** Sizes are known only afterwards: the local header is patched, so that no data descriptor is needed. */
  async #addBlocks(
    name: string,
    file: string,
    meta: EntryMeta,
    options: { reuse: BlockSource | null; onBytes?: ((bytes: number) => void) | undefined },
  ): Promise<WrittenEntry> {
    await using source = await openFile(file)
    const zip64 = source.bytes >= zip64FromBytes
    const head = await this.#begin(name, meta, { method: method.deflate, crc32: 0, bytes: 0, storedBytes: 0 }, zip64)
    const { crc32: crc, ...written } = await this.#orRewind(head.offset, () =>
      storeBlocks(source, this.#sink, { ...this.#work, ...options }),
    )
    if (!zip64 && Math.max(written.bytes, written.stored.bytes) >= in64.u32) {
      throw new PulihError('disk.failed', { path: file, act: 'read', reason: 'it grew past 4 GiB while it was read' })
    }
    const entry = { ...head, crc32: crc, bytes: written.bytes, storedBytes: written.stored.bytes }
    await this.#sink.patch(head.offset, encodeLocal(entry))
    this.#entries.push(entry)
    return this.#note(name, written)
  }

  /** An entry that could not be read to its end leaves no trace, so that the archive can go on without it. */
  async #orRewind<T>(offset: number, write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      await this.#sink.rewind(offset)
      throw error
    }
  }

  async #addSmall(name: string, data: Uint8Array, meta: EntryMeta): Promise<WrittenEntry> {
    const { stored, ...facts } = pack(data)
    this.#entries.push(await this.#begin(name, meta, facts))
    await this.#sink.write(stored)
    return this.#note(name, {
      bytes: data.length,
      sha256: hash('sha256', data, 'hex'),
      stored: { bytes: stored.length, sha256: hash('sha256', stored, 'hex') },
      blocks: null,
      copiedBlocks: 0,
    })
  }

  /** The two texts at the end: their bytes count towards the hash in the comment. */
  async #addText(
    name: string,
    data: Uint8Array,
    meta: EntryMeta,
    lastPart: ReturnType<typeof createHash>,
  ): Promise<void> {
    const { stored, ...facts } = pack(data)
    const entry = await this.#begin(name, meta, facts)
    lastPart.update(encodeLocal(entry)).update(stored)
    this.#entries.push(entry)
    await this.#sink.write(stored)
  }

  #note(name: string, written: WrittenEntry): WrittenEntry {
    this.#written.set(name, written)
    return written
  }

  /** A manifest that does not fit the archive would make it damaged from the first day: that is a bug of the caller. */
  #compare(manifest: Manifest): void {
    const records = [
      ...manifest.databases.map((one) => [databasePrefix + one.path, one] as const),
      ...manifest.files.map((one) => [codePrefix + one.path, one] as const),
    ]
    for (const [name, record] of records) {
      const written = this.#written.get(name)
      const fits = written?.stored.sha256 === record.stored.sha256 && written.sha256 === record.sha256
      assert(fits, `the manifest does not fit ${name}`)
    }
    assert(records.length === this.#written.size, 'the manifest does not name every entry')
  }

  /** After a copy that was taken back the file may be longer than what was written in its place. */
  async #truncate(): Promise<void> {
    try {
      await this.#handle.truncate(this.#sink.position)
    } catch (error) {
      throw diskError(error, 'write', this.#path)
    }
  }
}

/** Deflate grows what it cannot compress by less than this: below, 32 bits hold both sizes. */
const zip64FromBytes = in64.u32 - 16 * 1024 * 1024

type Packed = Pick<ZipEntry, 'method' | 'crc32' | 'bytes' | 'storedBytes'> & { readonly stored: Uint8Array }

function pack(data: Uint8Array): Packed {
  const deflated = deflateRawSync(data, { level: 6, memLevel: 9 })
  const helps = deflated.length < data.length
  const stored = helps ? deflated : data
  return {
    method: helps ? method.deflate : method.store,
    crc32: crc32(data),
    bytes: data.length,
    storedBytes: stored.length,
    stored,
  }
}

function restoreText(manifest: Manifest): Uint8Array {
  const facts = {
    name: manifest.name,
    created: manifest.created,
    databases: manifest.databases.map(({ path }) => path),
    files: manifest.files.length,
  }
  const line = '-'.repeat(78)
  return Buffer.from(
    `${say('id', 'archive.restore-text', facts)}\n${line}\n\n${say('en', 'archive.restore-text', facts)}`,
  )
}

/** A pipe put in a file's place would block the opening for ever without O_NONBLOCK. */
const readOnly = constants.O_RDONLY | constants.O_NONBLOCK

async function openFile(path: string): Promise<Source & AsyncDisposable & { readonly bytes: number }> {
  try {
    const handle = await open(path, readOnly)
    const found = await handle.stat()
    if (found.isFile()) return { handle, path, bytes: found.size, [Symbol.asyncDispose]: () => handle.close() }
    await handle.close()
  } catch (error) {
    throw diskError(error, 'read', path)
  }
  throw new PulihError('disk.failed', { path, act: 'read', reason: 'not a regular file' })
}

/** A file's bytes when they are few; null when it is (or meanwhile became) a large one. */
async function readSmall(path: string): Promise<Buffer | null> {
  await using source = await openFile(path)
  if (source.bytes > smallFileBytes) return null
  // One byte more than allowed shows a file that grew.
  const data = Buffer.allocUnsafe(Math.min(smallFileBytes, source.bytes + 4096) + 1)
  const got = await readSome(source, data, 0)
  return got === data.length ? null : data.subarray(0, got)
}
