import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { note } from '../message/phrases.ts'
import { openAlerts, raise, settle } from './alert.ts'
import { readAlerts } from './state.ts'

const cause = { key: 'backup-failed', severity: 'critical', note: note('warning.no-tables', { path: 'a.db' }) } as const

test('one cause opens one alert, however often it is raised, and closes once', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await raise(app, { ...cause, severity: 'warning' })
  await Promise.all([raise(app, cause), raise(app, cause), raise(app, { ...cause, key: 'other' })])
  assert.deepEqual(
    (await openAlerts(app)).map((one) => [one.key, one.severity]),
    [
      ['backup-failed', 'critical'],
      ['other', 'critical'],
    ],
  )
  await settle(app, 'backup-failed')
  await settle(app, 'never-raised')
  assert.deepEqual(
    (await openAlerts(app)).map((one) => one.key),
    ['other'],
  )
})

test('the same cause after its close is a new alert', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await raise(app, cause)
  await settle(app, cause.key)
  await raise(app, cause)
  const { alerts } = await readAlerts(app)
  assert.deepEqual(
    alerts.map((one) => one.closedMs === null),
    [false, true],
  )
})

test('a damaged state file is an empty state that the next alert mends', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await raise(app, cause)
  writeFileSync(join(app.folders.state, 'alerts.json'), '{ "version": 1, "al')
  assert.deepEqual(await openAlerts(app), [])
  await raise(app, cause)
  assert.equal((await openAlerts(app)).length, 1)
})
