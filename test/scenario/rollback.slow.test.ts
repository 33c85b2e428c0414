import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pulih } from '../fixture/pulih.ts'
import { asService, change, count, makeScene, smokeTest } from './scene.ts'

const points = ['plan-started', 'plan-ended', ...everyStep('plan-step-started'), ...everyStep('plan-step-ran')]

function everyStep(point: string): string[] {
  return [1, 2, 3, 4, 5].map((at) => `${point}:${at}`)
}

test('a rollback of a live bot, killed at every step, is finished by plan resume', async (context) => {
  await using scene = await makeScene({ app: { ...asService, smoke_test: smokeTest } })
  await scene.json(0, 'scenario', 'update', 'v2')
  const code = readFileSync(join(scene.app, 'main.py'), 'utf8')
  for (const point of points) {
    await context.test(point, async () => {
      await scene.json(0, 'plan', 'start-app')
      writeFileSync(join(scene.app, 'main.py'), `${code}# v2\n`)
      change(scene.assets, 'DELETE FROM log_pesan WHERE id <= 100')
      const env = { PULIH_FAILPOINT: point }
      const killed = await pulih(['rollback', 'v2', '--yes'], { cwd: scene.app, env })
      assert.equal(killed.signal, 'SIGKILL', killed.stdout + killed.stderr)
      assert.equal((await scene.json(0, 'plan', 'resume', 'rollback_v2')).status, 'done')
      assert.equal(readFileSync(join(scene.app, 'main.py'), 'utf8'), code)
      assert.equal(count(scene.assets, 'SELECT count(*) FROM log_pesan WHERE id <= 100'), 100)
      assert.notEqual(scene.botPid(), null)
    })
  }
})
