import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMoment } from './moment.ts'

const cases: readonly [text: string, zone: string, iso: string][] = [
  ['2025-08-02 12:00', 'Asia/Jakarta', '2025-08-02T05:00:00.000Z'],
  ['2025-08-02T12:00:30', 'Asia/Jakarta', '2025-08-02T05:00:30.000Z'],
  ['20250802_120000', 'Asia/Jakarta', '2025-08-02T05:00:00.000Z'],
  ['2025-08-02', 'Asia/Jakarta', '2025-08-02T16:59:59.000Z'],
  ['2025-08-02T12:00:00.123+07:00', 'UTC', '2025-08-02T05:00:00.000Z'],
  ['2025-08-02T05:00:00Z', 'Asia/Jakarta', '2025-08-02T05:00:00.000Z'],
  ['2025-03-09 01:59', 'America/New_York', '2025-03-09T06:59:00.000Z'],
  ['2025-03-09 03:01', 'America/New_York', '2025-03-09T07:01:00.000Z'],
  ['2025-11-02 12:00', 'America/New_York', '2025-11-02T17:00:00.000Z'],
]

for (const [text, zone, iso] of cases) {
  test(`"${text}" in ${zone} is ${iso}`, () => {
    assert.equal(new Date(parseMoment(text, zone)).toISOString(), iso)
  })
}

for (const text of ['', 'yesterday', '2025-13-01', '2025-02-30', '12:00', '2025-08-02 25:00', '2025-08-02 12:00 PM']) {
  test(`"${text}" is no moment, and is said to be wrong usage`, () => {
    assert.throws(() => parseMoment(text, 'UTC'), { code: 'restore.time', exit: 2 })
  })
}
