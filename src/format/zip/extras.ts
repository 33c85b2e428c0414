import { crc32 } from 'node:zlib'
import { extra } from './layout.ts'
import type { ZipProblem } from './problem.ts'

/** The extras of one header that matter here. */
export interface Extras {
  /** Eight-byte values in their order: only the fields that are full in the header. */
  readonly zip64: readonly bigint[] | null
  /** Modification time, UTC seconds. */
  readonly mtime: number | null
  readonly problems: readonly ZipProblem[]
}

/** Reads the extra field of a local or central header; `name` is what a Unicode-path extra must agree with. */
export function decodeExtras(bytes: Buffer, name: Buffer): Extras {
  const problems: ZipProblem[] = []
  const fields = split(bytes, problems)
  const zip64 = fields.get(extra.zip64)
  const timestamp = fields.get(extra.timestamp)
  const unicode = fields.get(extra.unicodePath)
  if (zip64 !== undefined && zip64.length % 8 !== 0) problems.push(damaged('zip64 extra of a wrong length'))
  if (unicode !== undefined && !agrees(unicode, name)) {
    problems.push({ code: 'entry-unsafe-name', detail: 'a second name in its extras' })
  }
  return {
    zip64: zip64 === undefined ? null : eights(zip64),
    mtime: timestamp !== undefined && timestamp.length >= 5 && timestamp[0]! & 1 ? timestamp.readInt32LE(1) : null,
    problems,
  }
}

function split(bytes: Buffer, problems: ZipProblem[]): Map<number, Buffer> {
  const fields = new Map<number, Buffer>()
  let at = 0
  while (at + 4 <= bytes.length) {
    const id = bytes.readUInt16LE(at)
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (end > bytes.length) break
    if (fields.has(id)) problems.push(damaged('an extra field twice'))
    fields.set(id, bytes.subarray(at + 4, end))
    at = end
  }
  // Some writers pad extras with up to three zero bytes (zipalign); anything else behind is damage.
  if (bytes.subarray(at).some((byte) => byte !== 0) || bytes.length - at > 3) {
    problems.push(damaged('extra fields cut off'))
  }
  return fields
}

function eights(bytes: Buffer): bigint[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => bytes.readBigUInt64LE(index * 8))
}

/** Info-ZIP's Unicode path: version 1, CRC-32 of the header's name, the name in UTF-8. Stale ones are to be ignored. */
function agrees(unicode: Buffer, name: Buffer): boolean {
  if (unicode.length < 5 || unicode[0] !== 1) return false
  return unicode.readUInt32LE(1) === crc32(name) ? unicode.subarray(5).equals(name) : true
}

function damaged(detail: string): ZipProblem {
  return { code: 'entry-damaged', detail }
}
