import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { tempFolder } from '../../../test/fixture/temp-folder.ts'
import { readHeader, type SqliteHeader } from './header.ts'

function headerMadeBy(sql: string): SqliteHeader {
  using folder = tempFolder()
  const path = folder.join('x.db')
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
  const bytes = readFileSync(path)
  const reading = readHeader(bytes.subarray(0, 100), bytes.length)
  assert.ok(reading.kind === 'sqlite')
  return reading.header
}

test('a header says what SQLite was told: page size, journal mode, encoding, versions, vacuum', () => {
  for (const pageSize of [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536]) {
    assert.equal(headerMadeBy(`PRAGMA page_size = ${pageSize}; CREATE TABLE t (a)`).pageSize, pageSize)
  }
  for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be']) {
    assert.equal(headerMadeBy(`PRAGMA encoding = '${encoding}'; CREATE TABLE t (a)`).encoding, encoding)
  }
  for (const [mode, name] of [
    ['0', 'none'],
    ['1', 'full'],
    ['2', 'incremental'],
  ] as const) {
    assert.equal(headerMadeBy(`PRAGMA auto_vacuum = ${mode}; CREATE TABLE t (a)`).autoVacuum, name)
  }
  assert.equal(headerMadeBy('PRAGMA journal_mode = wal; CREATE TABLE t (a)').journalMode, 'wal')
  const header = headerMadeBy('CREATE TABLE t (a); PRAGMA user_version = -7; PRAGMA application_id = 1886153064')
  assert.deepEqual(
    [header.journalMode, header.userVersion, header.applicationId, header.pages, header.writtenBy > 3_000_000],
    ['rollback', -7, 1886153064, 2, true],
  )
})

test('a stale page count gives way to the size of the file', () => {
  const bytes = sound()
  bytes.writeUInt32BE(99, 28)
  bytes.writeUInt32BE(bytes.readUInt32BE(24) + 1, 92)
  const reading = readHeader(bytes, 12 * 4096)
  assert.equal(reading.kind === 'sqlite' && reading.header.pages, 12)
})

test('what is no database is named for what it is', () => {
  assert.equal(readHeader(Buffer.alloc(0), 0).kind, 'empty')
  assert.equal(readHeader(Buffer.from('id,name\n1,x\n'), 12).kind, 'not-sqlite')
  assert.equal(readHeader(Buffer.from('catatan harian '.repeat(64)), 960).kind, 'not-sqlite')
  assert.equal(readHeader(Buffer.alloc(100), 4096).kind, 'not-sqlite')
  assert.equal(readHeader(randomBytes(100), 8192).kind, 'encrypted')
  assert.equal(readHeader(randomBytes(100), 8191).kind, 'not-sqlite')
  assert.equal(readHeader(sound().subarray(0, 60), 60).kind, 'damaged')
})

test('impossible fields are damage, and say which', () => {
  const cases: readonly (readonly [number, number[], RegExp])[] = [
    [16, [0x10, 0x01], /page size 4097/],
    [16, [0, 0], /page size 0/],
    [19, [3], /version 3/],
    [21, [1], /payload/],
    [59, [9], /encoding 9/],
  ]
  for (const [at, values, expected] of cases) {
    const bytes = sound()
    bytes.set(values, at)
    const reading = readHeader(bytes, 8192)
    assert.equal(reading.kind, 'damaged')
    assert.match(reading.kind === 'damaged' ? reading.detail : '', expected)
  }
})

test('no bytes at all make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(1e9), fc.boolean(), (bytes, size, signed) => {
      if (signed) bytes.set(Buffer.from('SQLite format 3\0').subarray(0, bytes.length))
      assert.match(readHeader(bytes, size).kind, /^(sqlite|empty|encrypted|not-sqlite|damaged)$/)
    }),
  )
})

function sound(): Buffer {
  using folder = tempFolder()
  const database = new DatabaseSync(folder.join('x.db'))
  database.exec('CREATE TABLE t (a)')
  database.close()
  return readFileSync(folder.join('x.db')).subarray(0, 100)
}
