import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { runModule } from '../../test/fixture/child.ts'
import { PulihError } from '../error.ts'
import { diskError, sqliteCode } from './failure.ts'
import { isAlive, selfIdentity } from './process.ts'
import { freeSpace, requireSpace } from './space.ts'

const withCode = (code: string) => Object.assign(new Error(`${code}: something, open '/x'`), { code })

for (const [code, expected] of [
  ['ENOSPC', 'disk.full'],
  ['EDQUOT', 'disk.full'],
  ['EFBIG', 'disk.full'],
  ['EACCES', 'disk.denied'],
  ['EPERM', 'disk.denied'],
  ['EROFS', 'disk.denied'],
  ['EIO', 'disk.failed'],
  ['ENOENT', 'disk.failed'],
] as const)
  test(`${code} is ${expected} and keeps its cause`, () => {
    const cause = withCode(code)
    const error = diskError(cause, 'write', '/backups/a')
    assert.ok(error instanceof PulihError)
    assert.equal(error.code, expected)
    assert.equal(error.cause, cause)
  })

test('what is no system error comes back as it is', () => {
  for (const error of [new PulihError('cancelled'), new TypeError('x'), withCode('ERR_INVALID_ARG_TYPE'), null])
    assert.equal(diskError(error, 'write', '/x'), error)
})

test('the reason is what the system said, without the call and the path', () => {
  try {
    readFileSync('/nonexistent/file')
  } catch (error) {
    const said = diskError(error, 'read', '/nonexistent/file') as PulihError<'disk.failed'>
    assert.equal(said.facts.reason, 'no such file or directory')
  }
})

test('SQLite errors are known by their primary code', () => {
  using database = new DatabaseSync(':memory:')
  database.exec('PRAGMA max_page_count = 1')
  assert.throws(
    () => database.exec('CREATE TABLE a (b); CREATE TABLE c (d)'),
    (error) => sqliteCode(error) === 13 && (diskError(error, 'write', 'x') as PulihError).code === 'disk.full',
  )
})

test('a process is known by number and start: a reused number is somebody else', async () => {
  assert.ok(isAlive(selfIdentity()))
  const [pid, start] = selfIdentity().split('-')
  assert.ok(!isAlive(`${pid}-${Number(start) + 1}`))
  assert.ok(!isAlive('nonsense'))
  await using child = runModule('')
  const identity = `${child.process.pid}-0`
  await child.end()
  assert.ok(!isAlive(identity))
})

test('free space is asked of the nearest parent that exists', async () => {
  const { totalBytes, freeBytes } = await freeSpace('/tmp/not/there/yet')
  assert.ok(freeBytes > 0 && freeBytes <= totalBytes)
  await requireSpace('/tmp/not/there', 1)
  await assert.rejects(requireSpace('/tmp/not/there', 2 ** 60), { code: 'disk.full' })
})

test('a fail point kills at the asked pass and nowhere else', async () => {
  const code = `
    const { failpoint } = await import('${import.meta.resolve('./failpoint.ts')}')
    failpoint('other'); failpoint('here'); console.log('first'); failpoint('here'); console.log('second')
  `
  await using killed = runModule(code, { PULIH_FAILPOINT: 'here:2' })
  const ended = await killed.end()
  assert.equal(ended.signal, 'SIGKILL')
  assert.equal(ended.stdout, 'first\n')
  await using spared = runModule(code)
  assert.equal((await spared.end()).stdout, 'first\nsecond\n')
})
