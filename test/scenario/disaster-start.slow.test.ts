import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { type Answer, asService, count, makeScene, smokeTest, statuses } from './scene.ts'

test('a disaster of a bot that was at work: rebuilt in an empty folder, started, tried; and again over the running one', async () => {
  await using scene = await makeScene({ app: { ...asService, smoke_test: smokeTest } })
  await scene.json(0, 'plan', 'start-app')
  await scene.json(0, 'backup')
  await scene.json(0, 'plan', 'stop-app')
  const empty = scene.join('new')
  mkdirSync(empty)
  const words = ['scenario', 'disaster', '--from', join(scene.app, 'backups'), '--yes']
  const first = await pulihJson<Answer>(words, { cwd: empty })
  assert.deepEqual([first.status, statuses(first).start], ['done', 'done'])
  const pid = scene.botPid()
  assert.notEqual(pid, null)
  const rows = count(join(empty, 'finance_bot.db'), 'SELECT count(*) FROM transaksi')
  assert.ok(rows >= 1000)

  const second = await pulihJson<Answer>(words, { cwd: empty })
  assert.deepEqual([second.status, statuses(second).stop], ['done', 'done'])
  assert.notEqual(scene.botPid(), null)
  assert.notEqual(scene.botPid(), pid)
  assert.equal((await pulih(['plan', 'stop-app'], { cwd: empty })).code, 0)
  assert.equal(scene.botPid(), null)
})
