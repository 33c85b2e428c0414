import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { holdOpen } from '../fixture/recovery.ts'
import { change, content, count, damage, makeScene, statuses, step } from './scene.ts'

describe('scenario update', { concurrency: 2 }, () => {
  test('a rollback while somebody holds the database changes nothing, and goes on when it is let go', async () => {
    await using scene = await makeScene({})
    await scene.json(0, 'scenario', 'update', '2.1')
    change(scene.money, 'DELETE FROM transaksi WHERE id > 900')
    const held = await holdOpen(scene.money)
    const failed = await scene.run('rollback', '2.1', '--yes')
    assert.equal(failed.code, 1)
    assert.match(failed.stdout, new RegExp(String(held.pid)))
    assert.equal(scene.plan('rollback_2.1').status, 'failed')
    assert.equal(step(scene.plan('rollback_2.1'), 'restore').status, 'failed')
    assert.equal(step(scene.plan('rollback_2.1'), 'check').status, 'skipped')
    assert.equal(count(scene.money, 'SELECT count(*) FROM transaksi'), 900)
    await held.stop()
    const resumed = await scene.json(0, 'plan', 'resume', 'rollback_2.1')
    assert.equal(resumed.status, 'done')
    assert.equal(count(scene.money, 'SELECT count(*) FROM transaksi'), 1000)
  })

  test('a smoke test that fails after the rollback leaves the plan failed, with its output', async () => {
    await using scene = await makeScene({ app: { smoke_test: 'echo no token >&2; exit 4' } })
    await scene.json(0, 'scenario', 'update', 'v3')
    change(scene.money, 'DELETE FROM transaksi')
    const failed = await scene.json(1, 'rollback', 'v3', '--yes')
    assert.equal(failed.status, 'failed')
    assert.deepEqual(statuses(failed), {
      stop: 'skipped',
      restore: 'done',
      check: 'done',
      start: 'skipped',
      'smoke-test': 'failed',
    })
    assert.equal(step(failed, 'smoke-test').evidence?.exit, 4)
    assert.equal(step(failed, 'smoke-test').evidence?.output, 'no token')
    assert.equal(count(scene.money, 'SELECT count(*) FROM transaksi'), 1000)
  })

  test('a damaged database stops an update before it begins; a second plan keeps the first; --dry-run makes nothing', async () => {
    await using scene = await makeScene({})
    const before = content(scene.money)
    const dry = await scene.json(0, 'scenario', 'update', 'v4', '--dry-run')
    assert.deepEqual([dry.dryRun, dry.backup], [true, null])
    assert.deepEqual((await scene.json(0, 'plan', 'list')).plans, [])
    const first = await scene.json(0, 'scenario', 'update', 'v4')
    const second = await scene.json(0, 'scenario', 'update', 'v4')
    assert.notEqual(first.backup, second.backup)
    assert.equal(scene.plan('rollback_v4').backup, second.backup)
    assert.equal(scene.plan('rollback_v4-2').backup, first.backup)
    assert.equal(content(scene.money), before)
    damage(scene.money)
    const refused = await scene.json(1, 'scenario', 'update', 'v5')
    assert.equal(refused.error.code, 'scenario.preflight')
    assert.equal((await scene.json(1, 'scenario', 'update', 'v5', '--verify')).error.code, 'plan.unknown')
  })

  test('words that cannot be a version are refused, and a missing one is asked for only where somebody can answer', async () => {
    await using scene = await makeScene({})
    assert.equal((await scene.run('scenario', 'update', 'a/b')).code, 2)
    assert.equal((await scene.run('scenario', 'update')).code, 2)
    assert.equal((await scene.run('rollback', 'never_made', '--yes')).code, 1)
    assert.deepEqual((await scene.json(0, 'plan', 'list')).plans, [])
  })
})
