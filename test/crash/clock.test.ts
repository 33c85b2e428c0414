import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openApp } from '../../src/app/open.ts'
import { backup } from '../../src/backup/backup.ts'
import { findBackup, listBackups } from '../../src/catalogue/catalogue.ts'
import { history } from '../../src/catalogue/history.ts'
import { prune } from '../../src/retention/prune.ts'
import { type Clock, systemClock } from '../../src/time/clock.ts'
import { makeApp, type ScratchApp, workInApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

/** The wall as it would show at that moment; steady time goes on as it does. */
function clockAt(moment: string): Clock {
  const offset = Date.parse(moment) - Date.now()
  return { ...systemClock, now: () => Date.now() + offset }
}

describe('whatever the clock does, the newest backups are the ones made last, and they stay', () => {
  const folder = tempFolder()
  let app: ScratchApp
  before(() => {
    app = makeApp(folder.join('app'), { config: { time_zone: 'America/New_York' } })
  })
  after(() => folder[Symbol.dispose]())

  // Forward and back by a year, then over both edges of summer time, the repeated hour included.
  const moments = [
    '2026-06-01T12:00:00Z',
    '2027-06-01T12:00:00Z',
    '2025-06-01T12:00:00Z',
    '2026-03-08T06:59:59Z',
    '2026-03-08T07:00:01Z',
    '2026-11-01T05:30:00Z',
    '2026-11-01T06:30:00Z',
    '2024-01-01T00:00:00Z',
  ]

  test('backups, their order, and retention with two to keep', async () => {
    const made: string[] = []
    for (const [day, moment] of moments.entries()) {
      const opened = await openApp({ dir: app.path, clock: clockAt(moment) })
      workInApp(app, day, 20)
      const { entry } = await backup(opened, { type: 'manual', trigger: 'manual' })
      made.unshift(entry.name)
      assert.equal(entry.state, 'proven', moment)
      const names = (await listBackups(opened)).map((one) => one.name)
      assert.deepEqual(names, made.slice(0, names.length), `after ${moment}: newest first`)
      assert.equal((await findBackup(opened, 'latest')).name, entry.name)

      const frugal = { ...opened, config: { ...opened.config, maxBackups: 2 } }
      await prune(frugal, {})
      const left = (await listBackups(opened)).map((one) => one.name)
      assert.deepEqual(left.slice(0, 2), made.slice(0, 2), `after ${moment}: the two newest stay`)
      made.splice(0, made.length, ...left)
    }
    assert.equal(new Set(made).size, made.length)
  })

  test('no act on record took less than no time', async () => {
    const opened = await openApp({ dir: app.path })
    for (const act of await history(opened)) assert.ok((act.durationMs ?? 0) >= 0, `${act.act}: ${act.durationMs} ms`)
  })
})
