import { invalid } from './fault.ts'
import { type Id, parseId } from './id.ts'
import { type Sealer, sealOverhead } from './seal.ts'
import type { Version } from './unpacked.ts'
import { compress, decompressExactly } from './zstd.ts'

export type BlobKind = 'data' | 'tree'

/** One blob inside a pack; `length` is the sealed one, `plainBytes` the original one. */
export interface PackedBlob {
  readonly id: Id
  readonly kind: BlobKind
  readonly offset: number
  readonly length: number
  readonly plainBytes: number
  readonly compressed: boolean
}

/** restic's bound on a sealed header. */
const maxHeaderBytes = 16 << 20
const plainEntryBytes = 37
const compressedEntryBytes = 41

/** Seals one blob; compresses it when that makes it smaller (trees always, in version 2). */
export function sealBlob(
  sealer: Sealer,
  version: Version,
  kind: BlobKind,
  plain: Uint8Array,
  level?: number,
): { readonly sealed: Buffer; readonly compressed: boolean } {
  if (version === 1 || plain.length === 0) return { sealed: sealer.seal(plain), compressed: false }
  const packed = compress(plain, level)
  const compressed = kind === 'tree' || packed.length < plain.length
  return { sealed: sealer.seal(compressed ? packed : plain), compressed }
}

/** The plaintext of a sealed blob; its size is checked, its hash is the caller's to compare. */
export function openBlob(
  sealer: Sealer,
  blob: Pick<PackedBlob, 'plainBytes' | 'compressed'>,
  sealed: Uint8Array,
): Buffer {
  const body = sealer.open(sealed)
  if (blob.compressed) return decompressExactly(body, blob.plainBytes)
  if (body.length !== blob.plainBytes) throw invalid(`holds ${body.length} bytes, not the ${blob.plainBytes} it states`)
  return body
}

/** The end of a pack file: sealed header and its length. */
export function writeHeader(sealer: Sealer, blobs: readonly PackedBlob[], nonce?: Uint8Array): Buffer {
  const plain = Buffer.concat(blobs.map(headerEntry))
  const sealed = sealer.seal(plain, nonce)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(sealed.length)
  return Buffer.concat([sealed, length])
}

function headerEntry(blob: PackedBlob): Buffer {
  const entry = Buffer.alloc(entryBytes(blob))
  entry[0] = (blob.kind === 'tree' ? 1 : 0) + (blob.compressed ? 2 : 0)
  entry.writeUInt32LE(blob.length, 1)
  if (blob.compressed) entry.writeUInt32LE(blob.plainBytes, 5)
  entry.write(blob.id, entry.length - 32, 'hex')
  return entry
}

function entryBytes(blob: PackedBlob): number {
  return blob.compressed ? compressedEntryBytes : plainEntryBytes
}

/** What a pack file of these blobs weighs. */
export function packBytes(blobs: Iterable<PackedBlob>): number {
  let bytes = 4 + sealOverhead
  for (const blob of blobs) bytes += blob.length + entryBytes(blob)
  return bytes
}

/** Length of the header's stored form from a pack's last four bytes, checked against the file's size. */
export function headerLength(lastFour: Uint8Array, fileBytes: number): number {
  const length = Buffer.from(lastFour).readUInt32LE()
  if (length < sealOverhead + plainEntryBytes || length > fileBytes - 4 || length > maxHeaderBytes)
    throw invalid(`impossible header length ${length} in a pack of ${fileBytes} bytes`)
  return length
}

/** The blobs a sealed header lists; they must fill the file from its first byte to the header without a gap. */
export function readHeader(sealer: Sealer, version: Version, sealed: Uint8Array, fileBytes: number): PackedBlob[] {
  const plain = sealer.open(sealed)
  const blobs: PackedBlob[] = []
  let offset = 0
  for (let at = 0; at < plain.length; ) {
    const blob = readEntry(plain, at, offset, version)
    blobs.push(blob)
    at += entryBytes(blob)
    offset += blob.length
  }
  if (offset + sealed.length + 4 !== fileBytes)
    throw invalid(`the header speaks of ${offset + sealed.length + 4} bytes, the pack has ${fileBytes}`)
  return blobs
}

function readEntry(header: Buffer, at: number, offset: number, version: Version): PackedBlob {
  const type = header[at] as number
  if (type > 3 || (type > 1 && version === 1)) throw invalid(`unknown blob type ${type}`)
  const compressed = type >= 2
  const size = compressed ? compressedEntryBytes : plainEntryBytes
  if (at + size > header.length) throw invalid('the header ends inside an entry')
  const length = header.readUInt32LE(at + 1)
  return checkedBlob({
    id: parseId(header.toString('hex', at + size - 32, at + size)),
    kind: type % 2 === 1 ? 'tree' : 'data',
    offset,
    length,
    plainBytes: compressed ? header.readUInt32LE(at + 5) : length - sealOverhead,
    compressed,
  })
}

/** Throws for lengths that no blob can have. */
export function checkedBlob(blob: PackedBlob): PackedBlob {
  const { offset, length, plainBytes, compressed } = blob
  const possible = length >= sealOverhead && plainBytes >= (compressed ? 1 : 0) && offset + length < 2 ** 32
  if (!possible) throw invalid(`blob ${blob.id}: impossible offset ${offset}, length ${length}, size ${plainBytes}`)
  return blob
}
