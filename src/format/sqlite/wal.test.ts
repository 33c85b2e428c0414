import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { tempFolder } from '../../../test/fixture/temp-folder.ts'
import {
  type ChecksumPair,
  frameChecksum,
  frameHeaderBytes,
  readFrame,
  readWalHeader,
  readWalIndex,
  samePair,
  walChecksum,
  walHeaderBytes,
} from './wal.ts'

/** A log of three commits that nobody has written back, and its index. */
function log(pageSize: number): { wal: Buffer; shm: Buffer } {
  using folder = tempFolder()
  const path = folder.join('x.db')
  using database = new DatabaseSync(path)
  database.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(9000)); INSERT INTO t VALUES (2)`)
  return { wal: readFileSync(`${path}-wal`), shm: readFileSync(`${path}-shm`) }
}

for (const pageSize of [512, 4096, 65_536]) {
  test(`every frame SQLite wrote checks out, up to the commit its index names (pages of ${pageSize})`, () => {
    const { wal, shm } = log(pageSize)
    const header = readWalHeader(wal)
    const index = readWalIndex(shm)
    assert.ok(header !== null && index !== null)
    assert.equal(header.pageSize, pageSize)
    assert.equal(index.pageSize, pageSize)
    assert.equal(index.salts, header.salts)
    assert.equal(index.backfilled, 0)
    const size = frameHeaderBytes + pageSize
    assert.equal((wal.length - walHeaderBytes) / size, index.lastFrame)
    let pair: ChecksumPair = header.pair
    let commits = 0
    for (let i = 0; i < index.lastFrame; i++) {
      const frame = wal.subarray(walHeaderBytes + i * size, walHeaderBytes + (i + 1) * size)
      pair = frameChecksum(frame, header.bigEndianWords, pair)
      assert.ok(samePair(readFrame(frame).pair, pair), `frame ${i + 1}`)
      if (readFrame(frame).commitPages > 0) commits++
    }
    assert.equal(commits, 3)
    assert.ok(samePair(pair, index.pair))
  })
}

test('a flipped bit in a frame does not check out', () => {
  const { wal } = log(4096)
  const header = readWalHeader(wal)
  assert.ok(header !== null)
  const frame = Buffer.from(wal.subarray(walHeaderBytes, walHeaderBytes + frameHeaderBytes + 4096))
  frame[2000] = (frame[2000] as number) ^ 1
  assert.ok(!samePair(frameChecksum(frame, header.bigEndianWords, header.pair), readFrame(frame).pair))
})

test('the checksum is the same sum whatever the byte order and place in memory', () => {
  const words = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
  // By hand: s0 += x0 + s1; s1 += x1 + s0, twice.
  assert.deepEqual(walChecksum(words, true, [0, 0]), [0x0c10_1418, 0x1c23_2a31])
  const little = Buffer.from(words).swap32()
  assert.deepEqual(walChecksum(little, false, [0, 0]), [0x0c10_1418, 0x1c23_2a31])
  const moved = Buffer.concat([Buffer.alloc(1), words]).subarray(1)
  assert.deepEqual(walChecksum(moved, true, [0, 0]), [0x0c10_1418, 0x1c23_2a31])
})

test('a log header of another version, magic or checksum is none', () => {
  const { wal } = log(4096)
  for (const at of [0, 4, 9, 17, 25]) {
    const bytes = Buffer.from(wal.subarray(0, walHeaderBytes))
    bytes[at] = (bytes[at] as number) ^ 0x40
    assert.equal(readWalHeader(bytes), null, `byte ${at}`)
  }
  assert.equal(readWalHeader(wal.subarray(0, 31)), null)
})

test('an index caught in the middle of an update is not believed', () => {
  const { shm } = log(4096)
  for (const at of [8, 16, 20, 32, 56, 64]) {
    const bytes = Buffer.from(shm.subarray(0, 136))
    bytes[at] = (bytes[at] as number) ^ 1
    assert.equal(readWalIndex(bytes), null, `byte ${at}`)
  }
  const both = Buffer.from(shm.subarray(0, 136))
  for (const at of [16, 64]) both[at] = (both[at] as number) ^ 1
  assert.equal(readWalIndex(both), null, 'both copies changed, the checksum not')
  assert.equal(readWalIndex(shm.subarray(0, 100)), null)
})
