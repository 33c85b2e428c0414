/** SQLite's variable-length integer: 7 bits a byte, high bits first, the ninth byte whole; two's complement of 64 bits. */
export interface Varint {
  /** A number where it is exact, else a bigint. */
  readonly value: number | bigint
  /** Position after it. */
  readonly end: number
}

/** Null when the bytes end before it does. */
export function readVarint(bytes: Uint8Array, at: number): Varint | null {
  let value = 0
  for (let i = 0; i < 7; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return null
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, end: at + i + 1 }
  }
  return readLongVarint(bytes, at, value)
}

/** Eight and nine bytes do not fit a number for certain. */
function readLongVarint(bytes: Uint8Array, at: number, first49: number): Varint | null {
  const [eighth, ninth] = [bytes[at + 7], bytes[at + 8]]
  if (eighth === undefined) return null
  const upto56 = (BigInt(first49) << 7n) | BigInt(eighth & 0x7f)
  if (eighth < 0x80) return { value: narrow(upto56), end: at + 8 }
  if (ninth === undefined) return null
  return { value: narrow(BigInt.asIntN(64, (upto56 << 8n) | BigInt(ninth))), end: at + 9 }
}

/** The same integer as a number, if that is exact. */
export function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
