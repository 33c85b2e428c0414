import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeDirectory, decodeLocal } from './decode.ts'
import { decodeEnd, longestEnd } from './decode-end.ts'
import { encodeCentral, encodeEnd, encodeLocal } from './encode.ts'
import { dosTimeOf, msOfDosTime, type ZipEntry } from './entry.ts'
import { foldPath, unsafePath } from './name.ts'

const bytes = fc.oneof(
  fc.nat(),
  fc.constantFrom(0, 0xfffffffe, 0xffffffff, 0x100000000),
  fc.integer({ min: 0, max: 2 ** 52 }),
)

/** Honest entries: uncompressed, so that both sizes are one. */
const entries: fc.Arbitrary<ZipEntry> = fc
  .record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((name) => !name.endsWith('/')),
    crc32: fc.nat(0xffffffff),
    size: bytes,
    offset: bytes,
    mode: fc.nat(0o777),
    seconds: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  })
  .map(({ size, seconds, ...rest }) => ({
    ...rest,
    method: 0,
    bytes: size,
    storedBytes: size,
    mtimeMs: seconds * 1000,
    dosTime: dosTimeOf(seconds * 1000),
    zip64: size >= 0xffffffff,
  }))

test('every entry comes back from directory and local header as it went in', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 8 }), (list) => {
      const seen = decodeDirectory(Buffer.concat(list.map(encodeCentral)), list.length)
      for (const [index, entry] of list.entries()) {
        const { kind, flags, nameBytes, problems, ...same } = seen[index]!
        assert.deepEqual(same, entry)
        assert.deepEqual([kind, flags, nameBytes.toString(), problems], ['file', 0x800, entry.name, []])
        const local = encodeLocal(entry)
        assert.deepEqual(decodeLocal(local, seen[index]!), { bytes: local.length, differences: [] })
      }
    }),
  )
})

test('the end comes back, zip64 or not, with any comment', () => {
  const place = fc
    .record({ entries: fc.nat(200_000), offset: bytes })
    .map((told) => ({ ...told, bytes: told.entries * 60 }))
  fc.assert(
    fc.property(place, fc.string({ maxLength: 200 }), (directory, comment) => {
      const end = encodeEnd(directory, comment)
      const tail = Buffer.concat([Buffer.alloc(longestEnd), end]).subarray(-longestEnd)
      const seen = decodeEnd(tail, directory.offset + directory.bytes + end.length)
      assert.deepEqual(seen, { directory, prefixBytes: 0, comment, problems: [] })
    }),
  )
})

test('DOS times come back within their two seconds, and stay inside what fits', () => {
  for (const ms of [Date.UTC(1980, 0, 2), Date.UTC(2025, 7, 2, 5, 0, 2), Date.UTC(2107, 11, 30)]) {
    assert.equal(msOfDosTime(dosTimeOf(ms)), ms)
  }
  for (const ms of [-1e15, 0, 1e15, Number.NaN]) assert.ok(dosTimeOf(ms) >= 0 && dosTimeOf(ms) <= 0xffffffff)
})

test('paths: which are safe, which are not, which are one', () => {
  for (const path of ['a', 'a/b', '.env', '..a', 'a..', 'a b', 'ñ/🛡️', '-x', 'src/a:b', '...'])
    assert.equal(unsafePath(path), null, path)
  const unsafe = [
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/..',
    'a/./b',
    '../a',
    'a\\b',
    'a\0',
    'c:',
    'a:b',
    'C:/a',
    '\ufffd',
    'x'.repeat(5000),
  ]
  for (const path of unsafe) assert.notEqual(unsafePath(path), null, path)
  assert.equal(foldPath('README.md'), foldPath('readme.MD'))
  assert.equal(foldPath('caf\u00e9'), foldPath('CAFE\u0301'))
  assert.notEqual(foldPath('a'), foldPath('b'))
})
