import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Config } from '../app/config.ts'
import { lastDue, nextRun } from './schedule.ts'
import { isoWithOffset, localDay } from './zone.ts'

const dayMs = 86_400_000
const daily = (time: string): Config['schedule'] => ({ daily: time, weekly: null })

describe('schedule', () => {
  const edges = [
    {
      edge: 'a plain night',
      zone: 'Asia/Jakarta',
      time: '02:00',
      from: '2025-08-02T12:00+07:00',
      at: '2025-08-03T02:00:00.000+07:00',
    },
    {
      edge: 'spring gap',
      zone: 'America/New_York',
      time: '02:00',
      from: '2025-03-08T12:00-05:00',
      at: '2025-03-09T03:00:00.000-04:00',
    },
    {
      edge: 'spring gap',
      zone: 'America/New_York',
      time: '02:30',
      from: '2025-03-08T12:00-05:00',
      at: '2025-03-09T03:00:00.000-04:00',
    },
    {
      edge: 'autumn overlap',
      zone: 'America/New_York',
      time: '01:30',
      from: '2025-11-01T12:00-04:00',
      at: '2025-11-02T01:30:00.000-04:00',
    },
    {
      edge: 'autumn, after the overlap',
      zone: 'America/New_York',
      time: '02:00',
      from: '2025-11-01T12:00-04:00',
      at: '2025-11-02T02:00:00.000-05:00',
    },
    {
      edge: 'spring gap',
      zone: 'Europe/Berlin',
      time: '02:00',
      from: '2025-03-29T12:00+01:00',
      at: '2025-03-30T03:00:00.000+02:00',
    },
    {
      edge: 'autumn overlap',
      zone: 'Europe/Berlin',
      time: '02:00',
      from: '2025-10-25T12:00+02:00',
      at: '2025-10-26T02:00:00.000+02:00',
    },
  ]
  for (const { edge, zone, time, from, at } of edges) {
    it(`${zone}, daily ${time}, ${edge}: next is ${at}, once`, () => {
      const slot = nextRun(daily(time), zone, Date.parse(from))
      assert.equal(isoWithOffset(slot?.at ?? 0, zone), at)
      const after = nextRun(daily(time), zone, slot?.at ?? 0)
      assert.notEqual(localDay(after?.at ?? 0, zone), localDay(slot?.at ?? 0, zone))
    })
  }

  for (const zone of ['Asia/Jakarta', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe']) {
    for (const time of ['00:00', '01:30', '02:00', '02:30', '23:59']) {
      it(`${zone}, daily ${time}: exactly one slot a calendar day for a year, forwards and backwards alike`, () => {
        const start = Date.parse('2025-01-01T12:00:00Z')
        const days: string[] = []
        let previous = nextRun(daily(time), zone, start)?.at ?? 0
        for (let n = 0; n < 366; n++) {
          const at = nextRun(daily(time), zone, previous)?.at ?? 0
          days.push(localDay(at, zone))
          assert.equal(lastDue(daily(time), zone, at)?.at, at, 'due at its own moment')
          assert.equal(lastDue(daily(time), zone, at - 1)?.at, previous, 'not due a millisecond before')
          previous = at
        }
        assert.equal(new Set(days).size, 366)
        assert.equal(Date.parse(days.at(-1) ?? '') - Date.parse(days[0] ?? ''), 365 * dayMs)
      })
    }
  }

  for (const years of [1, -1]) {
    it(`a clock that jumps ${years} year still finds one last slot and one next slot, a day apart`, () => {
      const now = Date.parse('2025-08-02T12:00:00+07:00') + years * 365 * dayMs
      const last = lastDue(daily('02:00'), 'Asia/Jakarta', now)
      const next = nextRun(daily('02:00'), 'Asia/Jakarta', now)
      assert.equal((next?.at ?? 0) - (last?.at ?? 0), dayMs)
      assert.ok((last?.at ?? 0) <= now && now < (next?.at ?? 0))
    })
  }

  it('keeps the weekly slot apart, and where both meet there is one slot, the weekly one', () => {
    const saturday = Date.parse('2025-08-02T12:00:00+07:00')
    const apart: Config['schedule'] = { daily: '02:00', weekly: { weekday: 0, time: '03:00' } }
    const first = nextRun(apart, 'Asia/Jakarta', saturday)
    const second = nextRun(apart, 'Asia/Jakarta', first?.at ?? 0)
    assert.equal(first?.kind, 'daily')
    assert.deepEqual(
      [second?.kind, isoWithOffset(second?.at ?? 0, 'Asia/Jakarta')],
      ['weekly', '2025-08-03T03:00:00.000+07:00'],
    )

    const meeting: Config['schedule'] = { daily: '03:00', weekly: { weekday: 0, time: '03:00' } }
    const both = nextRun(meeting, 'Asia/Jakarta', saturday)
    assert.equal(both?.kind, 'weekly')
    assert.equal(lastDue(meeting, 'Asia/Jakarta', both?.at ?? 0)?.kind, 'weekly')
    assert.equal(nextRun(meeting, 'Asia/Jakarta', both?.at ?? 0)?.kind, 'daily')
  })

  it('has no slot when nothing is scheduled', () => {
    assert.equal(nextRun({ daily: null, weekly: null }, 'UTC', 0), null)
    assert.equal(lastDue({ daily: null, weekly: null }, 'UTC', 0), null)
  })
})
