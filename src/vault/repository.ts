import { type Backend, configFile, type FileKind, shortName } from '../backend/backend.ts'
import { isPulihError, PulihError } from '../error.ts'
import { newConfig, type RepositoryConfig, readConfig, writeConfig } from '../format/restic/config-file.ts'
import { RepositoryFault } from '../format/restic/fault.ts'
import { type Id, idOf } from '../format/restic/id.ts'
import { newMasterKeys, type ScryptCost } from '../format/restic/key-file.ts'
import { Sealer } from '../format/restic/seal.ts'
import { openJson, sealJson } from '../format/restic/unpacked.ts'
import { type OpenedKey, openKeys, storeKey } from './keys.ts'

/** Kinds whose files are sealed JSON. */
export type JsonKind = Extract<FileKind, 'index' | 'snapshots' | 'locks'>

/** An opened repository in restic's format: its place, its keys, and reading and writing of whole files. */
export class Repository implements AsyncDisposable {
  readonly backend: Backend
  readonly key: OpenedKey
  readonly config: RepositoryConfig
  readonly sealer: Sealer

  private constructor(backend: Backend, key: OpenedKey, config: RepositoryConfig) {
    this.backend = backend
    this.key = key
    this.config = config
    this.sealer = new Sealer(key.keys)
  }

  /**
   * Founds a repository of version 2: folders, key file, config last. Throws vault.exists when any of a config, a key or
   * a snapshot is there already.
   */
  static async init(backend: Backend, password: string, nowMs: number, cost?: ScryptCost): Promise<Repository> {
    await backend.create()
    if (await holdsAnything(backend)) throw new PulihError('vault.exists', { place: backend.place })
    const keys = newMasterKeys()
    const id = await storeKey(backend, keys, password, nowMs, cost)
    const config = newConfig()
    const bytes = writeConfig(new Sealer(keys), config)
    try {
      await backend.put(configFile, bytes, { exclusive: true })
    } catch (error) {
      // Somebody else founded one in the same moment: our key would open nothing there.
      await backend.remove({ kind: 'keys', name: id })
      if (!isPulihError(error, 'backend.exists')) throw error
      throw new PulihError('vault.exists', { place: backend.place }, { cause: error })
    }
    const kept = await backend.read(configFile, null)
    if (!kept.equals(bytes))
      throw new PulihError('backend.unkept', { place: backend.place, name: 'config', detail: 'other bytes came back' })
    return new Repository(backend, { id, keys }, config)
  }

  /** Throws vault.absent, vault.password, vault.damaged and the backend's errors. Writes nothing. */
  static async open(backend: Backend, password: string, signal?: AbortSignal): Promise<Repository> {
    const stored = readStoredConfig(backend, signal)
    // Both are needed and one is slow to compute: whichever fails first is awaited below.
    stored.catch(() => undefined)
    const key = await openKeys(backend, password, signal)
    const config = guarded('config', () => readConfigOf(key, stored))
    return new Repository(backend, key, await config)
  }

  /** The JSON of a sealed file whose bytes hash to its name. Throws vault.damaged, backend.missing. */
  async readJson(kind: JsonKind, name: string, signal?: AbortSignal): Promise<unknown> {
    const stored = await this.backend.read({ kind, name }, null, signal)
    const file = shortName({ kind, name })
    return guarded(file, async () => {
      if (idOf(stored) !== name) throw new RepositoryFault('invalid', 'its bytes are not those its name speaks of')
      return openJson(this.sealer, this.config.version, stored)
    })
  }

  /** Seals, stores, and reads back: an answer "stored" is not believed. */
  async writeJson(kind: JsonKind, json: string, signal?: AbortSignal): Promise<Id> {
    const stored = sealJson(this.sealer, this.config.version, json)
    const name = idOf(stored)
    await this.backend.put({ kind, name }, stored, { signal })
    if (kind !== 'locks') await this.#confirm(kind, name, stored, signal)
    return name
  }

  async #confirm(kind: JsonKind, name: Id, stored: Buffer, signal: AbortSignal | undefined): Promise<void> {
    const kept = await this.backend.read({ kind, name }, null, signal)
    if (kept.equals(stored)) return
    await this.backend.remove({ kind, name }, signal)
    const facts = { place: this.backend.place, name: shortName({ kind, name }), detail: 'other bytes came back' }
    throw new PulihError('backend.unkept', facts)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backend[Symbol.asyncDispose]()
  }
}

async function holdsAnything(backend: Backend): Promise<boolean> {
  try {
    await backend.size(configFile)
    return true
  } catch (error) {
    if (!isPulihError(error, 'backend.missing')) throw error
  }
  for (const kind of ['keys', 'snapshots'] as const) for await (const _ of backend.list(kind)) return true
  return false
}

async function readStoredConfig(backend: Backend, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    return await backend.read(configFile, null, signal)
  } catch (error) {
    if (!isPulihError(error, 'backend.missing')) throw error
    throw new PulihError('vault.absent', { place: backend.place }, { cause: error })
  }
}

async function readConfigOf(key: OpenedKey, stored: Promise<Buffer>): Promise<RepositoryConfig> {
  return readConfig(new Sealer(key.keys), await stored)
}

/** What the format calls a fault becomes damage of a named file. */
export async function guarded<T>(file: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof RepositoryFault)) throw error
    throw new PulihError('vault.damaged', { file, detail: error.message }, { cause: error })
  }
}
