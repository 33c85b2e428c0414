import { invalid } from './fault.ts'
import type { Sealer } from './seal.ts'
import { compress, decompressBounded } from './zstd.ts'

export type Version = 1 | 2

/** An index, snapshot or lock file never comes near this; more is a bomb. */
const maxJsonBytes = 1 << 30

/** Index, snapshot and lock files: sealed JSON; in version 2 the JSON is `02 || zstd`. */
export function sealJson(sealer: Sealer, version: Version, json: string): Buffer {
  const text = Buffer.from(json)
  return sealer.seal(version === 1 ? text : Buffer.concat([Buffer.of(2), compress(text)]))
}

/** The JSON value of an unpacked file. Version 2 also holds bare JSON, after an upgrade from version 1. */
export function openJson(sealer: Sealer, version: Version, stored: Uint8Array): unknown {
  return parseJson(bodyText(sealer.open(stored), version).toString())
}

function bodyText(body: Buffer, version: Version): Buffer {
  const first = body[0]
  if (first === 0x7b || first === 0x5b) return body
  if (version === 2 && first === 2) return decompressBounded(body.subarray(1), maxJsonBytes)
  throw invalid(`unknown encoding ${first ?? 'of an empty file'}`)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(`not JSON: ${(error as Error).message}`, error)
  }
}

/** The object's fields as unknowns; throws for arrays, null and scalars. */
export function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalid(`${what} is not an object`)
}

export function textField(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name] ?? ''
  if (typeof value === 'string') return value
  throw invalid(`${name} is not a text`)
}

/** A whole number from `least` to 2^53. */
export function countField(fields: Readonly<Record<string, unknown>>, name: string, least = 0): number {
  const value = fields[name] ?? 0
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
  throw invalid(`${name} is not a whole number from ${least} on: ${JSON.stringify(value)?.slice(0, 40)}`)
}

export function textsField(fields: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = fields[name] ?? []
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw invalid(`${name} is not a list of texts`)
}
