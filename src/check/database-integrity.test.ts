import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildDatabase, workOneDay } from '../../bench/finance.ts'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { entryOf } from '../../test/fixture/entries.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { manualClock } from '../time/manual.ts'
import type { Scene } from './check.ts'
import { isRecentEnough, lookAtDatabases } from './database-integrity.ts'
import { isDue } from './reread.ts'

const hour = 3_600_000

test('a large database that keeps changing is copied once in six hours by a round, never by a glance, always by health', async () => {
  using folder = tempFolder()
  const clock = manualClock(Date.UTC(2031, 0, 1))
  const app = bareApp(folder.path, { clock, config: { databases: ['big.db'] } })
  buildDatabase(join(folder.path, 'big.db'), { mb: 34, journal: 'wal' })
  const scene = (): Scene => ({ app, nowMs: clock.now(), depth: 'quick', backups: [], acts: [] })
  const how = async (effort: 'full' | 'round' | 'glance') => {
    const [one] = (await lookAtDatabases(scene(), effort)).databases
    return `${one?.by} ${one?.healthy} ${one?.checked}`
  }
  assert.equal(await how('glance'), 'opened true null')
  const first = `true 2031-01-01T07:00:00.000+07:00`
  assert.equal(await how('round'), `copy ${first}`)
  workOneDay(join(folder.path, 'big.db'), { entries: 50, day: 1 })
  assert.equal(await how('round'), `recent ${first}`)
  await clock.advance(7 * hour)
  assert.equal(await how('glance'), `recent ${first}`)
  assert.equal(await how('round'), 'copy true 2031-01-01T14:00:00.000+07:00')
  assert.match(await how('full'), /^copy /)
})

test('how recent is recent enough', () => {
  const now = 100 * hour
  assert.deepEqual(
    [now, now - 6 * hour, now - 6 * hour - 1, now + 1, 0].map((at) => isRecentEnough(at, now, 'round')),
    [true, true, false, false, false],
  )
  assert.ok(isRecentEnough(0, now, 'glance') && !isRecentEnough(now, now, 'full'))
})

test('an archive is read again after a week, and at once when it was touched', () => {
  const now = Date.UTC(2031, 0, 10)
  const { proof } = entryOf({ sequence: 1, createdMs: now })
  const day = 24 * hour
  const due = (readMs: number, touched: number) => isDue({ proof: null }, readMs, touched, now)
  assert.deepEqual(
    [due(0, 0), due(now - day, 0), due(now - 7 * day, 0), due(now - day, now)],
    [true, false, true, true],
  )
  assert.equal(proof === null || !isDue({ proof }, 0, 0, Date.parse(proof.at)), true)
})
