import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Cutter } from './cut.ts'

function cut(bytes: Uint8Array, chunks: readonly number[] = [bytes.length]): readonly Uint8Array[] {
  const cutter = new Cutter()
  const pieces: Uint8Array[] = []
  let at = 0
  for (const size of [...chunks, bytes.length]) {
    pieces.push(...cutter.push(bytes.subarray(at, at + size)))
    at += size
  }
  pieces.push(...cutter.finish())
  return pieces
}

/** A database of these page kinds. */
function database(pageSize: number, kinds: readonly number[]): Buffer {
  const bytes = Buffer.alloc(pageSize * kinds.length, 7)
  for (const [at, kind] of kinds.entries()) bytes[at * pageSize] = kind
  bytes.write('SQLite format 3\0', 0, 'latin1')
  bytes.writeUInt16BE(pageSize === 65_536 ? 1 : pageSize, 16)
  return bytes
}

const sizes = (pieces: readonly Uint8Array[]) => pieces.map((piece) => piece.length)

test('index pages stand alone, rows in runs of 32 KiB, the first page alone', () => {
  const kinds = [13, 13, 13, 10, 10, 13, 5, ...Array<number>(10).fill(13)]
  const pages = [1, 2, 1, 1, 1, 1, 8, 2]
  assert.deepEqual(
    sizes(cut(database(4096, kinds))),
    pages.map((count) => count * 4096),
  )
})

test('small pages are taken in blocks of 4 KiB, large ones singly', () => {
  assert.deepEqual(sizes(cut(database(1024, Array<number>(40).fill(13)))), [4096, 32_768, 4096])
  assert.deepEqual(sizes(cut(database(65_536, [13, 13, 10]))), [65_536, 65_536, 65_536])
})

test('other files are cut every 512 KiB', () => {
  assert.deepEqual(sizes(cut(Buffer.alloc(1_100_000))), [524_288, 524_288, 51_424])
  assert.deepEqual(sizes(cut(Buffer.alloc(5))), [5])
  assert.deepEqual(sizes(cut(Buffer.alloc(0))), [])
})

test('nothing is lost, and the cut is the same however the bytes arrive', () => {
  const kind = fc.constantFrom(13, 13, 13, 10, 2, 5, 0)
  const kinds = fc.array(kind, { minLength: 1, maxLength: 30 })
  const chunks = fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 20 })
  fc.assert(
    fc.property(kinds, chunks, fc.constantFrom(512, 1024, 4096, 8192), fc.nat(600), (pages, parts, pageSize, extra) => {
      const bytes = Buffer.concat([database(pageSize, pages), Buffer.alloc(extra, 3)])
      const whole = cut(bytes)
      assert.ok(Buffer.concat(whole).equals(bytes))
      assert.deepEqual(sizes(cut(bytes, parts)), sizes(whole))
      assert.ok(sizes(whole).every((size) => size <= 32_768))
    }),
    { numRuns: 60 },
  )
})
