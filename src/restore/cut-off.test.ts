import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pulih, pulihJson } from '../../test/fixture/pulih.ts'
import { type Bot, backUp, lifeGoesOn, makeBot } from '../../test/fixture/recovery.ts'
import { archivesOf } from '../../test/fixture/scratch-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'

interface Made {
  readonly state: string
  readonly databases: readonly { path: string }[]
}

/** Kills a restore of a bot that went on since the backup, at one fail point. */
async function cutOff(path: string, failpoint: string): Promise<Bot> {
  const bot = await makeBot(path)
  const name = await backUp(bot)
  lifeGoesOn(bot)
  const env = { PULIH_FAILPOINT: failpoint }
  assert.equal((await pulih(['restore', name, '--yes', '--dir', path], { env })).signal, 'SIGKILL')
  return bot
}

test('while the files are half swapped no backup is made, and it says how to settle that', async () => {
  using folder = tempFolder()
  const { path } = await cutOff(folder.join('bot'), 'restore-intent')
  const app = { path, databases: [] }
  const before = archivesOf(app)
  const refused = await pulih(['backup', '--dir', path])
  assert.equal(refused.code, 1, refused.stderr)
  assert.match(refused.stderr, /was cut off[\s\S]*pulih restore --undo/)
  assert.deepEqual(archivesOf(app), before)
  const { acts } = await pulihJson<{ acts: { act: string; outcome: string }[] }>(['history', '--dir', path])
  assert.deepEqual([acts[0]?.act, acts[0]?.outcome], ['backup', 'failed'])
  await pulihJson(['restore', '--undo', '--yes', '--dir', path], { exits: [0, 3] })
  assert.equal((await pulihJson<Made>(['backup', '--dir', path], { exits: [0, 3] })).state, 'proven')
})

test('a restore killed before it touched anything hinders no backup, and its drafts are in none', async () => {
  using folder = tempFolder()
  const { path } = await cutOff(folder.join('bot'), 'restore-prepared')
  const made = await pulihJson<Made>(['backup', '--dir', path], { exits: [0, 3] })
  assert.deepEqual(made.databases.map((one) => one.path).sort(), ['bot.db', 'data/log.db'])
})
