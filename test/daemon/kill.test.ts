import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killedOver } from './kill.suite.ts'

test('killed at random moments, the timetable has each slot exactly once', async () => {
  assert.ok((await killedOver(6, 3)) > 0)
})
