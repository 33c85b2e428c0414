import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import type { FileEntryWithStats, SFTPWrapper } from 'ssh2'
import { PulihError } from '../../error.ts'
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
import { openSession, type SftpOptions, type SftpSession } from './session.ts'

/** SFTP's own codes. */
const noSuchFile = 2
const permissionDenied = 3
const failure = 4

/** One request carries this much; many are on their way at once, or a long line would be mostly waiting. */
const pieceBytes = 32_768
const piecesAtOnce = 32

const draftForm = /^(?:config|[0-9a-f]{64})-restic-temp-[0-9a-f]{32}$/

/** A folder on an SSH host, in restic's layout. One connection, renewed when it broke. */
export class SftpBackend implements Backend {
  readonly place: string
  readonly connections = 5
  readonly verifiesUploads = false
  readonly #options: SftpOptions
  #session: Promise<SftpSession> | undefined

  constructor(options: SftpOptions) {
    this.place = options.place
    this.#options = options
  }

  async create(): Promise<void> {
    const sftp = await this.#open()
    await this.#makeFolders(sftp, this.#options.root)
    for (const kind of fileKinds) if (kind !== 'config') await this.#makeFolder(sftp, this.#join(kind))
    await Promise.all(packFolders.map((folder) => this.#makeFolder(sftp, this.#join('data', folder))))
  }

  async *list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    const sftp = await this.#open()
    const folders = kind === 'data' ? packFolders.map((folder) => this.#join(kind, folder)) : [this.#join(kind)]
    for (const folder of folders) {
      signal?.throwIfAborted()
      for (const entry of await this.#entries(sftp, folder))
        if (isListedName(entry.filename)) yield { name: entry.filename, bytes: entry.attrs.size }
    }
  }

  async size(file: FileName): Promise<number> {
    const sftp = await this.#open()
    const { size } = await this.#call<{ size: number }>('look', shortName(file), (done) =>
      sftp.stat(this.#path(file), done),
    )
    return size
  }

  async read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted()
    const sftp = await this.#open()
    const name = shortName(file)
    const handle = await this.#call<Buffer>('read', name, (done) => sftp.open(this.#path(file), 'r', done))
    try {
      const { size } = await this.#call<{ size: number }>('read', name, (done) => sftp.fstat(handle, done))
      const { offset, length } = range ?? { offset: 0, length: size }
      if (offset + length > size) throw shortFile(this.place, file, size, offset + length)
      const bytes = Buffer.allocUnsafeSlow(length)
      await inPieces(length, signal, (at, count) => this.#readPiece(sftp, handle, bytes, at, count, offset))
      return bytes
    } finally {
      await this.#call('close', name, (done) => sftp.close(handle, done))
    }
  }

  /** A server may answer with less than asked for: go on until the piece is whole. */
  async #readPiece(
    sftp: SFTPWrapper,
    handle: Buffer,
    into: Buffer,
    at: number,
    count: number,
    from: number,
  ): Promise<void> {
    for (let done = 0; done < count; ) {
      const start = at + done
      const came = await this.#call<number>('read', 'a file', (back) =>
        sftp.read(handle, into, start, count - done, from + start, (error, bytesRead) => back(error, bytesRead)),
      )
      if (came === 0) throw this.#failed('read', 'the file ended early')
      done += came
    }
  }

  async put(file: FileName, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    options.signal?.throwIfAborted()
    const sftp = await this.#open()
    const target = this.#path(file)
    const draft = `${target}-restic-temp-${randomBytes(16).toString('hex')}`
    try {
      await this.#write(sftp, draft, bytes, options.signal)
      await this.#publish(sftp, draft, file, options.exclusive === true)
    } catch (error) {
      await this.#discard(sftp, draft)
      throw await this.#fullOr(sftp, error, bytes.length)
    }
  }

  async #write(sftp: SFTPWrapper, draft: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const handle = await this.#create(sftp, draft)
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    try {
      await inPieces(data.length, signal, (at, count) =>
        this.#call('store', 'a file', (done) => sftp.write(handle, data, at, count, at, done)),
      )
      await this.#sync(sftp, handle)
    } finally {
      await this.#call('store', 'a file', (done) => sftp.close(handle, done))
    }
  }

