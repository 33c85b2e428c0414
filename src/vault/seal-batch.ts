import { RepositoryFault } from '../format/restic/fault.ts'
import type { Id } from '../format/restic/id.ts'
import { idOf } from '../format/restic/id.ts'
import { type BlobKind, openBlob, sealBlob } from '../format/restic/pack.ts'
import type { Sealer } from '../format/restic/seal.ts'
import type { Version } from '../format/restic/unpacked.ts'

/** Blobs of one kind, their bytes one after another: what goes to a sealer, which may be another thread. */
export interface PlainBatch {
  readonly kind: BlobKind
  readonly ids: readonly Id[]
  readonly lengths: readonly number[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The same blobs sealed, one after another. */
export interface SealedBatch {
  readonly lengths: readonly number[]
  readonly compressed: readonly boolean[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Compresses and seals each blob, then opens it again and compares its hash: a flipped bit in memory must not become a
 * stored one. Throws RepositoryFault when it does not come back.
 */
export function sealBatch(sealer: Sealer, version: Version, batch: PlainBatch): SealedBatch {
  const parts: Buffer[] = []
  const compressed: boolean[] = []
  let at = 0
  for (const [number, length] of batch.lengths.entries()) {
    const plain = batch.bytes.subarray(at, at + length)
    at += length
    const one = sealBlob(sealer, version, batch.kind, plain)
    const back = openBlob(sealer, { plainBytes: length, compressed: one.compressed }, one.sealed)
    if (idOf(back) !== batch.ids[number]) throw new RepositoryFault('invalid', 'a sealed piece does not open to itself')
    parts.push(one.sealed)
    compressed.push(one.compressed)
  }
  return { lengths: parts.map((part) => part.length), compressed, bytes: concat(parts) }
}

/** In memory of its own, so that it can be handed to another thread. */
function concat(parts: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
