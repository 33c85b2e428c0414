import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killedOver } from './kill.suite.ts'

test('killed at random moments over 200 slots, the timetable has each slot exactly once', async () => {
  const kills = await killedOver(200, 7)
  assert.ok(kills > 100, `${kills} kills`)
})
