import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { asService, change, count, makeScene, smokeTest, statuses } from './scene.ts'

test('an update that went wrong under a live bot: verdict, rollback with stop and start, and undo', async () => {
  await using scene = await makeScene({ app: { ...asService, smoke_test: smokeTest } })
  assert.equal((await scene.json(0, 'plan', 'start-app')).app, 'started')
  const firstPid = scene.botPid()
  assert.notEqual(firstPid, null)
  assert.equal((await scene.json(0, 'plan', 'start-app')).app, 'running')
  assert.equal(scene.botPid(), firstPid)

  const made = await scene.json(0, 'scenario', 'update', 'v2.0.0')
  assert.match(made.backup, /^backup_pre_deployment_v2\.0\.0_\d{8}_\d{6}$/)
  assert.equal(made.scenario, 'update')
  assert.equal(made.status, 'ready')
  assert.equal(made.plan, join(scene.app, 'backups/rollback_v2.0.0.json'))
  const [entry] = (await scene.json(0, 'list')).backups
  assert.deepEqual([entry.name, entry.state, entry.pinned], [made.backup, 'proven', true])

  assert.equal((await scene.json(0, 'plan', 'stop-app')).app, 'stopped')
  assert.equal(scene.botPid(), null)
  const code = readFileSync(join(scene.app, 'main.py'), 'utf8')
  writeFileSync(join(scene.app, 'main.py'), `${code}# v2\n`)
  change(scene.assets, 'DROP TABLE harga; DELETE FROM log_pesan WHERE id <= 5')
  change(scene.money, 'UPDATE dompet SET saldo = saldo + 1 WHERE id = 7')
  await scene.json(0, 'plan', 'start-app')

  const { verdict } = await scene.json(1, 'scenario', 'update', 'v2.0.0', '--verify')
  assert.equal(verdict.result, 'failed')
  const named = verdict.problems.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`)
  assert.ok(named.includes('table harga'), String(named))
  assert.ok(named.includes('invariant saldo dompet = saldo awal + masuk - keluar'), String(named))
  assert.ok(named.includes(`smoke-test ${smokeTest}`), String(named))
  assert.deepEqual(scene.plan('rollback_v2.0.0').verdict, verdict)

  const rolled = await scene.json(0, 'rollback', 'v2.0.0', '--yes')
  assert.equal(rolled.status, 'done')
  assert.deepEqual(statuses(rolled), {
    stop: 'done',
    restore: 'done',
    check: 'done',
    start: 'done',
    'smoke-test': 'done',
  })
  for (const { evidence } of rolled.steps) assert.equal(evidence.exit, 0)
  assert.equal(readFileSync(join(scene.app, 'main.py'), 'utf8'), code)
  assert.equal(count(scene.assets, 'SELECT count(*) FROM harga'), 3360)
  assert.notEqual(scene.botPid(), null)
  assert.equal((await scene.json(0, 'scenario', 'update', 'v2.0.0', '--verify')).verdict.result, 'passed')

  assert.equal((await scene.run('restore', '--undo', '--yes')).code, 0)
  assert.match(readFileSync(join(scene.app, 'main.py'), 'utf8'), /# v2/)
  assert.throws(() => count(scene.assets, 'SELECT count(*) FROM harga'), /no such table/)
})
