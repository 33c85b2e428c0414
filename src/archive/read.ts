import { createHash } from 'node:crypto'
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { diskError } from '../disk/failure.ts'
import { assert, PulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord, FileRecord, Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { unpackBlocks } from './block-table.ts'
import { damaged, findingOf } from './damage.ts'
import { type Description, describe, readableOf } from './describe.ts'
import { readDirectory } from './directory.ts'
import type { ArchiveEntry } from './entry.ts'
import { inflate, type Readable } from './inflate.ts'
import type { LegacyInfo } from './legacy.ts'
import { pieceBytes, pieces, type Source } from './range.ts'
import { release } from './release.ts'
import { BlockSource } from './reuse.ts'
import { Sink } from './sink.ts'
import { stopIfCancelled } from './stop.ts'
import { openTarget } from './target.ts'
import { Window } from './window.ts'

export type { ArchiveEntry } from './entry.ts'
export type { LegacyInfo, LegacyItem } from './legacy.ts'

/** One thing an archive can give back: ours or the predecessor's, present, and nothing known against it. */
export interface ArchiveItem {
  readonly kind: 'database' | 'file'
  /** Where it belongs in the app's folder. */
  readonly path: string
  readonly entry: ArchiveEntry
  /** null in predecessor archives, which recorded nothing about it. */
  readonly record: DatabaseRecord | FileRecord | null
}

export interface ExtractOptions extends Work {
  /** Folders between it and the target are made; none of them may be a symbolic link. Without: the parent must exist. */
  readonly root?: string
  /** Permission bits instead of the recorded ones. */
  readonly mode?: number
  /** fsync the file (default). The folder is the caller's: syncFolder once, after the last file. */
  readonly sync?: boolean
  /** Called with the raw bytes written so far. */
  readonly onBytes?: (bytes: number) => void
}

/**
 * Opens an archive and looks at everything but the entries' content: end, directory, every header, names, manifest.
 * Throws archive.unreadable when there is no zip to look at, disk.failed and disk.denied; whatever else is wrong is in
 * `findings`. Nothing of an archive with findings should be restored before a person has seen them.
 */
export async function openArchive(path: string): Promise<ArchiveReader> {
  const source = await openSource(path)
  try {
    const { size } = await source.handle.stat()
    const directory = await readDirectory(source, size)
    return new ArchiveReader(source, size, directory.entries, await describe(source, directory))
  } catch (error) {
    await source.handle.close()
    throw error
  }
}

async function openSource(path: string): Promise<Source> {
  try {
    // A pipe or device would block the opening for ever.
    if (!(await stat(path)).isFile()) {
      throw new PulihError('archive.unreadable', { path, kind: 'archive-unreadable', reason: 'not a file' })
    }
    return { handle: await open(path, 'r'), path }
  } catch (error) {
    throw diskError(error, 'read', path)
  }
}

/** An open archive; several calls may run at once. Close it: `await using reader = await openArchive(path)`. */
export class ArchiveReader implements AsyncDisposable {
  readonly path: string
  /** Of the zip file. */
  readonly bytes: number
  /** Every entry, also those with findings against them. */
  readonly entries: readonly ArchiveEntry[]
  /** What is wrong with the archive as far as it shows without reading content. */
  readonly findings: readonly Finding[]
  readonly manifest: Manifest | null
  readonly legacy: LegacyInfo | null
  /** Of the raw bytes of `backup_info.json`; of the empty string when there is none. */
  readonly manifestSha256: string
  /** Everything that can be given back. */
  readonly items: readonly ArchiveItem[]
  readonly #source: Source
  readonly #listed: ReadonlyMap<string, DatabaseRecord | FileRecord>
  readonly #against: ReadonlyMap<string, Finding>
  readonly #byName: ReadonlyMap<string, ArchiveEntry>
  readonly #own: ReadonlySet<ArchiveEntry>
  readonly #window: Window

  /** Use `openArchive`. */
  constructor(source: Source, bytes: number, entries: readonly ArchiveEntry[], description: Description) {
    this.path = source.path
    this.bytes = bytes
    this.entries = entries
    this.findings = description.findings
    this.manifest = description.manifest
    this.legacy = description.legacy
    this.manifestSha256 = description.manifestSha256
    this.#source = source
    this.#listed = description.listed
    this.#against = description.against
    this.#byName = new Map(entries.map((entry) => [entry.name, entry]))
    this.#own = new Set(entries)
    this.#window = new Window(source, pieceBytes)
    this.items = this.#itemsOf(description)
  }

  /** The entry of that exact name; null when there is none or something is known against it. */
  find(name: string): ArchiveEntry | null {
    const entry = this.#byName.get(name)
    return entry === undefined || this.#against.has(name) ? null : entry
  }

  /** What the manifest recorded about an entry. */
  record(entry: ArchiveEntry): DatabaseRecord | FileRecord | null {
    return this.#listed.get(entry.name) ?? null
  }

  /**
   * Raw bytes in order, never more than declared; size and CRC are compared at the end, so use nothing before it.
   * Throws archive.damaged, disk.failed, cancelled.
   */
  read(entry: ArchiveEntry, work: Work = {}): AsyncIterable<Buffer> {
    return inflate(this.#source, this.#readable(entry), work)
  }

  /** Stored bytes as they lie in the file, unchecked. */
  async *readStored(entry: ArchiveEntry): AsyncGenerator<Buffer, void, void> {
    for await (const piece of this.storedPieces(entry)) yield Buffer.from(piece)
  }

  /** As `readStored`, but a piece is only valid until the next one is asked for: no copies. */
  async *storedPieces(entry: ArchiveEntry): AsyncGenerator<Buffer, void, void> {
    const { dataOffset } = this.#readable(entry)
    if (entry.storedBytes <= pieceBytes / 4) yield await this.#window.at(dataOffset, entry.storedBytes)
    else yield* pieces(this.#source, dataOffset, entry.storedBytes)
  }

  /** SHA-256 of the raw bytes; checks what `read` checks. */
  async hash(entry: ArchiveEntry, work: Work = {}): Promise<{ readonly sha256: string }> {
    const hash = createHash('sha256')
    for await (const piece of this.read(entry, work)) {
      hash.update(piece)
      release(piece)
    }
    return { sha256: hash.digest('hex') }
  }

  /**
   * Reads every stored byte again, in the order of the file, and compares it with what was recorded: the hash of the
   * stored bytes where the manifest has one, the CRC of the raw bytes otherwise. Answers these findings and those of
   * opening; none means every byte of the file is as it was written. Throws only cancelled.
   */
  async readBack(work: Work = {}): Promise<readonly Finding[]> {
    const findings = [...this.findings]
    const total = this.entries.reduce((sum, { storedBytes }) => sum + storedBytes, 0)
    let done = 0
    for (const entry of [...this.entries].sort((a, b) => a.offset - b.offset)) {
      stopIfCancelled(work)
      if (entry.kind === 'file' && !this.#against.has(entry.name)) {
        const found = await this.#readBackEntry(entry, work)
        if (found !== null) findings.push(found)
      }
      done += entry.storedBytes
      work.progress?.({ step: 'read-back', subject: entry.name, done, total, unit: 'bytes' })
    }
    return findings
  }

  /**
   * The compressed blocks of a database, for a new archive to copy. Reads all of them first and compares the recorded
   * hash: null when it is not right (damage must not be carried on), or when this archive does not hold that database.
   */
  async blockSource(path: string, work: Work = {}): Promise<BlockSource | null> {
    const item = this.items.find((one) => one.kind === 'database' && one.path === path)
    if (item === undefined) return null
    const { blocks, dataOffset } = this.#readable(item.entry)
    if (blocks === null || (await this.#readBackEntry(item.entry, work)) !== null) return null
    return new BlockSource(this.#source, dataOffset, blocks)
  }

  /**
   * Writes an entry to a new file, with mode and mtime, and answers the SHA-256 of its bytes after comparing it with the
   * recorded one. On any error the file is removed. Throws archive.damaged, archive.target, disk.*, cancelled.
   */
  async extract(
    entry: ArchiveEntry,
    target: string,
    options: ExtractOptions = {},
  ): Promise<{ readonly sha256: string }> {
    const against = this.#against.get(entry.name)
    if (against !== undefined) throw damaged(this.path, entry.name, 'entry-damaged', against.detail || against.code)
    const readable = this.#readable(entry)
    const handle = await openTarget(target, options.root ?? null)
    try {
      const sha256 = await this.#pour(readable, { handle, path: target }, options)
      await this.#finish(entry, handle, options)
      return { sha256 }
    } catch (error) {
      await rm(target, { force: true })
      throw diskError(error, 'write', target)
    } finally {
      await handle.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.handle.close()
  }

  async #pour(
    readable: Readable,
    file: { handle: FileHandle; path: string },
    options: ExtractOptions,
  ): Promise<string> {
    const sink = new Sink(file, readable.entry.bytes)
    const hash = createHash('sha256')
    try {
      for await (const piece of inflate(this.#source, readable, options)) {
        hash.update(piece)
        await sink.write(piece)
        release(piece)
        options.onBytes?.(sink.position)
      }
      await sink.flush()
    } finally {
      await sink.settle()
    }
    const sha256 = hash.digest('hex')
    const record = this.record(readable.entry)
    if (record !== null && record.sha256 !== sha256) {
      throw damaged(this.path, readable.entry.name, 'recovered-hash', `SHA-256 ${sha256}, recorded ${record.sha256}`)
    }
    return sha256
  }

  async #finish(entry: ArchiveEntry, handle: FileHandle, options: ExtractOptions): Promise<void> {
    const record = this.record(entry)
    const mtimeMs = record !== null && 'mtimeMs' in record ? record.mtimeMs : entry.mtimeMs
    await handle.chmod((options.mode ?? entry.mode) || 0o600)
    await handle.utimes(mtimeMs / 1000, mtimeMs / 1000)
    if (options.sync ?? true) await handle.sync()
  }

  async #readBackEntry(entry: ArchiveEntry, work: Work): Promise<Finding | null> {
    const record = this.record(entry)
    const path = record?.path ?? entry.name
    try {
      if (record === null) {
        await this.hash(entry, work)
        return null
      }
      const hash = createHash('sha256')
      for await (const piece of this.storedPieces(entry)) {
        stopIfCancelled(work)
        hash.update(piece)
      }
      return hash.digest('hex') === record.stored.sha256 ? null : { code: 'entry-hash', path, detail: '' }
    } catch (error) {
      const finding = findingOf(error, path)
      if (finding === null) throw error
      return finding
    }
  }

  #readable(entry: ArchiveEntry): Readable {
    assert(this.#own.has(entry), `${entry.name} is not of ${this.path}`)
    const readable = readableOf(this.#source, this.bytes, entry)
    const record = this.record(entry)
    const table = record !== null && 'blocks' in record ? record.blocks : null
    return { ...readable, blocks: table === null ? null : unpackBlocks(table, entry.bytes, entry.storedBytes) }
  }

  #itemsOf({ manifest, legacy }: Description): readonly ArchiveItem[] {
    if (legacy !== null) {
      const items = (kind: ArchiveItem['kind'], list: LegacyInfo['files']): ArchiveItem[] =>
        list.map(({ path, entry }) => ({ kind, path, entry, record: null }))
      return [...items('database', legacy.databases), ...items('file', legacy.files)].filter(
        ({ entry }) => !this.#against.has(entry.name),
      )
    }
    if (manifest === null) return []
    return [...this.#listed].flatMap(([name, record]): ArchiveItem[] => {
      const entry = this.find(name)
      if (entry === null) return []
      return [{ kind: 'kind' in record ? 'file' : 'database', path: record.path, entry, record }]
    })
  }
}
