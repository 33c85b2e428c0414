import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { makeBooks, readBooks, startBookkeeper } from '../../test/fixture/writer.ts'
import { copyWal } from '../source/sqlite/image.ts'
import { lookAt } from '../source/sqlite/look.ts'
import { copyAll, watchWal } from './copy.ts'
import { Helper } from './helper.ts'

test('a log that cannot be understood from outside is copied through SQLite instead', async () => {
  using folder = tempFolder()
  const path = folder.join('bot.db')
  await using writer = await startBookkeeper(path, { autoCheckpoint: 0 })
  await writer.reaches(40)
  await writer.crash()
  await using helper = new Helper(undefined)
  await helper.start().hold([{ path: 'bot.db', absolute: path }])
  const look = lookAt(folder.path, 'bot.db')
  renameSync(`${path}-shm`, folder.join('hidden'))
  assert.equal(await copyWal(look, folder.join('none')), null)
  const place = { appFolder: folder.path, folder: folder.path, helper }
  const copies = await copyAll([{ method: 'held', look }], place, {})
  assert.ok(!('moved' in copies))
  const copy = copies.get(path)
  assert.ok(copy !== undefined && readBooks(copy.stagedPath) >= writer.committed())
  assert.equal(copy.bytes, statSync(copy.stagedPath).size)
})

test('an index or a log that does not add up gives no copy', async () => {
  using folder = tempFolder()
  const path = folder.join('bot.db')
  await using writer = await startBookkeeper(path, { autoCheckpoint: 0 })
  await writer.reaches(40)
  await writer.crash()
  const look = lookAt(folder.path, 'bot.db')
  const damages: readonly (readonly [string, (bytes: Buffer) => void])[] = [
    ['-shm', (bytes) => bytes.fill(0, 0, 40)],
    ['-wal', (bytes) => bytes.fill(0xff, 5000, 5010)],
    ['-wal', (bytes) => bytes.fill(1, 16, 24)],
  ]
  const copy = folder.join('copy')
  for (const [i, [side, damage]] of damages.entries()) {
    const sound = patch(`${path}${side}`, damage)
    assert.equal(await copyWal(look, `${copy}-${i}`), null, `${side} ${i}`)
    writeFileSync(`${path}${side}`, sound)
  }
  const bytes = await copyWal(look, copy)
  assert.ok(bytes !== null && readBooks(copy) >= writer.committed())
})

function patch(path: string, damage: (bytes: Buffer) => void): Buffer {
  const sound = readFileSync(path)
  const bytes = Buffer.from(sound)
  damage(bytes)
  writeFileSync(path, bytes)
  return sound
}

test('a copy is given up when the log outgrows the database by far', () => {
  using folder = tempFolder()
  makeBooks(folder.join('bot.db'))
  const watch = watchWal(lookAt(folder.path, 'bot.db'), () => undefined)
  execFileSync('truncate', ['-s', '900M', folder.join('bot.db-wal')])
  watch(64e6)
  execFileSync('truncate', ['-s', '1100M', folder.join('bot.db-wal')])
  watch(1e6)
  assert.throws(() => watch(64e6), { code: 'source.outgrown' })
})

test('a lost lock makes the copy worthless, however good it looks', async () => {
  using folder = tempFolder()
  makeBooks(folder.join('bot.db'), { journal: 'delete' })
  await using helper = new Helper(undefined)
  await helper.start().hold([{ path: 'bot.db', absolute: folder.join('bot.db') }])
  const look = lookAt(folder.path, 'bot.db')
  helper.start().kill()
  const place = { appFolder: folder.path, folder: folder.path, helper }
  await assert.rejects(copyAll([{ method: 'held', look }], place, {}), { code: 'source.helper-died' })
  assert.ok(readdirSync(folder.path).length > 1, 'it was copied before that was known')
})
