import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../../disk/draft.ts'
import { errnoOf, PulihError } from '../../error.ts'
import {
  type Backend,
  type FileKind,
  type FileName,
  fileKinds,
  isListedName,
  type Listed,
  layoutPath,
  type PutOptions,
  packFolders,
  type Range,
  shortFile,
  shortName,
} from '../backend.ts'

const draftForm = /^(?:config|[0-9a-f]{64})-tmp-[0-9a-f]{16}$/
const dayMs = 86_400_000

/** A folder of this machine (or a mounted one), in restic's layout, durable at every put. */
export class LocalBackend implements Backend {
  readonly place: string
  readonly connections = 2
  readonly verifiesUploads = false
  readonly #root: string
  #modes: Promise<{ file: number; folder: number }> | undefined

  constructor(root: string) {
    this.place = root
    this.#root = root
  }

  async create(): Promise<void> {
    try {
      for (const kind of fileKinds) if (kind !== 'config') await this.#folder(join(this.#root, kind))
      for (const folder of packFolders) await mkdir(join(this.#root, 'data', folder), { mode: 0o700, recursive: true })
      await syncFolder(join(this.#root, 'data'))
      await syncFolder(this.#root)
    } catch (error) {
      throw this.#failure(error, 'create folders', this.#root)
    }
  }

  async *list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    const folders = kind === 'data' ? packFolders.map((folder) => join(kind, folder)) : [kind]
    for (const folder of folders) {
      signal?.throwIfAborted()
      for (const name of (await this.#names(folder)).filter(isListedName)) {
        const bytes = await this.#bytes(join(this.#root, folder, name))
        if (bytes !== null) yield { name, bytes }
      }
    }
  }

  async size(file: FileName): Promise<number> {
    const bytes = await this.#bytes(this.#path(file))
    if (bytes === null) throw new PulihError('backend.missing', { place: this.place, name: shortName(file) })
    return bytes
  }

  async read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted()
    try {
      await using handle = await open(this.#path(file), constants.O_RDONLY)
      const { size } = await handle.stat()
      const { offset, length } = range ?? { offset: 0, length: size }
      if (offset + length > size) throw shortFile(this.place, file, size, offset + length)
      const bytes = Buffer.allocUnsafeSlow(length)
      for (let at = 0; at < length; ) {
        const { bytesRead } = await handle.read(bytes, at, length - at, offset + at)
        if (bytesRead === 0) throw shortFile(this.place, file, offset + at, offset + length)
        at += bytesRead
      }
      return bytes
    } catch (error) {
      throw this.#failure(error, 'read', shortName(file))
    }
  }

  async put(file: FileName, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    options.signal?.throwIfAborted()
    const target = this.#path(file)
    const draft = `${target}-tmp-${randomBytes(8).toString('hex')}`
    try {
      await this.#folder(dirname(target))
      await this.#write(draft, bytes, options.signal)
      await this.#publish(draft, target, options.exclusive === true)
      await syncFolder(dirname(target))
    } catch (error) {
      await rm(draft, { force: true })
      if (errnoOf(error) === 'EEXIST')
        throw new PulihError('backend.exists', { place: this.place, name: shortName(file) }, { cause: error })
      throw this.#failure(error, 'store', shortName(file))
    }
  }

  async #write(draft: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    await using handle = await open(draft, 'wx', 0o600)
    await handle.writeFile(bytes)
    await handle.sync()
    signal?.throwIfAborted()
    await chmod(draft, (await this.#mode()).file)
  }

  /** A second name fails when the target exists, a rename replaces it. */
  async #publish(draft: string, target: string, exclusive: boolean): Promise<void> {
    if (!exclusive) return rename(draft, target)
    await link(draft, target)
    await unlink(draft)
  }

  async remove(file: FileName): Promise<void> {
    try {
      await rm(this.#path(file), { force: true })
      await syncFolder(dirname(this.#path(file)))
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || isDiskMissing(error)) return
      throw this.#failure(error, 'remove', shortName(file))
    }
  }

  async sweep(signal?: AbortSignal): Promise<void> {
    const folders = [
      '.',
      ...fileKinds.filter((kind) => kind !== 'config'),
      ...packFolders.map((name) => `data/${name}`),
    ]
    for (const folder of folders) {
      signal?.throwIfAborted()
      for (const name of (await this.#names(folder)).filter((name) => draftForm.test(name)))
        await this.#removeOld(join(this.#root, folder, name))
    }
  }

  async #removeOld(path: string): Promise<void> {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > dayMs) await rm(path, { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held open.
  }

  #path(file: FileName): string {
    return join(this.#root, layoutPath(file))
  }

  async #names(folder: string): Promise<readonly string[]> {
    try {
      return await readdir(join(this.#root, folder))
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return []
      throw this.#failure(error, 'list', folder)
    }
  }

  async #bytes(path: string): Promise<number | null> {
    try {
      return (await stat(path)).size
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null
      throw this.#failure(error, 'look at', path)
    }
  }

  async #folder(path: string): Promise<void> {
    await mkdir(path, { recursive: true, mode: (await this.#mode()).folder })
  }

  /** Readable by the group when the repository's config is: restic's way of sharing one among users. */
  #mode(): Promise<{ file: number; folder: number }> {
    this.#modes ??= stat(join(this.#root, 'config')).then(
      ({ mode }) => ((mode & 0o040) === 0 ? { file: 0o400, folder: 0o700 } : { file: 0o440, folder: 0o770 }),
      // No config yet (or none we may look at): private.
      () => ({ file: 0o400, folder: 0o700 }),
    )
    return this.#modes
  }

  #failure(error: unknown, act: string, name: string): unknown {
    const errno = errnoOf(error)
    const reason = error instanceof Error ? error.message : String(error)
    if (errno === undefined || error instanceof PulihError) return error
    if (errno === 'ENOENT') return new PulihError('backend.missing', { place: this.place, name }, { cause: error })
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errno))
      return new PulihError('backend.full', { place: this.place, reason }, { cause: error })
    if (['EACCES', 'EPERM', 'EROFS'].includes(errno))
      return new PulihError('backend.denied', { place: this.place, act, reason }, { cause: error })
    return new PulihError('backend.failed', { place: this.place, act, reason }, { cause: error })
  }
}

function isDiskMissing(error: unknown): boolean {
  return error instanceof PulihError && errnoOf(error.cause) === 'ENOENT'
}
