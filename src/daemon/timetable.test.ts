import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeApp } from '../../test/fixture/scratch-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import type { App } from '../app/app.ts'
import { openApp } from '../app/open.ts'
import { backup } from '../backup/backup.ts'
import { history } from '../catalogue/history.ts'
import { type ManualClock, manualClock } from '../time/manual.ts'
import { readSlots } from './slots.ts'
import { runSlot, slotDue } from './timetable.ts'

const hourMs = 3_600_000

function scratch(t: TestContext, startIso: string, zone: string, config: object = {}) {
  const folder = tempFolder()
  t.after(() => folder[Symbol.dispose]())
  const { path } = makeApp(folder.join('bot'), {
    mb: 0.05,
    config: {
      backup_config: { enabled: true, backup_schedule: { daily_backup: '02:30' } },
      time_zone: zone,
      ...config,
    },
  })
  const clock = manualClock(Date.parse(startIso))
  return { clock, open: () => openApp({ dir: path, clock }) }
}

/** What the loop does once. */
async function turn(app: App): Promise<boolean> {
  const slot = await slotDue(app)
  if (slot !== null) await runSlot(app, slot, {})
  return slot !== null
}

/** Local times at which a scheduled backup began, oldest first. */
async function runs(app: App): Promise<string[]> {
  const acts = (await history(app)).filter(({ act, facts }) => act === 'backup' && facts.type === 'scheduled')
  return acts.map(({ started }) => started.slice(0, 16)).reverse()
}

async function pass(app: App, clock: ManualClock, hours: number, stepMs = hourMs / 2): Promise<void> {
  for (let spent = 0; spent < hours * hourMs; spent += stepMs) {
    await clock.advance(stepMs)
    await turn(app)
  }
}

test('each day has one run, over the night that skips 02:30 and the night that has it twice', async (t) => {
  const spring = scratch(t, '2025-03-08T12:00:00-05:00', 'America/New_York')
  const app = await spring.open()
  await turn(app)
  await pass(app, spring.clock, 48)
  assert.deepEqual(await runs(app), ['2025-03-09T03:00', '2025-03-10T02:30'])
  const autumn = scratch(t, '2025-11-01T12:00:00-04:00', 'America/New_York')
  const later = await autumn.open()
  await turn(later)
  await pass(later, autumn.clock, 49)
  assert.deepEqual(await runs(later), ['2025-11-02T02:30', '2025-11-03T02:30'])
})

test('slots missed while nothing ran are made up for once, by one run', async (t) => {
  const { clock, open } = scratch(t, '2025-08-01T12:00:00+07:00', 'Asia/Jakarta')
  await turn(await open())
  await clock.advance(5 * 24 * hourMs)
  const app = await open()
  assert.deepEqual([await turn(app), await turn(app)], [true, false])
  assert.deepEqual(await runs(app), ['2025-08-06T12:00'])
})

test('a clock set back over a slot does not run it twice, one set forward runs it once', async (t) => {
  const { clock, open } = scratch(t, '2025-08-01T02:00:00+07:00', 'Asia/Jakarta')
  const app = await open()
  await turn(app)
  await pass(app, clock, 1)
  clock.setWall(Date.parse('2025-08-01T01:00:00+07:00'))
  await pass(app, clock, 3)
  assert.deepEqual(await runs(app), ['2025-08-01T02:30'])
  clock.setWall(Date.parse('2025-08-02T09:00:00+07:00'))
  await turn(app)
  await turn(app)
  assert.equal((await runs(app)).length, 2)
})

test('a clock that was a year ahead leaves no gap when it is right again', async (t) => {
  const { clock, open } = scratch(t, '2026-08-01T12:00:00+07:00', 'Asia/Jakarta')
  const app = await open()
  await turn(app)
  await pass(app, clock, 24, 12 * hourMs)
  clock.setWall(Date.parse('2025-08-01T12:00:00+07:00'))
  await turn(app)
  await pass(app, clock, 48, 12 * hourMs)
  assert.deepEqual((await runs(app)).slice(1), ['2025-08-02T12:00', '2025-08-03T12:00'])
})

test('a first start owes nothing for a slot before pulih was there, and the slot when it was in use', async (t) => {
  const fresh = scratch(t, '2025-08-01T12:00:00+07:00', 'Asia/Jakarta')
  assert.equal(await turn(await fresh.open()), false)
  const used = scratch(t, '2025-08-01T01:00:00+07:00', 'Asia/Jakarta')
  const app = await used.open()
  await backup(app, { type: 'manual', trigger: 'manual' })
  await used.clock.advance(5 * hourMs)
  assert.deepEqual([await turn(app), await turn(app)], [true, false])
  const kept = scratch(t, '2025-08-01T01:00:00+07:00', 'Asia/Jakarta')
  const late = await kept.open()
  await backup(late, { type: 'manual', trigger: 'manual' })
  await kept.clock.advance(5 * hourMs)
  await backup(late, { type: 'manual', trigger: 'manual' })
  assert.equal(await turn(late), false)
})

test('daily and weekly at one moment are one run, weekly', async (t) => {
  const schedule = { daily_backup: '03:00', weekly_full_backup: 'Sunday 03:00' }
  const config = { backup_config: { enabled: true, backup_schedule: schedule } }
  const { clock, open } = scratch(t, '2025-08-02T12:00:00+07:00', 'Asia/Jakarta', config)
  const app = await open()
  await turn(app)
  await pass(app, clock, 24, 6 * hourMs)
  const acts = (await history(app)).filter(({ act }) => act === 'backup')
  assert.deepEqual(
    acts.map(({ facts }) => facts.trigger),
    ['weekly_scheduled'],
  )
})

test('a timetable that is switched off runs nothing', async (t) => {
  const config = { backup_config: { enabled: true, auto_backup_triggers: ['before_migration'] } }
  const { clock, open } = scratch(t, '2025-08-01T12:00:00+07:00', 'Asia/Jakarta', config)
  const app = await open()
  await turn(app)
  await pass(app, clock, 48, 12 * hourMs)
  assert.deepEqual(await history(app), [])
})

test('a slot whose backup failed is still due', async (t) => {
  const { clock, open } = scratch(t, '2025-08-01T01:00:00+07:00', 'Asia/Jakarta', {
    backup_paths: { databases: ['gone.db'] },
  })
  const app = await open()
  await turn(app)
  await clock.advance(2 * hourMs)
  await assert.rejects(turn(app), { code: 'source.missing' })
  assert.notEqual(await slotDue(app), null)
  assert.deepEqual((await readSlots(app)).done, [])
})
