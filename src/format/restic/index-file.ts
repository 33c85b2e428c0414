import { invalid } from './fault.ts'
import { type Id, parseId } from './id.ts'
import { type BlobKind, checkedBlob, type PackedBlob } from './pack.ts'
import { sealOverhead } from './seal.ts'
import { countField, fieldsOf, type Version } from './unpacked.ts'

/** Which blobs lie where in one pack. */
export interface PackIndex {
  readonly id: Id
  readonly blobs: readonly PackedBlob[]
}

/** A cache of pack headers; the repository's index is the union of all index files. */
export function writeIndex(packs: readonly PackIndex[]): string {
  return `{"packs":[${packs.map(packText).join(',')}]}\n`
}

function packText(pack: PackIndex): string {
  return `{"id":"${pack.id}","blobs":[${pack.blobs.map(blobText).join(',')}]}`
}

function blobText(blob: PackedBlob): string {
  const size = blob.compressed ? `,"uncompressed_length":${blob.plainBytes}` : ''
  return `{"id":"${blob.id}","type":"${blob.kind}","offset":${blob.offset},"length":${blob.length}${size}}`
}

/** `supersedes` is ignored, as restic does; the bare array of very old repositories is read too. */
export function readIndex(json: unknown, version: Version): readonly PackIndex[] {
  const packs = Array.isArray(json) ? json : (fieldsOf(json, 'index').packs ?? [])
  if (!Array.isArray(packs)) throw invalid('packs is not a list')
  return packs.map((pack) => readPack(fieldsOf(pack, 'pack'), version))
}

function readPack(fields: Readonly<Record<string, unknown>>, version: Version): PackIndex {
  const blobs = fields.blobs ?? []
  if (!Array.isArray(blobs)) throw invalid('blobs is not a list')
  return { id: parseId(fields.id), blobs: blobs.map((blob) => readBlob(fieldsOf(blob, 'blob'), version)) }
}

function readBlob(fields: Readonly<Record<string, unknown>>, version: Version): PackedBlob {
  const length = countField(fields, 'length')
  const uncompressed = countField(fields, 'uncompressed_length')
  if (uncompressed > 0 && version === 1) throw invalid('a compressed blob in a repository of version 1')
  return checkedBlob({
    id: parseId(fields.id),
    kind: blobKind(fields.type),
    offset: countField(fields, 'offset'),
    length,
    plainBytes: uncompressed > 0 ? uncompressed : length - sealOverhead,
    compressed: uncompressed > 0,
  })
}

function blobKind(type: unknown): BlobKind {
  if (type === 'data' || type === 'tree') return type
  throw invalid(`unknown blob type ${JSON.stringify(type)}`)
}
