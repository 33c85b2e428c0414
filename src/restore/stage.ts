import { randomBytes } from 'node:crypto'
import { mkdir, readdir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { moveNew, syncFolder } from '../disk/draft.ts'
import { diskError } from '../disk/failure.ts'
import { isAlive, selfIdentity } from '../disk/process.ts'
import { PulihError } from '../error.ts'
import { makeFolders } from './aside.ts'
import type { Content } from './content.ts'
import { lookAt } from './identity.ts'
import { removeEmpty } from './swap-back.ts'
import { targetFor } from './target.ts'

export interface Destination {
  /** The real path of the folder; null: it does not exist. */
  readonly root: string | null
}

/** The folder is absent or empty (what a killed run left apart), or may hold other files. Changes nothing. */
export async function requireDestination(folder: string, into: boolean): Promise<Destination> {
  const there = await lookAt(folder)
  if (there === null) return { root: null }
  if (there.isSymbolicLink()) {
    throw new PulihError('restore.link', { path: folder, leads: await realpath(folder).catch(() => null) })
  }
  if (!there.isDirectory()) throw new PulihError('restore.in-the-way', { path: folder })
  const names = (await namesIn(folder)).filter((name) => !isLeftover(name))
  if (names.length > 0 && !into) throw new PulihError('restore.not-empty', { folder })
  return { root: await realpath(folder) }
}

/** Everything is recovered here first. Leaving scope removes what was not placed. */
export interface Stage extends AsyncDisposable {
  readonly root: string
  pathOf(path: string): string
  /** Gives every recovered path its name, replacing nothing; on failure none has it. Call once, with everything synced. */
  place(contents: readonly Content[]): Promise<void>
}

/** On the target's own file system, so that placing is renaming. Sweeps what killed runs left there. */
export async function openStage(folder: string): Promise<Stage> {
  const isThere = (await lookAt(folder)) !== null
  const parent = isThere ? folder : dirname(folder)
  const made: string[] = []
  try {
    made.push(...(await makeParents(parent)))
    await sweepLeftovers(parent, isThere ? '' : basename(folder))
    const root = join(
      parent,
      `${stagePrefix(isThere ? '' : basename(folder))}${selfIdentity()}-${randomBytes(4).toString('hex')}`,
    )
    await mkdir(root)
    return new FolderStage(folder, root, isThere, made)
  } catch (error) {
    await removeEmpty(made)
    throw diskError(error, 'create', folder)
  }
}

class FolderStage implements Stage {
  readonly root: string
  readonly #folder: string
  readonly #isThere: boolean
  readonly #made: readonly string[]
  #isPlaced = false

  constructor(folder: string, root: string, isThere: boolean, made: readonly string[]) {
    this.root = root
    this.#folder = folder
    this.#isThere = isThere
    this.#made = made
  }

  pathOf(path: string): string {
    return join(this.root, path)
  }

  async place(contents: readonly Content[]): Promise<void> {
    try {
      if (this.#isThere) await this.#placeEach(contents)
      else await this.#placeWhole()
      this.#isPlaced = true
    } catch (error) {
      throw diskError(error, 'write', this.#folder)
    }
  }

  /** One rename: the folder is there with everything in it, or not at all. */
  async #placeWhole(): Promise<void> {
    for (const folder of await foldersIn(this.root)) await syncFolder(folder)
    await rename(this.root, this.#folder)
    await syncFolder(dirname(this.#folder))
  }

  async #placeEach(contents: readonly Content[]): Promise<void> {
    const placed: string[] = []
    const made: string[] = []
    try {
      const root = await realpath(this.#folder)
      for (const { path, kind } of contents) {
        const { absolute, missing } = await targetFor(root, path, kind)
        await makeFolders(missing)
        made.push(...missing)
        await moveNew(this.pathOf(path), absolute)
        placed.push(absolute)
      }
      for (const folder of new Set(placed.map((path) => dirname(path)))) await syncFolder(folder)
    } catch (error) {
      for (const path of placed) await rm(path, { force: true })
      await removeEmpty(made)
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 })
    if (!this.#isPlaced) await removeEmpty(this.#made)
  }
}

function stagePrefix(name: string): string {
  return `.${name}${name === '' ? '' : '.'}pulih-restore-`
}

function isLeftover(name: string): boolean {
  const owner = /^\.pulih-restore-(\d+-\d+)-[0-9a-f]+$/.exec(name)?.[1]
  return owner !== undefined && !isAlive(owner)
}

async function sweepLeftovers(parent: string, name: string): Promise<void> {
  const prefix = stagePrefix(name)
  for (const found of await namesIn(parent)) {
    const plain = found.startsWith(prefix) ? `.pulih-restore-${found.slice(prefix.length)}` : ''
    if (isLeftover(plain)) await rm(join(parent, found), { recursive: true, force: true })
  }
}

/** Missing folders down to `folder`, outermost first, made. */
async function makeParents(folder: string): Promise<string[]> {
  const missing: string[] = []
  for (let at = folder; (await lookAt(at)) === null; at = dirname(at)) missing.unshift(at)
  await makeFolders(missing)
  return missing
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return [root, ...entries.filter((one) => one.isDirectory()).map((one) => join(one.parentPath, one.name))]
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    throw diskError(error, 'read', folder)
  }
}
