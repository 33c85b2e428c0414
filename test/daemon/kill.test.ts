import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killedAt, killedOver } from './kill.suite.ts'

test('killed at random moments, the timetable has each slot exactly once', async () => {
  assert.ok((await killedOver(6, 3)) > 0)
})

for (const failpoint of ['slot-begun', 'slot-made']) {
  test(`killed at ${failpoint}, a slot is made up for exactly once`, async () => {
    await killedAt(failpoint)
  })
}
