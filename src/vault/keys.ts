import type { Backend } from '../backend/backend.ts'
import { PulihError } from '../error.ts'
import { RepositoryFault } from '../format/restic/fault.ts'
import { type Id, idOf } from '../format/restic/id.ts'
import { type KeyFile, openKeyFile, parseKeyFile, type ScryptCost, writeKeyFile } from '../format/restic/key-file.ts'
import type { Keys } from '../format/restic/seal.ts'
import { goTime } from '../format/restic/time.ts'
import { whoAmI } from './machine.ts'

/** restic tries as many. */
const maxKeys = 20

export interface OpenedKey {
  readonly id: Id
  readonly keys: Keys
}

export interface ListedKey {
  readonly id: string
  readonly created: string
  readonly username: string
  readonly hostname: string
  readonly current: boolean
}

/**
 * Tries the password on every key file. Throws vault.absent when there is none, vault.password when it opens none; a key
 * file that is damaged is passed over as long as another one opens.
 */
export async function openKeys(backend: Backend, password: string, signal?: AbortSignal): Promise<OpenedKey> {
  const names = await keyNames(backend, signal)
  if (names.length === 0) throw new PulihError('vault.absent', { place: backend.place })
  let damage: unknown
  for (const name of names.slice(0, maxKeys)) {
    try {
      const keys = await openKeyFile(await readKeyFile(backend, name, signal), password)
      return { id: name as Id, keys }
    } catch (error) {
      if (error instanceof RepositoryFault && error.kind === 'sealed') continue
      if (!(error instanceof PulihError && error.code === 'vault.damaged')) throw error
      damage = error
    }
  }
  throw damage ?? new PulihError('vault.password', { place: backend.place })
}

async function keyNames(backend: Backend, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const listed = await Array.fromAsync(backend.list('keys', signal))
  return listed.map(({ name }) => name).sort()
}

/** Throws vault.damaged when the bytes are not those the name speaks of, or no key file. */
async function readKeyFile(backend: Backend, name: string, signal: AbortSignal | undefined): Promise<KeyFile> {
  const bytes = await backend.read({ kind: 'keys', name }, null, signal)
  const file = `keys/${name.slice(0, 8)}`
  if (idOf(bytes) !== name) throw new PulihError('vault.damaged', { file, detail: 'its bytes have changed' })
  try {
    return parseKeyFile(bytes.toString())
  } catch (error) {
    if (!(error instanceof RepositoryFault)) throw error
    throw new PulihError('vault.damaged', { file, detail: error.message }, { cause: error })
  }
}

/** Stores one more key file that wraps the same master keys; answers its id. */
export async function storeKey(
  backend: Backend,
  keys: Keys,
  password: string,
  nowMs: number,
  cost?: ScryptCost,
): Promise<Id> {
  const who = { created: goTime(nowMs), ...whoAmI() }
  const bytes = Buffer.from(await writeKeyFile(keys, password, who, cost))
  const id = idOf(bytes)
  await backend.put({ kind: 'keys', name: id }, bytes)
  const kept = await backend.read({ kind: 'keys', name: id }, null)
  if (kept.equals(bytes)) return id
  throw new PulihError('backend.unkept', { place: backend.place, name: 'keys', detail: 'other bytes came back' })
}

export async function listKeys(backend: Backend, current: Id, signal?: AbortSignal): Promise<readonly ListedKey[]> {
  const names = await keyNames(backend, signal)
  return Promise.all(
    names.map(async (id) => {
      const { created, username, hostname } = await readKeyFile(backend, id, signal)
      return { id, created, username, hostname, current: id === current }
    }),
  )
}

/** Removes a password. Whoever knew it may still know the master keys. Throws vault.key-in-use, vault.key-unknown. */
export async function removeKey(backend: Backend, prefix: string, current: Id): Promise<Id> {
  const names = await keyNames(backend, undefined)
  const found = names.filter((name) => name.startsWith(prefix))
  if (found.length !== 1 || prefix === '')
    throw new PulihError('vault.key-unknown', { id: prefix, count: prefix === '' ? 0 : found.length })
  const id = found[0] as Id
  if (id === current) throw new PulihError('vault.key-in-use', { id: id.slice(0, 8) })
  await backend.remove({ kind: 'keys', name: id })
  return id
}

/** The new password works before the old one stops. */
export async function changePassword(
  backend: Backend,
  opened: OpenedKey,
  password: string,
  nowMs: number,
  cost?: ScryptCost,
): Promise<Id> {
  const id = await storeKey(backend, opened.keys, password, nowMs, cost)
  await backend.remove({ kind: 'keys', name: opened.id })
  return id
}
