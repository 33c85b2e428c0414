import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  backUp,
  everythingIn,
  killWriter,
  lifeGoesOn,
  makeBot,
  restoreBot,
  rowsOf,
  undoBot,
} from '../../test/fixture/recovery.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { freeSpace } from '../disk/space.ts'
import { prepareRestore } from './plan.ts'
import { runRestore } from './restore.ts'

const isRoot = process.getuid?.() === 0

test('a folder of the app that became a link to somewhere else is refused, and nothing there is touched', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  const outside = folder.join('outside')
  renameSync(join(bot.path, 'data'), outside)
  symlinkSync(outside, join(bot.path, 'data'))
  lifeGoesOn(bot)
  const before = everythingIn(folder.path, ['bot/backups'])
  await assert.rejects(restoreBot(bot), { code: 'restore.link', message: /bot\/data/ })
  assert.deepEqual(everythingIn(folder.path, ['bot/backups']), before)
})

test('a file replaced by a link is not written through; other parts can still be restored', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  lifeGoesOn(bot)
  rmSync(join(bot.path, 'main.py'))
  writeFileSync(folder.join('victim'), 'mine')
  symlinkSync(folder.join('victim'), join(bot.path, 'main.py'))
  await assert.rejects(restoreBot(bot), { code: 'restore.link' })
  await restoreBot(bot, { name: 'latest', only: ['bot.db'] })
  assert.deepEqual(rowsOf(bot.db), [500])
})

test('a database behind a link inside the app is restored where the link leads', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  lifeGoesOn(bot)
  renameSync(bot.db, join(bot.path, 'data/real.db'))
  symlinkSync('data/real.db', bot.db)
  await restoreBot(bot, { name: 'latest', only: ['bot.db'] })
  assert.deepEqual(rowsOf(join(bot.path, 'data/real.db')), [500])
  assert.deepEqual(rowsOf(bot.db), [500])
})

test('a folder where the backup has a file is refused', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  rmSync(join(bot.path, 'main.py'))
  mkdirSync(join(bot.path, 'main.py'))
  await assert.rejects(restoreBot(bot), { code: 'restore.in-the-way' })
})

test('somebody who opens the database between plan and swap stops it', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  lifeGoesOn(bot)
  await using prepared = await prepareRestore(bot.app, { name: 'latest' })
  const { holdOpen } = await import('../../test/fixture/recovery.ts')
  await using _holder = await holdOpen(bot.db)
  await assert.rejects(runRestore(bot.app, prepared, {}), { code: 'restore.held' })
  assert.deepEqual(rowsOf(bot.db), [502])
})

test('on a disk too small for it the restore is refused before the first write', { skip: !isRoot }, async () => {
  using folder = tempFolder()
  const place = folder.join('small')
  mkdirSync(place)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', place])
  assert.equal(mounted.status, 0, String(mounted.stderr))
  try {
    const bot = await makeBot(join(place, 'bot'))
    await backUp(bot)
    lifeGoesOn(bot)
    writeFileSync(join(place, 'full'), Buffer.alloc((await freeSpace(place)).freeBytes - 4e6))
    const before = everythingIn(bot.path)
    await assert.rejects(restoreBot(bot), { code: 'disk.full' })
    assert.deepEqual(everythingIn(bot.path), before)
    assert.deepEqual(readdirSync(bot.app.folders.scratch), [])
  } finally {
    spawnSync('umount', ['-l', place])
  }
})

test('a folder that must not change is refused with its name, and everything is as before', {
  skip: !isRoot,
}, async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  lifeGoesOn(bot)
  const before = everythingIn(bot.path)
  const sealed = spawnSync('chattr', ['+i', join(bot.path)])
  assert.equal(sealed.status, 0, String(sealed.stderr))
  try {
    await assert.rejects(restoreBot(bot), { code: 'disk.denied' })
    assert.deepEqual(everythingIn(bot.path), before)
  } finally {
    spawnSync('chattr', ['-i', join(bot.path)])
  }
})

test('cancelled while it recovers, nothing has changed', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  lifeGoesOn(bot)
  const before = everythingIn(bot.path)
  await using prepared = await prepareRestore(bot.app, { name: 'latest' })
  const stop = new AbortController()
  const progress = (): void => stop.abort()
  await assert.rejects(runRestore(bot.app, prepared, { signal: stop.signal, progress }))
  assert.deepEqual(everythingIn(bot.path), before)
  assert.equal((await restoreBot(bot)).verified, true)
})

test('with the backups on another disk everything is kept and comes back exactly, by copies', {
  skip: !isRoot,
}, async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  const place = join(bot.path, 'backups')
  mkdirSync(place)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', place])
  assert.equal(mounted.status, 0, String(mounted.stderr))
  try {
    await backUp(bot)
    const skip = ['backups', 'bot.db-shm', 'data/log.db-shm']
    await killWriter(bot.db, 'wal')
    await killWriter(bot.log, 'delete')
    lifeGoesOnInFiles(bot.path)
    const broken = everythingIn(bot.path, skip)
    await restoreBot(bot)
    assert.deepEqual(rowsOf(bot.db), [500])
    const restored = everythingIn(bot.path, skip)
    await undoBot(bot)
    assert.deepEqual(everythingIn(bot.path, skip), broken)
    await undoBot(bot)
    assert.deepEqual(everythingIn(bot.path, skip), restored)
  } finally {
    spawnSync('umount', ['-l', place])
  }
})

function lifeGoesOnInFiles(path: string): void {
  writeFileSync(join(path, 'main.py'), 'print("v2, broken")\n')
  rmSync(join(path, 'src'), { recursive: true })
}
