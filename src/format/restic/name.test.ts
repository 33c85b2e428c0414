import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RepositoryFault } from './fault.ts'
import { goString, quoteName, unquoteName } from './name.ts'

const latin = Buffer.from([0x6c, 0x61, 0x74, 0x69, 0x6e, 0xe9, 0x2e, 0x74, 0x78, 0x74])

const known: readonly (readonly [string | Buffer, string])[] = [
  ['a<b>&c.txt', '"a\\u003cb\\u003e\\u0026c.txt"'],
  ['na"me.txt', '"na\\\\\\"me.txt"'],
  ['back\\slash', '"back\\\\\\\\slash"'],
  [latin, '"latin\\\\xe9.txt"'],
  ['ta\tb', '"ta\\\\tb"'],
  ['ün', '"ün"'],
  ['nb\u00a0sp', '"nb\\\\u00a0sp"'],
  ['bom\ufeffx', '"bom\\\\ufeffx"'],
  ['del\x7f', '"del\\\\x7f"'],
  ['ff\x0c\x08\x1b', '"ff\\\\f\\\\b\\\\x1b"'],
  ['\u{1f600}', '"\u{1f600}"'],
  ['\u{e0001}', '"\\\\U000e0001"'],
]

test('names are written as restic writes them', () => {
  for (const [name, text] of known) assert.equal(goString(quoteName(Buffer.from(name as string))), text)
})

test('any bytes come back from quoting', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      assert.deepEqual(new Uint8Array(unquoteName(quoteName(bytes))), new Uint8Array(bytes))
    }),
  )
})

test('octal and upper-case escapes are read; bare quotes, newlines and unknown escapes are not', () => {
  assert.equal(unquoteName('\\101\\x4A\\u0041').toString(), 'AJA')
  for (const bad of ['a"b', 'a\nb', '\\q', '\\x1', '\\400', '\\ud800', '\\U00110000', 'x\\'])
    assert.throws(() => unquoteName(bad), RepositoryFault)
})

test('control characters in other texts follow the older of the two encodings', () => {
  assert.equal(goString('\b\f\n\\b<'), '"\\u0008\\u000c\\n\\\\b\\u003c"')
})
