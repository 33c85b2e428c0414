import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoOf } from '../error.ts'
import { failpoint } from './failpoint.ts'
import { diskError } from './failure.ts'
import { selfIdentity } from './process.ts'

const exclusive = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * Writes a whole small file so that after a crash or a power cut either the old or the new one is there: a draft beside
 * it, fsync, rename over it, fsync of the folder (which is made when missing). Mode 0600 unless said otherwise.
 * Throws disk.full, disk.denied, disk.failed; then the old file is untouched and no draft is left.
 */
export async function writeDurably(
  path: string,
  data: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  const folder = dirname(path)
  try {
    await makeFolder(folder)
    const draft = draftPath(folder, `.${basename(path)}`)
    await using handle = await open(draft, exclusive, options.mode ?? 0o600)
    try {
      await handle.writeFile(data)
      await handle.sync()
      await rename(draft, path)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
    await syncFolder(folder)
  } catch (error) {
    throw diskError(error, 'write', path)
  }
}

/**
 * A file that is not there until `commit`: it grows in the drafts folder and leaving scope without commit deletes it.
 * Target and draft must be on one file system.
 *
 * @example
 * await using draft = await Draft.open(folders.drafts, 'backup_manual_20250802_120000.zip')
 * await draft.handle.write(bytes)
 * await draft.commit(join(folders.backups, 'backup_manual_20250802_120000.zip'))
 */
export class Draft implements AsyncDisposable {
  readonly handle: FileHandle
  readonly path: string
  #committed = false
  #closed = false

  private constructor(handle: FileHandle, path: string) {
    this.handle = handle
    this.path = path
  }

  /** `name` is only a hint for a person looking into the folder; the path is unique and tells whose draft it is. */
  static async open(folder: string, name: string, mode = 0o600): Promise<Draft> {
    const path = draftPath(folder, name)
    try {
      await makeFolder(folder)
      return new Draft(await open(path, exclusive, mode), path)
    } catch (error) {
      throw diskError(error, 'create', path)
    }
  }

  /**
   * Makes the bytes durable, then visible under `target` in one step, then that durable too. Never replaces a file:
   * throws disk.failed (EEXIST) and the draft stays a draft. Call once.
   */
  async commit(target: string): Promise<void> {
    try {
      await this.handle.sync()
      await this.#close()
      await moveNew(this.path, target)
      this.#committed = true
      await syncFolder(dirname(target))
    } catch (error) {
      throw diskError(error, 'write', target)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    if (!this.#committed) await rm(this.path, { force: true })
  }

  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.handle.close()
  }
}

/**
 * Renames without ever replacing: a second name first (which fails when the target exists), then the old name goes.
 * A crash in between leaves two names of the same bytes. Without hard links (some network and FAT mounts): look, then
 * rename; callers hold the lock.
 */
export async function moveNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error) ?? '')) throw error
    await refuseExisting(to)
    await rename(from, to)
    return
  }
  failpoint('disk.linked')
  await unlink(from)
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  throw Object.assign(new Error(`EEXIST: file already exists, rename '${path}'`), { code: 'EEXIST' })
}

/** Makes renames, links and removals inside `path` survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await using handle = await open(path, 'r')
    await handle.sync()
  } catch (error) {
    // Some file systems (CIFS, a few FUSE ones) cannot sync a folder; they order their metadata themselves.
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR'].includes(errnoOf(error) ?? '')) {
      throw diskError(error, 'sync', path)
    }
  }
}

/** Makes the folder and its missing parents, 0700; one that is there keeps its mode. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw diskError(error, 'create', path)
  }
}

/** `<name>.<pid>-<start>-<random>.draft`: whose it is, so that `sweep` leaves running work alone. */
function draftPath(folder: string, name: string): string {
  return join(folder, `${name.slice(0, 180)}.${selfIdentity()}-${randomBytes(4).toString('hex')}.draft`)
}
