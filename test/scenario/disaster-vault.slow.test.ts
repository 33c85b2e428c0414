import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pulih } from '../fixture/pulih.ts'
import { holdOpen } from '../fixture/recovery.ts'
import { change, content, makeScene, smokeTest, statuses } from './scene.ts'

const password = { PULIH_VAULT_PASSWORD: 'only for this test' }

test('with the configuration and a vault alone the app is rebuilt; what was in its place is kept, old logs too', async () => {
  await using scene = await makeScene({
    vault: { repository: '../vault', password: { env: 'PULIH_VAULT_PASSWORD' } },
    app: { smoke_test: `test "$KEY" = yes && ${smokeTest}`, env: { KEY: 'yes' } },
  })
  const inApp = (...words: string[]) => pulih(words, { cwd: scene.app, env: password })
  for (const words of [['vault', 'init'], ['backup'], ['vault', 'sync']])
    assert.equal((await inApp(...words)).code, 0, words.join(' '))
  const truth = [content(scene.money), content(scene.assets)]

  const ruins = scene.join('ruins')
  mkdirSync(join(ruins, 'config'), { recursive: true, mode: 0o755 })
  copyFileSync(join(scene.app, 'config/backup_config.json'), join(ruins, 'config/backup_config.json'))
  const money = join(ruins, 'finance_bot.db')
  copyFileSync(scene.money, money)
  change(money, 'DELETE FROM transaksi')
  writeFileSync(join(ruins, 'main.py'), '# broken\n')
  const inRuins = (...words: string[]) => pulih(words, { cwd: ruins, env: password })
  const planned = await inRuins('scenario', 'disaster', '--json')
  assert.equal(planned.code, 0, planned.stdout)
  const held = await holdOpen(money)
  const refused = await inRuins('plan', 'run', 'EMERGENCY_RECOVERY', '--json')
  assert.equal(refused.code, 1)
  assert.equal(statuses(JSON.parse(refused.stdout)).stop, 'failed')
  await held.stop()
  rmSync(`${money}-wal`, { force: true })
  writeFileSync(`${money}-wal`, 'an old log')

  const done = await inRuins('scenario', 'disaster', '--yes', '--json')
  assert.equal(done.code, 0, done.stdout + done.stderr)
  const plan = JSON.parse(readFileSync(join(ruins, 'backups/EMERGENCY_RECOVERY.json'), 'utf8'))
  assert.deepEqual(statuses(plan), {
    ...{ assess: 'done', stop: 'done', fetch: 'done', restore: 'done', check: 'done', start: 'skipped' },
    ...{ 'smoke-test': 'done', watch: 'skipped' },
  })
  assert.deepEqual([content(money), content(join(ruins, 'asset_data.db'))], truth)
  assert.equal(readFileSync(join(ruins, 'main.py'), 'utf8'), readFileSync(join(scene.app, 'main.py'), 'utf8'))
  assert.equal(statSync(ruins).mode & 0o777, 0o755)
  const kept = readdirSync(join(ruins, 'backups/.pulih/quarantine'), { recursive: true }).map(String)
  for (const name of ['finance_bot.db', 'finance_bot.db-wal', 'main.py'])
    assert.ok(
      kept.some((path) => path.endsWith(`/${name}`)),
      `${name}: ${kept}`,
    )
  assert.equal(existsSync(join(ruins, `recovered-${String(plan.source.snapshot).slice(0, 8)}`)), false)
  assert.equal(JSON.stringify(plan).includes(password.PULIH_VAULT_PASSWORD), false)
})
