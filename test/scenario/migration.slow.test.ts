import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pulih } from '../fixture/pulih.ts'
import { asService, change, content, count, makeScene, statuses, step } from './scene.ts'

test('a failed migration under a live bot stops it, goes back, and starts it again', async () => {
  await using scene = await makeScene({ app: asService })
  await scene.json(0, 'plan', 'start-app')
  const pid = scene.botPid()
  const line = 'sqlite3 -cmd ".timeout 5000" finance_bot.db "CREATE TABLE mark (n)"; exit 1'
  const made = await scene.json(1, 'scenario', 'migration', 'bad', '--', 'sh', '-c', line)
  assert.deepEqual([made.status, made.outcome], ['failed', 'rolled back'])
  assert.equal(count(scene.money, "SELECT count(*) FROM sqlite_schema WHERE name = 'mark'"), 0)
  assert.notEqual(scene.botPid(), null)
  assert.notEqual(scene.botPid(), pid)
})

const failpoints = [
  'migration-prepared',
  'migration-started',
  'migration-ran',
  'migration-checked',
  'restore-fetched',
  'migration-rolled-back',
] as const

for (const point of failpoints) {
  test(`killed at ${point}: plan resume ends with everything as it was before the migration`, async () => {
    await using scene = await makeScene()
    const before = [content(scene.money), content(scene.assets)]
    const line = `sqlite3 finance_bot.db "UPDATE dompet SET saldo = saldo + 1"; exit 5`
    const killed = await pulih(['scenario', 'migration', 'bad', '--', 'sh', '-c', line], {
      cwd: scene.app,
      env: { PULIH_FAILPOINT: point },
    })
    assert.equal(killed.signal, 'SIGKILL', killed.stderr)
    assert.equal(scene.plan('migration_bad').status, point === 'migration-prepared' ? 'ready' : 'running')
    await scene.json(1, 'plan', 'resume', 'migration_bad')
    const log = scene.plan('migration_bad')
    assert.deepEqual([log.status, log.outcome], ['failed', 'rolled back'])
    assert.equal(step(log, 'rollback').status, 'done')
    assert.deepEqual([content(scene.money), content(scene.assets)], before)
    assert.equal((await scene.json(1, 'plan', 'resume', 'migration_bad')).error.code, 'migration.once')
  })
}

test('killed after a migration that had gone well: plan resume keeps it', async () => {
  await using scene = await makeScene()
  const line = 'sqlite3 asset_data.db "CREATE TABLE tag (n)"'
  const killed = await pulih(['scenario', 'migration', 'good', '--', 'sh', '-c', line], {
    cwd: scene.app,
    env: { PULIH_FAILPOINT: 'migration-ran' },
  })
  assert.equal(killed.signal, 'SIGKILL', killed.stderr)
  change(scene.money, 'UPDATE pengguna SET nama = nama')
  await scene.json(0, 'plan', 'resume', 'migration_good')
  const log = scene.plan('migration_good')
  assert.deepEqual([log.status, log.outcome], ['done', 'migrated'])
  assert.deepEqual(statuses(log), { backup: 'done', migrate: 'done', check: 'done', rollback: 'skipped' })
  assert.equal(count(scene.assets, 'SELECT count(*) FROM tag'), 0)
})