  /** Folders may be missing in a repository that was copied without its empty ones. */
  async #create(sftp: SFTPWrapper, draft: string): Promise<Buffer> {
    const open = () =>
      this.#call<Buffer>('store', posix.basename(draft), (done) => sftp.open(draft, 'wx', { mode: 0o600 }, done))
    try {
      return await open()
    } catch (error) {
      if (codeOf(error) !== noSuchFile) throw error
      await this.#makeFolder(sftp, posix.dirname(draft))
      return open()
    }
  }

  /** Durable where the server offers fsync; others decide themselves. */
  async #sync(sftp: SFTPWrapper, handle: Buffer): Promise<void> {
    await this.#optional((done) => sftp.ext_openssh_fsync(handle, done))
  }

  /** A plain rename refuses an existing name, the POSIX one replaces it. */
  async #publish(sftp: SFTPWrapper, draft: string, file: FileName, exclusive: boolean): Promise<void> {
    const target = this.#path(file)
    const plain = () => this.#call('store', shortName(file), (done) => sftp.rename(draft, target, done))
    if (!exclusive) {
      if (await this.#optional((done) => sftp.ext_openssh_rename(draft, target, done))) return
      await this.#discard(sftp, target)
      await plain()
      return
    }
    try {
      await plain()
    } catch (error) {
      if (codeOf(error) !== failure || !(await this.#exists(sftp, target))) throw error
      throw new PulihError('backend.exists', { place: this.place, name: shortName(file) }, { cause: error })
    }
  }

  /** False when the server does not know the extension. */
  async #optional(act: (done: (error?: Error | null) => void) => void): Promise<boolean> {
    try {
      await this.#call('store', 'a file', (done) => act(done as (error?: Error | null) => void))
      return true
    } catch (error) {
      const cause = error instanceof PulihError ? error.cause : error
      const unknown = codeOf(error) === 8 || (cause instanceof Error && /does not support/.test(cause.message))
      if (unknown) return false
      throw error
    }
  }

  async #exists(sftp: SFTPWrapper, path: string): Promise<boolean> {
    return new Promise((resolve) => sftp.stat(path, (error) => resolve(error === undefined || error === null)))
  }

  async #discard(sftp: SFTPWrapper, path: string): Promise<void> {
    // On the way out of a failure: what cannot be removed now is swept later.
    await new Promise<void>((resolve) => sftp.unlink(path, () => resolve()))
  }

  /** SFTP has one code for every failure; the free space tells whether the disk is full. */
  async #fullOr(sftp: SFTPWrapper, error: unknown, bytes: number): Promise<unknown> {
    if (codeOf(error) !== failure) return error
    const free = await this.#freeBytes(sftp)
    if (free === null || free > bytes + (1 << 20)) return error
    return new PulihError('backend.full', { place: this.place, reason: `${free} bytes free there` }, { cause: error })
  }

  #freeBytes(sftp: SFTPWrapper): Promise<number | null> {
    return new Promise((resolve) => {
      try {
        sftp.ext_openssh_statvfs(this.#options.root, (error, info) => {
          const { f_bavail: blocks = 0, f_frsize: blockBytes = 0 } = (info ?? {}) as Record<string, number>
          resolve(error ? null : blocks * blockBytes)
        })
      } catch {
        // The server does not know the extension: nothing can be said.
        resolve(null)
      }
    })
  }

  async remove(file: FileName): Promise<void> {
    const sftp = await this.#open()
    const path = this.#path(file)
    const unlink = () => this.#call('remove', shortName(file), (done) => sftp.unlink(path, done))
    try {
      await unlink()
    } catch (error) {
      if (codeOf(error) === noSuchFile) return
      if (codeOf(error) !== permissionDenied) throw error
      // Windows servers refuse to delete read-only files.
      await this.#call('remove', shortName(file), (done) => sftp.chmod(path, 0o600, done))
      await unlink()
    }
  }

  async sweep(signal?: AbortSignal): Promise<void> {
    const sftp = await this.#open()
    const before = Date.now() / 1000 - 86_400
    const folders = [
      '.',
      ...fileKinds.filter((kind) => kind !== 'config'),
      ...packFolders.map((name) => `data/${name}`),
    ]
    for (const folder of folders) {
      signal?.throwIfAborted()
      for (const { filename, attrs } of await this.#entries(sftp, this.#join(folder)))
        if (draftForm.test(filename) && attrs.mtime < before) await this.#discard(sftp, this.#join(folder, filename))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    this.#session = undefined
    session?.end()
  }

  async #open(): Promise<SFTPWrapper> {
    const current = await this.#session?.catch(() => undefined)
    if (current === undefined || current.closed()) this.#session = openSession(this.#options)
    return (await (this.#session as Promise<SftpSession>)).sftp
  }

  #join(...parts: readonly string[]): string {
    return posix.join(this.#options.root, ...parts)
  }

  #path(file: FileName): string {
    return this.#join(layoutPath(file))
  }

  async #entries(sftp: SFTPWrapper, folder: string): Promise<readonly FileEntryWithStats[]> {
    try {
      return await this.#call<FileEntryWithStats[]>('list', folder, (done) => sftp.readdir(folder, done))
    } catch (error) {
      if (codeOf(error) === noSuchFile) return []
      throw error
    }
  }

  async #makeFolders(sftp: SFTPWrapper, path: string): Promise<void> {
    if (path === '/' || path === '.' || path === '' || (await this.#exists(sftp, path))) return
    await this.#makeFolders(sftp, posix.dirname(path))
    await this.#makeFolder(sftp, path)
  }

  async #makeFolder(sftp: SFTPWrapper, path: string): Promise<void> {
    try {
      await this.#call('create', path, (done) => sftp.mkdir(path, { mode: 0o700 }, done))
    } catch (error) {
      if (!(await this.#exists(sftp, path))) throw error
    }
  }

  /** A callback API as a promise, its errors as ours. */
  #call<T>(
    act: string,
    name: string,
    start: (done: (error: Error | null | undefined, value?: T) => void) => void,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const done = (error: Error | null | undefined, value?: T) =>
        error ? reject(this.#error(error, act, name)) : resolve(value as T)
      try {
        start(done)
      } catch (error) {
        reject(this.#error(error, act, name))
      }
    })
  }

  #error(error: unknown, act: string, name: string): PulihError {
    const code = codeOf(error)
    const reason = `${name}: ${error instanceof Error ? error.message : String(error)}`
    const { place } = this
    if (code === noSuchFile) return new PulihError('backend.missing', { place, name }, { cause: error })
    if (code === permissionDenied) return new PulihError('backend.denied', { place, act, reason }, { cause: error })
    if (code === null) return new PulihError('backend.unreachable', { place, reason }, { cause: error })
    return new PulihError('backend.failed', { place, act, reason }, { cause: error })
  }

  #failed(act: string, reason: string): PulihError {
    return new PulihError('backend.failed', { place: this.place, act, reason })
  }
}

/** SFTP's code of an error or of its cause; null for a broken connection. */
function codeOf(error: unknown): number | null {
  const source = error instanceof PulihError ? error.cause : error
  const code = (source as { code?: unknown } | null | undefined)?.code
  return typeof code === 'number' ? code : null
}

/** Runs `act` over a length in pieces, several at once. */
async function inPieces(
  length: number,
  signal: AbortSignal | undefined,
  act: (at: number, count: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    while (next < length) {
      signal?.throwIfAborted()
      const at = next
      next += pieceBytes
      await act(at, Math.min(pieceBytes, length - at))
    }
  }
  const runs = await Promise.allSettled(Array.from({ length: piecesAtOnce }, run))
  const failed = runs.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
