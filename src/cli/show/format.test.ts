import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ago, bytes, dateTime, duration, number, percent } from './format.ts'

const table: readonly (readonly [string, string, string])[] = [
  ['1,234,567', number(1234567, 'en'), 'number en'],
  ['1.234.567', number(1234567, 'id'), 'number id'],
  ['9,223,372,036,854,775,807', number(9223372036854775807n, 'en'), '64-bit number'],
  ['0 B', bytes(0, 'en'), 'no bytes'],
  ['999 B', bytes(999, 'en'), 'bytes'],
  ['1.5 kB', bytes(1500, 'en'), 'kB'],
  ['52,3 MB', bytes(52_300_000, 'id'), 'MB id'],
  ['1 MB', bytes(999_960, 'en'), 'no "1000 kB"'],
  ['200 MB', bytes(200_400_000, 'en'), 'large sizes have no decimals'],
  ['45.2%', percent(45.21, 'en'), 'percent'],
  ['0.04 s', duration(40, 'en'), 'short spans keep two decimals'],
  ['1,2 dtk', duration(1234, 'id'), 'seconds id'],
  ['10 s', duration(9990, 'en'), 'rounding does not print 10.0'],
  ['3 min 20 s', duration(200_000, 'en'), 'two units'],
  ['1 h', duration(3_600_400, 'en'), 'a zero second unit is left out'],
  ['2 hari 3 jam', duration(2 * 86_400_000 + 3 * 3_600_000, 'id'), 'days id'],
  ['just now', ago(500, 'en'), 'now'],
  ['3 mnt lalu', ago(190_000, 'id'), 'minutes ago id'],
  ['NaN s ago', ago(Number.NaN, 'en'), 'no number still makes a sentence'],
  ['2 d ago', ago(2.5 * 86_400_000, 'en'), 'days ago'],
]

describe('format', () => {
  for (const [expected, actual, title] of table) test(title, () => assert.equal(actual, expected))

  test('a time is printed in the zone asked for, in the reader’s language', () => {
    const noon = Date.parse('2025-08-02T12:00:05+07:00')
    assert.equal(dateTime(noon, 'Asia/Jakarta', 'en'), '2 Aug 2025, 12:00:05')
    assert.equal(dateTime(noon, 'Asia/Jakarta', 'id'), '2 Agu 2025, 12.00.05')
  })
})
