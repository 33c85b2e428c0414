import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDuration } from './duration.ts'

describe('parseDuration', () => {
  const good: readonly [string, number][] = [
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['45', 45_000],
    ['0', 0],
    ['0s', 0],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    [' 1h 30m ', 5_400_000],
    ['10 M', 600_000],
  ]
  for (const [text, ms] of good)
    it(`reads ${JSON.stringify(text)} as ${ms} ms`, () => assert.equal(parseDuration(text), ms))

  for (const text of ['', 'm', '10x', '-5m', '1h-', '1e3', 'Infinity', 'NaN', '10 minutes', '1,5h', '999999w', '.5h']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), null))
  }
})
