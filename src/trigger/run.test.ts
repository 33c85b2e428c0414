import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeApp, workInApp } from '../../test/fixture/scratch-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import type { App } from '../app/app.ts'
import { openApp } from '../app/open.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { isOn, minIntervalOf, typeOfTrigger } from './kind.ts'
import { runTrigger } from './run.ts'

async function scratchApp(path: string, backupConfig: object = {}, more: object = {}): Promise<App> {
  const { path: dir } = makeApp(join(path, 'bot'), {
    mb: 0.2,
    config: { backup_config: { enabled: true, ...backupConfig }, ...more },
  })
  return await openApp({ dir })
}

test('names of the founding document make its types; any other name is its own', () => {
  assert.equal(typeOfTrigger('before_migration'), 'pre_migration')
  assert.equal(typeOfTrigger('daily_scheduled'), 'scheduled')
  assert.equal(typeOfTrigger('critical_operation'), 'critical_operation')
})

test('what the configuration switches off opens without a backup, and is on record', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path, { auto_backup_triggers: ['before_migration'] })
  assert.ok(isOn(app.config, 'before_migration') && isOn(app.config, 'critical_operation'))
  assert.ok(!isOn(app.config, 'before_bulk_operations'))
  const result = await runTrigger(app, { name: 'before_bulk_operations', arrivedMs: Date.now() })
  assert.deepEqual([result.outcome, result.backup], ['switched-off', null])
  assert.deepEqual(await listBackups(app), [])
  assert.equal((await history(app))[0]?.facts.trigger, 'before_bulk_operations')
})

test('enabled: false switches every trigger off', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path, { enabled: false })
  for (const name of ['startup', 'daily_scheduled', 'critical_operation']) assert.ok(!isOn(app.config, name))
})

test('callers that arrive together share a backup that began after each of them; a later one gets its own', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  const arrivedMs = Date.now()
  const results = await Promise.all([1, 2, 3, 4].map(() => runTrigger(app, { name: 'bulk_delete', arrivedMs })))
  assert.deepEqual(results.map((one) => one.outcome).sort(), ['backed-up', 'joined', 'joined', 'joined'])
  assert.equal(new Set(results.map((one) => one.backup)).size, 1)
  const later = await runTrigger(app, { name: 'bulk_delete', arrivedMs: Date.now() + 1 })
  assert.equal(later.outcome, 'backed-up')
  assert.equal((await listBackups(app)).length, 2)
})

test('unchanged within its interval a trigger points to the proven backup; after a commit it makes one', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path, {}, { min_interval: { startup: '10m' } })
  assert.equal(minIntervalOf(app.config, 'startup'), 600_000)
  await new Promise((resolve) => setTimeout(resolve, 60))
  const first = await runTrigger(app, { name: 'startup', arrivedMs: Date.now() })
  const second = await runTrigger(app, { name: 'startup', arrivedMs: Date.now() + 1 })
  assert.deepEqual([second.outcome, second.backup, second.state], ['reference', first.backup, 'proven'])
  workInApp({ path: app.folders.app, databases: ['finance_bot.db'] }, 1)
  const third = await runTrigger(app, { name: 'startup', arrivedMs: Date.now() })
  assert.equal(third.outcome, 'backed-up')
  assert.equal(readdirSync(app.folders.backups).filter((name) => name.endsWith('.zip')).length, 2)
})
