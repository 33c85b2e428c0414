import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { BlockLanes, blockBytes, flushMark, lastBlock } from './deflate-blocks.ts'

function cut(raw: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(raw.length / blockBytes) }, (_, n) =>
    raw.subarray(n * blockBytes, (n + 1) * blockBytes),
  )
}

async function deflate(blocks: readonly Buffer[]): Promise<Buffer[]> {
  using lanes = BlockLanes.deflate()
  return await Promise.all(blocks.map(async (block) => Buffer.concat(await lanes.run(block, 2 * blockBytes))))
}

/** Runs of one byte, text and noise: what blocks look like. */
const raw = fc
  .array(
    fc.oneof(
      fc.tuple(fc.nat(255), fc.nat(90_000)).map(([byte, length]) => Buffer.alloc(length, byte)),
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 30 }), fc.nat(50_000))
        .map(([text, length]) => Buffer.alloc(length, text)),
      fc.nat(90_000).map((length) => randomBytes(length)),
    ),
    { maxLength: 5 },
  )
  .map((parts) => Buffer.concat(parts))

test('blocks in any order form one ordinary stream, and each one stands alone', async () => {
  await fc.assert(
    fc.asyncProperty(raw, async (data) => {
      const blocks = cut(data)
      const stored = await deflate(blocks)
      for (const [index, block] of stored.entries()) {
        assert.ok(block.subarray(-4).equals(flushMark))
        assert.ok(inflateRawSync(Buffer.concat([block, lastBlock])).equals(blocks[index]!))
      }
      assert.ok(inflateRawSync(Buffer.concat([...stored, lastBlock])).equals(data))
      const turned = Buffer.concat([...stored].reverse().concat(Buffer.from(lastBlock)))
      assert.ok(inflateRawSync(turned).equals(Buffer.concat([...blocks].reverse())))
      using lanes = BlockLanes.inflate()
      const back = await Promise.all(stored.map((block) => lanes.run(block, blockBytes)))
      assert.ok(Buffer.concat(back.flat()).equals(data))
    }),
    { numRuns: 25 },
  )
})

test('a block that inflates to more than allowed is stopped', async () => {
  using lanes = BlockLanes.inflate()
  const bomb = deflateRawSync(Buffer.alloc(50_000_000))
  await assert.rejects(lanes.run(bomb, blockBytes), /more bytes than declared/)
})

test('a block with a final bit never makes anybody wait for ever, and gives no more than it holds', async () => {
  const final = deflateRawSync(Buffer.from('x'.repeat(1000)))
  for (const behind of [Buffer.alloc(0), Buffer.alloc(100, 1)]) {
    using lanes = BlockLanes.inflate()
    const runs = Array.from({ length: 6 }, () => lanes.run(Buffer.concat([final, behind]), blockBytes))
    const results = await Promise.allSettled(runs)
    for (const one of results) assert.ok(one.status === 'rejected' || Buffer.concat(one.value).length <= 1000)
  }
})

test('garbage is an error of its block, not of the process, and disposing ends what waits', async () => {
  const lanes = BlockLanes.inflate()
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, () => lanes.run(Buffer.alloc(1000, 0xff), blockBytes)),
  )
  assert.ok(results.every(({ status }) => status === 'rejected'))
  lanes[Symbol.dispose]()
  const others = BlockLanes.deflate()
  const waiting = Array.from({ length: 9 }, () => others.run(randomBytes(blockBytes), 2 * blockBytes))
  others[Symbol.dispose]()
  assert.ok((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected'))
})
