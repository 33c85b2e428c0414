import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { holdOpen } from '../fixture/recovery.ts'
import { type Answer, change, count, damage, makeScene, statuses, step } from './scene.ts'

const done = (plan: Answer): Answer => statuses(plan)

describe('scenario maintenance', { concurrency: 2 }, () => {
  test('prepares a backup and a checklist, plan run does every task with figures before and after', async () => {
    await using scene = await makeScene()
    change(scene.money, 'CREATE TABLE bulk (b); INSERT INTO bulk VALUES (zeroblob(3000000)); DROP TABLE bulk')
    mkdirSync(join(scene.app, 'logs'))
    for (const name of ['old.log', 'new.log', 'old.txt']) writeFileSync(join(scene.app, 'logs', name), 'line\n')
    const longAgo = Date.now() / 1000 - 40 * 86_400
    for (const name of ['old.log', 'old.txt']) utimesSync(join(scene.app, 'logs', name), longAgo, longAgo)
    const size = statSync(scene.money).size

    const made = await scene.json(0, 'scenario', 'maintenance', '--window', '1h')
    assert.match(made.backup, /^backup_maintenance_\d{8}_\d{6}$/)
    assert.deepEqual([made.scenario, made.status], ['maintenance', 'ready'])
    assert.equal(made.plan, join(scene.app, 'backups/maintenance_checklist.json'))
    assert.equal(statSync(scene.money).size, size)
    const prepared = scene.plan('maintenance_checklist')
    assert.equal((prepared.rollback as Answer).steps[1].command.includes(made.backup), true)

    const ran = await scene.json(0, 'plan', 'run', 'maintenance_checklist')
    assert.equal(ran.status, 'done')
    const all = ['hold', 'optimise', 'analyse', 'vacuum', 'logs', 'self-test', 'disk', 'release']
    for (const id of all) {
      const { status, evidence } = step(ran, id)
      assert.equal(status, 'done', id)
      assert.notEqual(evidence?.before, undefined, id)
      assert.notEqual(evidence?.after, undefined, id)
    }
    const vacuum = step(ran, 'vacuum').evidence as Answer
    assert.ok(vacuum.before['finance_bot.db'].bytes > vacuum.after['finance_bot.db'].bytes + 2_900_000)
    assert.ok(statSync(scene.money).size < size - 2_900_000)
    assert.ok((step(ran, 'analyse').evidence as Answer).after['finance_bot.db'].statistics > 0)
    assert.deepEqual((step(ran, 'logs').evidence as Answer).after.removed, ['logs/old.log'])
    assert.deepEqual(
      ['old.log', 'new.log', 'old.txt'].map((name) => existsSync(join(scene.app, 'logs', name))),
      [false, true, true],
    )
    assert.ok((step(ran, 'hold').evidence as Answer).after.heldUntil > new Date().toISOString().slice(0, 10))
    assert.equal((step(ran, 'release').evidence as Answer).after.heldUntil, null)
    assert.equal(count(scene.money, 'SELECT count(*) FROM transaksi'), 1000)
  })

  test('what cannot be done while somebody holds a database is failed; the rest is done; the plan is not', async () => {
    await using scene = await makeScene()
    await scene.json(0, 'scenario', 'maintenance')
    const held = await holdOpen(scene.money)
    const bytes = readFileSync(scene.money)
    const failed = await scene.json(1, 'plan', 'run', 'maintenance_checklist')
    assert.equal(failed.status, 'failed')
    assert.deepEqual(done(failed), {
      ...{ hold: 'done', stop: 'skipped', optimise: 'failed', analyse: 'failed', vacuum: 'failed' },
      ...{ logs: 'done', 'self-test': 'done', disk: 'done', release: 'done' },
    })
    assert.equal((step(failed, 'vacuum').evidence as Answer).result.error.code, 'restore.held')
    assert.deepEqual(readFileSync(scene.money), bytes)
    await held.stop()
    assert.equal((await scene.json(0, 'plan', 'resume', 'maintenance_checklist')).status, 'done')
  })

  test('a database that is gone or damaged is not made, not worked on, and the plan is not done', async () => {
    await using scene = await makeScene()
    await scene.json(0, 'scenario', 'maintenance')
    damage(scene.assets)
    const bytes = readFileSync(scene.assets)
    const failed = await scene.json(1, 'plan', 'run', 'maintenance_checklist')
    assert.equal(step(failed, 'vacuum').status, 'failed')
    assert.equal(step(failed, 'release').status, 'done')
    assert.deepEqual(readFileSync(scene.assets), bytes)
    assert.equal((await scene.json(1, 'scenario', 'maintenance')).error.code.startsWith('backup.'), true)
  })

  test('alerts are held until they are let go; unknown tasks and windows are refused; --dry-run makes nothing', async () => {
    await using scene = await makeScene()
    await scene.json(0, 'scenario', 'maintenance', '--task', 'hold', '--window', '30m')
    const again = await scene.json(0, 'scenario', 'maintenance', '--task', 'release')
    assert.notEqual(again.before.heldUntil, null)
    assert.equal((await scene.run('scenario', 'maintenance', '--task', 'sweep')).code, 2)
    assert.equal((await scene.run('scenario', 'maintenance', '--window', 'soon')).code, 2)
    const dry = await scene.json(0, 'scenario', 'maintenance', '--dry-run')
    assert.deepEqual([dry.dryRun, existsSync(dry.plan)], [true, false])
  })
})
