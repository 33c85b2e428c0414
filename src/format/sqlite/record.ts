import type { Encoding } from './header.ts'
import { narrow, readVarint } from './varint.ts'

/**
 * A row's or index entry's payload: a header of varints (its own length, then one type per column), then the values.
 *
 *     0 NULL · 1-6 integers of 1, 2, 3, 4, 6, 8 bytes · 7 double · 8 the integer 0 · 9 the integer 1
 *     even from 12: blob of (n-12)/2 bytes · odd from 13: text of (n-13)/2 bytes
 *
 * Integers come as bigint and doubles as number, as SQLite must be handed them to store the same again.
 */
export type Value = null | bigint | number | string | Uint8Array | OddText

/** Text whose bytes are not valid in the database's encoding: only the bytes carry it unchanged. */
export class OddText {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

const integerBytes = [0, 1, 2, 3, 4, 6, 8] as const

/** Null when the bytes are no record: types and lengths must account for every byte. */
export function readRecord(payload: Buffer, encoding: Encoding): Value[] | null {
  const head = readVarint(payload, 0)
  if (head === null || typeof head.value === 'bigint' || head.value > payload.length || head.value < head.end)
    return null
  const values: Value[] = []
  let at = head.value
  for (let position = head.end; position < head.value; ) {
    const type = readVarint(payload, position)
    if (type === null || typeof type.value === 'bigint' || type.end > head.value) return null
    const bytes = sizeOf(type.value)
    if (bytes === null || at + bytes > payload.length) return null
    values.push(decode(type.value, payload.subarray(at, at + bytes), encoding))
    at += bytes
    position = type.end
  }
  return at === payload.length ? values : null
}

function sizeOf(type: number): number | null {
  if (type >= 12) return Math.floor((type - 12) / 2)
  if (type >= 8) return type <= 9 ? 0 : null
  return type === 7 ? 8 : (integerBytes[type] as number)
}

function decode(type: number, bytes: Buffer, encoding: Encoding): Value {
  if (type >= 12) return type % 2 === 0 ? Uint8Array.from(bytes) : textOf(bytes, encoding)
  if (type === 0) return null
  if (type >= 8) return BigInt(type - 8)
  if (type === 7) {
    const real = bytes.readDoubleBE(0)
    return Number.isNaN(real) ? null : real
  }
  return type === 6 ? bytes.readBigInt64BE(0) : BigInt(bytes.readIntBE(0, bytes.length))
}

function textOf(bytes: Buffer, encoding: Encoding): string | OddText {
  if (encoding === 'UTF-8') {
    const text = bytes.toString('utf8')
    return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? new OddText(Uint8Array.from(bytes)) : text
  }
  if (bytes.length % 2 === 1) return new OddText(Uint8Array.from(bytes))
  const little = encoding === 'UTF-16le' ? bytes : Buffer.from(bytes).swap16()
  const text = little.toString('utf16le')
  return text.isWellFormed() ? text : new OddText(Uint8Array.from(bytes))
}

/** The rowid at the end of an entry of an index over an ordinary table; null when it is no such entry. */
export function rowidOfEntry(values: readonly Value[]): number | bigint | null {
  const last = values.at(-1)
  return typeof last === 'bigint' ? narrow(last) : null
}
