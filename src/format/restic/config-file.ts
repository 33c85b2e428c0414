import { randomBytes } from 'node:crypto'
import { invalid } from './fault.ts'
import { parseId } from './id.ts'
import { isIrreducible, newPolynomial } from './polynomial.ts'
import type { Sealer } from './seal.ts'
import { fieldsOf, parseJson, textField, type Version } from './unpacked.ts'

export interface RepositoryConfig {
  readonly version: Version
  readonly id: string
  /** Hex; only restic cuts by it. */
  readonly polynomial: string
}

export function newConfig(): RepositoryConfig {
  return { version: 2, id: randomBytes(32).toString('hex'), polynomial: newPolynomial() }
}

/** Sealed, and unlike every other file never compressed. */
export function writeConfig(sealer: Sealer, config: RepositoryConfig): Buffer {
  const { version, id, polynomial } = config
  return sealer.seal(Buffer.from(JSON.stringify({ version, id, chunker_polynomial: polynomial })))
}

export function readConfig(sealer: Sealer, stored: Uint8Array): RepositoryConfig {
  const fields = fieldsOf(parseJson(sealer.open(stored).toString()), 'config')
  const { version } = fields
  if (version !== 1 && version !== 2) throw invalid(`repository version ${JSON.stringify(version)} is not 1 or 2`)
  const polynomial = textField(fields, 'chunker_polynomial')
  if (!/^[0-9a-f]{1,16}$/.test(polynomial) || !isIrreducible(BigInt(`0x${polynomial}`)))
    throw invalid(`the chunker polynomial ${polynomial.slice(0, 20)} is not irreducible`)
  return { version, id: parseId(fields.id), polynomial }
}
