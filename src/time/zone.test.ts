import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isoWithOffset, isZone, localDay, localStamp, logStamp, minuteOfDay, systemZone } from './zone.ts'

const noon = Date.parse('2025-08-02T05:00:00.123Z')

describe('zone', () => {
  const table = [
    { zone: 'Asia/Jakarta', ms: noon, iso: '2025-08-02T12:00:00.123+07:00' },
    { zone: 'America/New_York', ms: noon, iso: '2025-08-02T01:00:00.123-04:00' },
    { zone: 'Asia/Kolkata', ms: noon, iso: '2025-08-02T10:30:00.123+05:30' },
    { zone: 'America/St_Johns', ms: noon, iso: '2025-08-02T02:30:00.123-02:30' },
    { zone: 'Pacific/Kiritimati', ms: noon, iso: '2025-08-02T19:00:00.123+14:00' },
    { zone: 'UTC', ms: 0, iso: '1970-01-01T00:00:00.000+00:00' },
    { zone: 'UTC', ms: -1, iso: '1969-12-31T23:59:59.999+00:00' },
    { zone: 'UTC', ms: Date.parse('2024-02-29T00:00:00Z'), iso: '2024-02-29T00:00:00.000+00:00' },
    // the overlap: the same wall time twice, told apart by its offset
    { zone: 'Europe/Berlin', ms: Date.parse('2025-10-26T00:30:00Z'), iso: '2025-10-26T02:30:00.000+02:00' },
    { zone: 'Europe/Berlin', ms: Date.parse('2025-10-26T01:30:00Z'), iso: '2025-10-26T02:30:00.000+01:00' },
    { zone: 'Europe/Berlin', ms: Date.parse('2025-03-30T01:00:00Z'), iso: '2025-03-30T03:00:00.000+02:00' },
  ]
  for (const { zone, ms, iso } of table) {
    it(`writes ${new Date(ms).toISOString()} in ${zone} as ${iso}, which names the same moment`, () => {
      assert.equal(isoWithOffset(ms, zone), iso)
      assert.equal(Date.parse(iso), ms)
    })
  }

  it('makes the stamp of a backup name, the founding log stamp and the calendar day', () => {
    assert.equal(localStamp(noon, 'Asia/Jakarta'), '20250802_120000')
    assert.equal(logStamp(noon, 'Asia/Jakarta'), '2025-08-02 12:00:00')
    assert.equal(localDay(Date.parse('2025-08-02T20:00:00Z'), 'Asia/Jakarta'), '2025-08-03')
    assert.equal(minuteOfDay(noon, 'Asia/Kolkata'), 10 * 60 + 30)
  })

  it('knows a zone from a typing error and from a bare offset', () => {
    for (const name of ['Asia/Jakarta', 'UTC', 'Etc/GMT-7', 'asia/jakarta']) assert.equal(isZone(name), true, name)
    for (const name of ['Asia/Jkarta', '', '+07:00', 'WIB-7', '../etc/passwd', 'Asia/Jakarta ']) {
      assert.equal(isZone(name), false, name)
    }
    assert.equal(isZone(systemZone()), true)
  })
})
