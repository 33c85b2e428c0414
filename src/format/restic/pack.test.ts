import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RepositoryFault } from './fault.ts'
import { idOf } from './id.ts'
import { headerLength, openBlob, type PackedBlob, packBytes, readHeader, sealBlob, writeHeader } from './pack.ts'
import { Sealer } from './seal.ts'
import { exampleKeys, range } from './vectors/example.ts'

const sealer = new Sealer(exampleKeys)

function examplePack(): { pack: Buffer; blobs: PackedBlob[] } {
  const bodies = ['abc', 'hello'].map((text, at) => sealer.seal(Buffer.from(text), range(0x50 + 16 * at, 16)))
  const blob = (at: number, text: string, offset: number): PackedBlob => {
    const length = bodies[at]?.length ?? 0
    return { id: idOf(Buffer.from(text)), kind: 'data', offset, length, plainBytes: text.length, compressed: false }
  }
  const blobs = [blob(0, 'abc', 0), blob(1, 'hello', 35)]
  return { pack: Buffer.concat([...bodies, writeHeader(sealer, blobs, range(0x70, 16))]), blobs }
}

test('the worked example of a pack has its known id', () => {
  const { pack, blobs } = examplePack()
  assert.equal(pack.length, 182)
  assert.equal(packBytes(blobs), 182)
  assert.equal(idOf(pack), '7839c23cf509f4c5ff1ad388c83a4efa07e2d1f99d00ba9c1d19c6904a84fef7')
})

test('a header reads back, and one that does not fill the file is refused', () => {
  const { pack, blobs } = examplePack()
  const length = headerLength(pack.subarray(-4), pack.length)
  const sealed = pack.subarray(pack.length - 4 - length, -4)
  assert.deepEqual(readHeader(sealer, 2, sealed, pack.length), blobs)
  assert.throws(() => readHeader(sealer, 2, sealed, pack.length + 1), RepositoryFault)
  assert.throws(() => headerLength(pack.subarray(-4), 100), RepositoryFault)
  assert.throws(() => headerLength(Buffer.of(1, 0, 0, 1), 2 ** 31), RepositoryFault)
})

test('version 1 knows no compressed entries, and no version knows type 4', () => {
  const { sealed, compressed } = sealBlob(sealer, 2, 'tree', Buffer.alloc(500))
  assert.equal(compressed, true)
  const blob = {
    id: idOf(Buffer.alloc(500)),
    kind: 'tree',
    offset: 0,
    length: sealed.length,
    plainBytes: 500,
    compressed,
  } as const
  const header = writeHeader(sealer, [blob])
  const bytes = packBytes([blob])
  assert.deepEqual(readHeader(sealer, 2, header.subarray(0, -4), bytes), [blob])
  assert.throws(() => readHeader(sealer, 1, header.subarray(0, -4), bytes), /unknown blob type 3/)
  assert.throws(() => readHeader(sealer, 2, sealer.seal(Buffer.alloc(37, 4)), bytes), /unknown blob type 4/)
  assert.throws(() => readHeader(sealer, 2, sealer.seal(Buffer.alloc(20)), bytes), /inside an entry/)
})

test('a blob that decompresses to another size than stated is refused, a bomb at its stated size', () => {
  const { sealed } = sealBlob(sealer, 2, 'data', Buffer.alloc(10_000_000))
  assert.equal(openBlob(sealer, { plainBytes: 10_000_000, compressed: true }, sealed).length, 10_000_000)
  assert.throws(() => openBlob(sealer, { plainBytes: 10, compressed: true }, sealed), RepositoryFault)
  assert.throws(() => openBlob(sealer, { plainBytes: 10_000_001, compressed: true }, sealed), RepositoryFault)
})

test('data that does not shrink is kept as it is', () => {
  const noise = Buffer.from(range(0, 256))
  const { sealed, compressed } = sealBlob(sealer, 2, 'data', noise)
  assert.equal(compressed, false)
  assert.deepEqual(openBlob(sealer, { plainBytes: 256, compressed }, sealed), noise)
})
