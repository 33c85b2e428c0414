import { randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { invalid } from './fault.ts'
import { type Keys, Sealer } from './seal.ts'
import { countField, fieldsOf, parseJson, textField } from './unpacked.ts'

const derive = promisify<Uint8Array, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
)

export interface KeyFile {
  readonly created: string
  readonly username: string
  readonly hostname: string
  readonly scrypt: ScryptCost
  readonly salt: Uint8Array
  /** The sealed master keys. */
  readonly data: Uint8Array
}

export interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and a quarter of a second on a small server; restic's own calibration comes to p from 4 to 10. */
export const usualCost: ScryptCost = { N: 32768, r: 8, p: 3 }

/** A hostile key file may ask for anything: 1 GiB of memory and 40 times the usual work are the most we do. */
const maxMemory = 1 << 30
const maxWork = 32768 * 8 * 120

export function parseKeyFile(text: string): KeyFile {
  const fields = fieldsOf(parseJson(text), 'key file')
  if (fields.kdf !== 'scrypt') throw invalid(`unknown key derivation ${JSON.stringify(fields.kdf)}`)
  const salt = Buffer.from(textField(fields, 'salt'), 'base64')
  if (salt.length !== 64) throw invalid(`the salt has ${salt.length} bytes, not 64`)
  return {
    created: textField(fields, 'created'),
    username: textField(fields, 'username'),
    hostname: textField(fields, 'hostname'),
    scrypt: checkedCost({ N: countField(fields, 'N'), r: countField(fields, 'r'), p: countField(fields, 'p') }),
    salt,
    data: Buffer.from(textField(fields, 'data'), 'base64'),
  }
}

function checkedCost(cost: ScryptCost): ScryptCost {
  const { N, r, p } = cost
  const powerOfTwo = N > 1 && N <= 2 ** 30 && (N & (N - 1)) === 0
  if (!powerOfTwo || r < 1 || p < 1 || r * p >= 2 ** 30) throw invalid(`impossible scrypt cost N=${N} r=${r} p=${p}`)
  if (128 * r * (N + p) > maxMemory || N * r * p > maxWork)
    throw invalid(`scrypt cost N=${N} r=${r} p=${p} is more than we compute`)
  return cost
}

/** The master keys. Throws RepositoryFault `sealed` when the password does not belong to this key file. */
export async function openKeyFile(file: KeyFile, password: string): Promise<Keys> {
  const sealer = new Sealer(await passwordKeys(password, file.salt, file.scrypt))
  const fields = fieldsOf(parseJson(sealer.open(file.data).toString()), 'master keys')
  const mac = fieldsOf(fields.mac, 'mac')
  return {
    encrypt: keyField(fields, 'encrypt', 32),
    macK: keyField(mac, 'k', 16),
    macR: keyField(mac, 'r', 16),
  }
}

function keyField(fields: Readonly<Record<string, unknown>>, name: string, length: number): Buffer {
  const key = Buffer.from(textField(fields, name), 'base64')
  if (key.length !== length || key.every((byte) => byte === 0)) throw invalid(`the master key ${name} is invalid`)
  return key
}

async function passwordKeys(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Keys> {
  const maxmem = 128 * cost.r * (cost.N + cost.p) + (32 << 20)
  const key = await derive(Buffer.from(password), salt, 64, { ...cost, maxmem })
  return { encrypt: key.subarray(0, 32), macK: key.subarray(32, 48), macR: key.subarray(48, 64) }
}

export function newMasterKeys(): Keys {
  return { encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) }
}

/** The text of a key file that wraps the master keys under a password; `fixed` only in tests. */
export async function writeKeyFile(
  keys: Keys,
  password: string,
  who: { readonly created: string; readonly username: string; readonly hostname: string },
  cost: ScryptCost = usualCost,
  fixed?: { readonly salt: Uint8Array; readonly nonce: Uint8Array },
): Promise<string> {
  const salt = fixed?.salt ?? randomBytes(64)
  const sealer = new Sealer(await passwordKeys(password, salt, cost))
  const mac = { k: base64(keys.macK), r: base64(keys.macR) }
  const data = sealer.seal(Buffer.from(JSON.stringify({ mac, encrypt: base64(keys.encrypt) })), fixed?.nonce)
  const { N, r, p } = cost
  const { created, username, hostname } = who
  return JSON.stringify({ created, username, hostname, kdf: 'scrypt', N, r, p, salt: base64(salt), data: base64(data) })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
