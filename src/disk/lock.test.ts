import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { runModule } from '../../test/fixture/child.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { systemClock as clock } from '../time/clock.ts'
import { acquireLock, lockHolder } from './lock.ts'

const holdIn = (state: string) =>
  runModule(`
    const { acquireLock } = await import('${import.meta.resolve('./lock.ts')}')
    const { systemClock: clock } = await import('${import.meta.resolve('../time/clock.ts')}')
    const lock = await acquireLock('${state}', 'backup', { waitMs: 0, clock })
    console.log('held')
    process.stdin.once('data', async () => { await lock[Symbol.asyncDispose](); process.exit() })
  `)

test('only one process holds the lock, and the other is told who and how long it waited', async () => {
  using folder = tempFolder()
  await using child = holdIn(folder.path)
  await child.says('held')
  assert.deepEqual(
    { ...(await lockHolder(folder.path)), since: '' },
    { pid: child.process.pid, act: 'backup', since: '' },
  )
  await assert.rejects(acquireLock(folder.path, 'prune', { waitMs: 60, clock }), (error: Error & { facts: object }) => {
    assert.deepEqual({ ...error.facts }, { act: 'backup', pid: child.process.pid, waitedSeconds: 0 })
    return 'exit' in error && error.exit === 5
  })
})

test('a killed holder frees the lock at once', async () => {
  using folder = tempFolder()
  {
    await using child = holdIn(folder.path)
    await child.says('held')
  }
  assert.equal(await lockHolder(folder.path), null)
  await using lock = await acquireLock(folder.path, 'backup', { waitMs: 0, clock })
  assert.equal((await lockHolder(folder.path))?.pid, process.pid)
  assert.equal(lock.act, 'backup')
})

test('a waiter gets the lock when the holder lets go', async () => {
  using folder = tempFolder()
  await using child = holdIn(folder.path)
  await child.says('held')
  const waiting = acquireLock(folder.path, 'backup', { waitMs: 20_000, clock })
  child.process.stdin?.write('go\n')
  await using lock = await waiting
  assert.ok(lock)
})

test('two acts of one process exclude each other too, and a look in between frees nothing', async () => {
  using folder = tempFolder()
  {
    await using _first = await acquireLock(folder.path, 'backup', { waitMs: 0, clock })
    await assert.rejects(acquireLock(folder.path, 'prune', { waitMs: 0, clock }), { code: 'lock.busy' })
    assert.equal((await lockHolder(folder.path))?.act, 'backup')
    await using child = runModule(`
      const { acquireLock } = await import('${import.meta.resolve('./lock.ts')}')
      const { systemClock: clock } = await import('${import.meta.resolve('../time/clock.ts')}')
      await acquireLock('${folder.path}', 'x', { waitMs: 0, clock }).then(() => console.log('took it'), (error) => console.log(error.code))
    `)
    assert.equal((await child.end()).stdout.trim(), 'lock.busy')
  }
  await using again = await acquireLock(folder.path, 'prune', { waitMs: 0, clock })
  assert.equal(again.act, 'prune')
})

test('waiting is cancelled by the signal', async () => {
  using folder = tempFolder()
  await using _held = await acquireLock(folder.path, 'backup', { waitMs: 0, clock })
  const signal = AbortSignal.timeout(50)
  await assert.rejects(acquireLock(folder.path, 'backup', { waitMs: 60_000, clock, signal }), { code: 'cancelled' })
})

test('a lock file that holds something else is reported, not replaced', async () => {
  using folder = tempFolder()
  writeFileSync(
    folder.join('lock.sqlite'),
    'not a database, and long enough to have a header of a hundred bytes'.repeat(4),
  )
  await assert.rejects(acquireLock(folder.path, 'backup', { waitMs: 0, clock }), { code: 'lock.damaged' })
})

test('looking for a holder makes no file, and the lock file is private', async () => {
  using folder = tempFolder()
  assert.equal(await lockHolder(folder.join('absent')), null)
  assert.deepEqual(readdirSync(folder.path), [])
  await using _held = await acquireLock(folder.join('state'), 'backup', { waitMs: 0, clock })
  assert.equal(statSync(folder.join('state', 'lock.sqlite')).mode & 0o777, 0o600)
})

test('steps that change one file take turns, in one process and over several', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('count'), '0')
  const code = `
    const { alone } = await import('${import.meta.resolve('./exclusive.ts')}')
    const { readFile, writeFile } = await import('node:fs/promises')
    const count = '${folder.join('count')}'
    const step = () => alone('${folder.join('turn')}', async () => writeFile(count, String(Number(await readFile(count, 'utf8')) + 1)))
    await Promise.all(Array.from({ length: 10 }, step))
  `
  await using one = runModule(code)
  await using other = runModule(code)
  const ended = await Promise.all([one.end(), other.end()])
  assert.deepEqual(
    ended.map(({ code }) => code),
    [0, 0],
    ended[0].stderr,
  )
  assert.equal(readFileSync(folder.join('count'), 'utf8'), '20')
})
