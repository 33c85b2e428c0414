import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RepositoryFault } from './fault.ts'
import { idOf } from './id.ts'
import { fromGoMode, toGoMode } from './mode.ts'
import { goTime, normalTime, parseGoTime } from './time.ts'
import { readTree, writeTree } from './tree.ts'

const example = `{"nodes":[{"name":"a\\u003cb\\u003e.db","type":"file","mode":420,"mtime":"2026-01-02T03:04:05.5Z","atime":"2026-01-02T03:04:05.5Z","ctime":"2026-01-02T03:04:05Z","uid":1000,"gid":1000,"user":"u","group":"g","inode":7,"size":5,"links":1,"content":["2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"]},{"name":"dir","type":"dir","mode":2147484141,"mtime":"2026-01-02T03:04:05Z","atime":"2026-01-02T03:04:05Z","ctime":"2026-01-02T03:04:05Z","uid":0,"gid":0,"content":null,"subtree":"ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8"}]}
`

test('the worked example has its known id and comes out as it went in', () => {
  assert.equal(idOf(Buffer.from(example)), '37e92c02ba6cb54a3d5c283bd98c548bc95b4499577fcc50d45c5acf85d1d0d2')
  assert.equal(writeTree(readTree(Buffer.from(example))).toString(), example)
})

test('an empty directory has its known id', () => {
  assert.equal(idOf(writeTree([])), 'ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8')
})

test('64-bit numbers stay exact', () => {
  const big = example.replace('"inode":7', '"inode":18446744073709551615')
  assert.equal(readTree(Buffer.from(big))[0]?.inode, 18446744073709551615n)
  assert.equal(writeTree(readTree(Buffer.from(big))).toString(), big)
})

test('what restic calls an error is one here', () => {
  const broken: readonly (readonly [string, string])[] = [
    ['"content":["2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"]', '"content":null'],
    ['"name":"a\\u003cb\\u003e.db"', '"name":""'],
    ['"name":"a\\u003cb\\u003e.db"', '"name":"dir"'],
    ['"type":"file"', '"type":"door"'],
    ['"size":5', '"size":-5'],
    [',"subtree":"ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8"', ''],
    ['2cf24dba', '2CF24DBA'],
    ['{"nodes":[{', '{"nodes":[3,{'],
  ]
  for (const [from, to] of broken)
    assert.throws(() => readTree(Buffer.from(example.replace(from, to))), RepositoryFault, to)
  assert.throws(() => readTree(Buffer.from('[]')), RepositoryFault)
  assert.throws(() => readTree(Buffer.from('{')), RepositoryFault)
})

test('modes go to Go and back', () => {
  assert.equal(toGoMode('file', 0o644), 420)
  assert.equal(toGoMode('dir', 0o755), 2147484141)
  assert.equal(toGoMode('symlink', 0o777), 134218239)
  assert.equal(toGoMode('file', 0o4755), 8389101)
  assert.equal(toGoMode('dir', 0o1777), 2148532735)
  assert.equal(toGoMode('fifo', 0o644), 33554852)
  for (const permissions of [0, 0o644, 0o4755, 0o2750, 0o1777, 0o7777])
    assert.equal(fromGoMode(toGoMode('dir', permissions)), permissions)
})

test('times lose trailing zeros only', () => {
  assert.equal(goTime(Date.UTC(2026, 0, 2, 3, 4, 5, 500)), '2026-01-02T03:04:05.5Z')
  assert.equal(goTime(Date.UTC(2026, 0, 2, 3, 4, 5)), '2026-01-02T03:04:05Z')
  assert.equal(normalTime('2026-01-02T03:04:05.120+07:00'), '2026-01-02T03:04:05.12+07:00')
  assert.equal(normalTime('2026-01-02T03:04:05.000+00:00'), '2026-01-02T03:04:05Z')
  assert.equal(parseGoTime('2026-01-02T10:04:05.5+07:00'), Date.UTC(2026, 0, 2, 3, 4, 5, 500))
  assert.throws(() => parseGoTime('yesterday'), RepositoryFault)
  assert.throws(() => parseGoTime('2026-13-02T10:04:05Z'), RepositoryFault)
})
