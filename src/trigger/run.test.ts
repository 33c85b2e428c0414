import assert from 'node:assert/strict'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeApp, sqlite3, workInApp } from '../../test/fixture/scratch-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { openAlerts } from '../alert/alert.ts'
import type { App } from '../app/app.ts'
import { openApp } from '../app/open.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { acquireLock } from '../disk/lock.ts'
import { systemClock } from '../time/clock.ts'
import { recordDone } from './changes.ts'
import { isOn, minIntervalOf, typeOfTrigger } from './kind.ts'
import { runTrigger } from './run.ts'

async function scratchApp(path: string, backupConfig: object = {}, more: object = {}): Promise<App> {
  const { path: dir } = makeApp(join(path, 'bot'), {
    mb: 0.2,
    config: {
      backup_config: { enabled: true, ...backupConfig },
      backup_paths: { databases: ['finance_bot.db', 'data/assets.db'] },
      ...more,
    },
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

test('an override opens a gate whose backup fails: on record with its reason, and an alert', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  rmSync(join(app.folders.app, 'finance_bot.db'))
  writeFileSync(join(app.folders.app, 'finance_bot.db'), 'no database')
  const request = { name: 'bulk_delete', arrivedMs: Date.now() }
  await runTrigger(app, request).catch(() => undefined)
  const result = await runTrigger(app, { ...request, override: 'price fix cannot wait' })
  assert.deepEqual(
    [result.outcome, result.backup, result.warnings[0]?.code],
    ['overridden', null, 'warning.overridden'],
  )
  const act = (await history(app)).find((one) => one.act === 'override')
  assert.deepEqual([act?.outcome, act?.facts.reason], ['done', 'price fix cannot wait'])
  assert.ok((await openAlerts(app)).some(({ key }) => key === 'override:bulk_delete'))
})

test('a closed gate throws why, is on record and opens an alert; a proven backup closes the alert', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  const database = join(app.folders.app, 'finance_bot.db')
  renameSync(database, `${database}.away`)
  writeFileSync(database, 'no database')
  await assert.rejects(runTrigger(app, { name: 'bulk_delete', arrivedMs: Date.now() }), { name: 'PulihError' })
  assert.deepEqual([(await history(app))[0]?.act, (await history(app))[0]?.outcome], ['backup', 'failed'])
  assert.deepEqual(
    (await openAlerts(app)).map(({ key }) => key),
    ['backup-failed'],
  )
  renameSync(`${database}.away`, database)
  await runTrigger(app, { name: 'bulk_delete', arrivedMs: Date.now() })
  assert.deepEqual(await openAlerts(app), [])
})

test('a rule newly broken is an alert at once, under the key that health uses; a proven backup closes it', async () => {
  using folder = tempFolder()
  const rule = { name: 'kept', database: 'finance_bot.db', sql: 'SELECT 1 FROM kept WHERE amount < 0' }
  const app = await scratchApp(folder.path, {}, { invariants: [rule] })
  const path = join(app.folders.app, 'finance_bot.db')
  sqlite3(path, 'CREATE TABLE kept(amount); INSERT INTO kept VALUES (1)')
  const now = async () => runTrigger(app, { name: 'bulk_delete', arrivedMs: Date.now() + 1 })
  assert.equal((await now()).state, 'proven')
  sqlite3(path, 'UPDATE kept SET amount = -1')
  assert.equal((await now()).state, 'stored')
  assert.deepEqual(
    (await openAlerts(app)).map(({ key, severity }) => [key, severity]),
    [['database-damaged:finance_bot.db', 'critical']],
  )
  sqlite3(path, 'UPDATE kept SET amount = 2')
  assert.equal((await now()).state, 'proven')
  assert.deepEqual(await openAlerts(app), [])
})

test('a gate that cannot have the lock in time is closed, on record, and alerted', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  await using _lock = await acquireLock(app.folders.state, 'restore', { waitMs: 0, clock: app.clock })
  const waiting = runTrigger(app, { name: 'bulk_delete', arrivedMs: Date.now(), waitMs: 50 })
  await assert.rejects(waiting, { code: 'lock.busy', exit: 5 })
  assert.equal((await history(app))[0]?.error?.code, 'lock.busy')
  assert.equal((await openAlerts(app))[0]?.key, 'backup-failed')
})

test('a gate that waits for `stored` only opens before the proof, which is made all the same', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  const early: (string | null)[] = []
  const request = { name: 'bulk_delete', arrivedMs: Date.now(), until: 'stored' } as const
  const result = await runTrigger(app, { ...request, onStored: ({ state }) => early.push(state) })
  assert.deepEqual([early, result.state], [['stored'], 'proven'])
})

test('a name that cannot be a type is refused as wrong use, without an alert', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  await assert.rejects(runTrigger(app, { name: '../up', arrivedMs: Date.now(), override: 'x' }), { exit: 2 })
  assert.deepEqual(await openAlerts(app), [])
})

test('a guarded operation is on record with the rows it changed, table by table', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  const { backup } = await runTrigger(app, { name: 'bulk_delete', arrivedMs: Date.now() })
  const before = Number(sqlite3(join(app.folders.app, 'finance_bot.db'), 'SELECT count(*) FROM holdings'))
  sqlite3(join(app.folders.app, 'finance_bot.db'), 'DELETE FROM holdings')
  const changed = await recordDone(app, { name: 'bulk_delete', backup, ok: true })
  assert.deepEqual(changed, [{ database: 'finance_bot.db', table: 'holdings', rows: -before }])
  const [act] = await history(app)
  assert.deepEqual([act?.act, act?.backup, act?.facts.changed], ['guarded', backup, changed])
  assert.match(readFileSync(join(app.folders.logs, 'pulih.log'), 'utf8'), /bulk_delete removed \d+ rows of holdings/)
})

test('a backup dated in the future is joined by nobody: the clock was set back since', async () => {
  using folder = tempFolder()
  const app = await scratchApp(folder.path)
  const ahead = { ...app, clock: { ...systemClock, now: () => Date.now() + 60_000 } }
  await runTrigger(ahead, { name: 'bulk_delete', arrivedMs: Date.now() })
  const result = await runTrigger(app, { name: 'bulk_delete', arrivedMs: Date.now() })
  assert.equal(result.outcome, 'backed-up')
})
