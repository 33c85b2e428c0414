import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { entryOf } from '../../test/fixture/entries.ts'
import type { Act } from '../catalogue/types.ts'
import { judgeAvailability } from './backup-availability.ts'
import { type ContinuityFacts, continuityFacts, type Fall, isOrdinary, judgeContinuity } from './continuity.ts'
import { judgeDrill } from './drill.ts'
import { inTurn } from './reread.ts'
import { judgeSchedule } from './schedule.ts'
import { fullInDays } from './space-history.ts'
import { judgeStorage } from './storage.ts'
import { strip } from './strip.ts'
import { judgeVault } from './vault.ts'

const hour = 3_600_000
const day = 24 * hour
const now = Date.parse('2025-08-02T12:00:00+07:00')

interface Case<F> {
  readonly claim: string
  readonly change: Partial<F>
  readonly status: string
  readonly keys?: readonly string[]
}

type Judge<F> = (facts: F) => { status: string; causes: readonly { key: string }[] }

function cases<F>(name: string, judge: Judge<F>, well: NoInfer<F>, rows: readonly Case<NoInfer<F>>[]): void {
  describe(name, () => {
    for (const { claim, change, status, keys } of rows)
      test(`${claim}: ${status}`, () => {
        const verdict = judge({ ...well, ...change })
        assert.equal(verdict.status, status)
        assert.deepEqual(
          verdict.causes.map(({ key }) => key),
          keys ?? [],
        )
      })
  })
}

cases(
  'backup-availability',
  judgeAvailability,
  {
    ...{ backups: 3, proven: 3, damaged: 0, newestProven: 'b', ageMs: hour, maxAgeMs: day, required: 1 },
    ...{ enabled: true, failure: null },
  },
  [
    { claim: 'a fresh proven backup', change: {}, status: 'healthy' },
    { claim: 'a daily backup that is a little late', change: { ageMs: day + hour / 2 }, status: 'healthy' },
    { claim: 'one of yesterday', change: { ageMs: 2 * day }, status: 'critical', keys: ['no-proven-backup'] },
    { claim: 'none', change: { ageMs: null, proven: 0 }, status: 'critical', keys: ['no-proven-backup'] },
    { claim: 'fewer than required', change: { required: 5 }, status: 'warning', keys: ['too-few-backups'] },
    {
      claim: 'a failed run, though the one before is fresh',
      change: { failure: { outcome: 'failed', at: '', reason: '' } },
      status: 'critical',
      keys: ['backup-failed'],
    },
    { claim: 'switched off', change: { enabled: false }, status: 'warning', keys: ['automatic-backups-off'] },
  ],
)

cases(
  'storage',
  judgeStorage,
  {
    ...{ place: '/', totalBytes: 1e12, freeBytes: 5e11, usedPercent: 50, freePercent: 50 },
    ...{ warnUsedPercent: 85, criticalFreePercent: 10, nextBackupBytes: 1e6, fullInDays: null },
  },
  [
    { claim: 'half used', change: {}, status: 'healthy' },
    {
      claim: 'exactly 85 % used',
      change: { usedPercent: 85, freePercent: 15 },
      status: 'warning',
      keys: ['disk-space'],
    },
    {
      claim: 'exactly 10 % free',
      change: { usedPercent: 90, freePercent: 10 },
      status: 'warning',
      keys: ['disk-space'],
    },
    { claim: '9.9 % free', change: { usedPercent: 90.1, freePercent: 9.9 }, status: 'critical', keys: ['disk-space'] },
    { claim: 'no room for the next', change: { nextBackupBytes: 6e11 }, status: 'critical', keys: ['disk-no-room'] },
    { claim: 'full within the week', change: { fullInDays: 6 }, status: 'warning', keys: ['disk-full-soon'] },
  ],
)

const due = { at: '2025-08-02T02:00:00.000+07:00', lateMs: 10 * hour, done: true }
cases(
  'schedule',
  judgeSchedule,
  {
    ...{ running: true, pid: 7, heartbeat: '', ageMs: 1000, expected: true, stopped: null, enabled: true },
    ...{ nextRun: null, lastDue: due },
  },
  [
    { claim: 'a living daemon', change: {}, status: 'healthy' },
    { claim: 'none ever', change: { running: false, expected: false, ageMs: null }, status: 'healthy' },
    { claim: 'one that is restarting', change: { running: false, ageMs: 4 * 60_000 }, status: 'healthy' },
    {
      claim: 'one silent for 6 minutes',
      change: { running: false, ageMs: 6 * 60_000 },
      status: 'critical',
      keys: ['daemon-silent'],
    },
    {
      claim: 'a slot not served',
      change: { lastDue: { ...due, done: false } },
      status: 'critical',
      keys: ['schedule-missed'],
    },
    { claim: 'a slot being served', change: { lastDue: { ...due, done: false, lateMs: hour } }, status: 'healthy' },
  ],
)

const passed = { backup: 'b', at: '', outcome: 'done', recoverySeconds: 1, reason: null }
cases('drill', judgeDrill, { last: passed, ageMs: day, maxAgeMs: 35 * day, expected: true, sinceMs: 90 * day }, [
  { claim: 'one of yesterday', change: {}, status: 'healthy' },
  { claim: 'an old one', change: { ageMs: 36 * day }, status: 'warning', keys: ['drill-overdue'] },
  { claim: 'none where none is expected', change: { last: null, ageMs: null, expected: false }, status: 'healthy' },
  { claim: 'none, on the first day', change: { last: null, ageMs: null, sinceMs: day }, status: 'healthy' },
  {
    claim: 'a failed one',
    change: { last: { ...passed, outcome: 'failed' } },
    status: 'critical',
    keys: ['drill-failed'],
  },
])

cases('vault', judgeVault, { configured: true, lastSync: '', behind: 0, waitingMs: 0, failure: null }, [
  { claim: 'in step', change: {}, status: 'healthy' },
  { claim: 'not configured, whatever else', change: { configured: false, waitingMs: 9 * day }, status: 'healthy' },
  { claim: 'today’s not there yet', change: { behind: 1, waitingMs: 20 * hour }, status: 'healthy' },
  {
    claim: 'behind for two days',
    change: { behind: 2, waitingMs: 2 * day },
    status: 'warning',
    keys: ['vault-behind'],
  },
  { claim: 'behind for eight', change: { behind: 8, waitingMs: 8 * day }, status: 'critical', keys: ['vault-behind'] },
  { claim: 'a failed sync', change: { failure: { at: '', reason: '' } }, status: 'warning', keys: ['vault-failed'] },
])

describe('continuity', () => {
  const kept = (sequence: number, rows: number, type = 'scheduled') =>
    entryOf({
      ...{ sequence, type, createdMs: now - (10 - sequence) * hour },
      databases: [{ path: 'f.db', bytes: 1, sha256: String(rows), rows: { entries: rows } }],
    })
  const look = (rows: ReturnType<typeof kept>[], acts: readonly Act[] = []): ContinuityFacts =>
    continuityFacts({ backups: rows, acts, nowMs: now } as unknown as Parameters<typeof continuityFacts>[0])
  const act = (facts: Partial<Act>): Act => ({
    ...{ id: '', act: 'guarded', ended: null, outcome: 'done', backup: null, error: null, durationMs: 1, facts: {} },
    started: new Date(now - 7.5 * hour).toISOString(),
    ...facts,
  })

  const fall = (before: number, after: number, ids: [number | null, number | null] = [null, null]): Fall => ({
    ...{ database: 'f.db', table: 't', from: 'a', to: 'b', before, after },
    ...{ idBefore: ids[0], idAfter: ids[1] },
  })
  const ordinary: readonly [string, Fall, readonly Fall[], boolean][] = [
    ['a hundredth', fall(1000, 990), [], true],
    ['a little more', fall(1000, 989), [], false],
    ['one row of ten', fall(10, 9), [], false],
    ['a hundredth of the rows, but ids at the end too', fall(1000, 995, [5000, 4000]), [], false],
    ['the newest row taken back', fall(1000, 999, [5000, 4999]), [], true],
    ['what was seen once', fall(100, 80), [fall(100, 80)], false],
    ['what was seen twice', fall(100, 80), [fall(100, 85), fall(100, 90)], true],
    ['more than twice of what was seen', fall(100, 69), [fall(100, 85), fall(100, 90)], false],
    ['falls of another table', fall(100, 80), [fall(9, 1), fall(9, 1)].map((one) => ({ ...one, table: 'u' })), false],
    ['ids lost where only rows were before', fall(100, 95, [100, 90]), [fall(100, 90), fall(100, 90)], false],
  ]
  for (const [claim, one, known, expected] of ordinary)
    test(`${claim} is ${expected ? '' : 'not '}ordinary`, () => assert.equal(isOrdinary(one, known), expected))

  test('an older file put in place shows by its largest ids, even with as many rows', () => {
    const [newer, older] = [kept(2, 10), kept(1, 10)].map((one, n) => ({
      ...one,
      databases: one.databases.map((held) => ({
        ...held,
        sha256: `${n}`,
        largestIds: { entries: n === 0 ? '80' : '90' },
      })),
    }))
    const verdict = judgeContinuity(look([newer!, older!]))
    assert.deepEqual([verdict.status, verdict.causes[0]?.note.code], ['warning', 'check.ids-fell'])
  })

  test('growing is healthy, a small fall a warning, half a table critical', () => {
    assert.equal(judgeContinuity(look([kept(2, 20), kept(1, 10)])).status, 'healthy')
    assert.equal(judgeContinuity(look([kept(2, 9), kept(1, 10)])).status, 'warning')
    assert.equal(judgeContinuity(look([kept(2, 5), kept(1, 10)])).status, 'critical')
  })

  const explained: readonly [string, Act][] = [
    ['a restore', act({ act: 'restore' })],
    [
      'a guarded operation that removed those rows',
      act({ facts: { ok: true, changed: [{ database: 'f.db', table: 'entries', rows: -5 }] } }),
    ],
    ['a guarded operation that was not counted', act({ facts: { ok: true, changed: null } })],
  ]
  for (const [claim, one] of explained)
    test(`${claim} in between explains a fall`, () => {
      const facts = look([kept(3, 5), kept(2, 10)], [one])
      assert.deepEqual([facts.falls.length, facts.explained], [0, 1])
    })

  test('one that removed other rows, or came later, does not', () => {
    const other = act({ facts: { ok: true, changed: [{ database: 'f.db', table: 'labels', rows: -5 }] } })
    const later = act({ act: 'restore', started: new Date(now).toISOString() })
    assert.equal(look([kept(3, 5), kept(2, 10)], [other, later]).falls.length, 1)
  })

  test('a backup made before a bulk operation explains what follows it', () => {
    assert.equal(look([kept(2, 5), kept(1, 10, 'bulk_operation')]).explained, 1)
  })
})

test('the forecast needs a day of history and a disk that is filling', () => {
  const samples = (hours: number, perHour: number) =>
    Array.from({ length: hours + 1 }, (_, n) => ({ atMs: n * hour, freeBytes: 1000 - n * perHour }))
  assert.equal(fullInDays(samples(23, 10)), null)
  assert.equal(fullInDays(samples(24, 0)), null)
  assert.equal(fullInDays(samples(24, -5)), null)
  assert.equal(fullInDays(samples(24, 10)), 3)
  assert.equal(fullInDays([]), null)
})

test('what was not read for longest is read first, within the budget, and always one', () => {
  const backups = [3, 2, 1].map((sequence) => entryOf({ sequence, createdMs: now, bytes: 100, name: `b${sequence}` }))
  const names = (budget: number, times = {}) => inTurn(backups, times, budget).map(({ name }) => name)
  assert.deepEqual(names(1000), ['b3', 'b2', 'b1'])
  assert.deepEqual(names(10), ['b3'])
  assert.deepEqual(names(200, { b3: 30, b2: 20, b1: 10 }), ['b1', 'b2'])
})

test('the strip has one mark a local day, today last; a failure shows unless that day has a proven backup', () => {
  const at = (text: string) => Date.parse(`${text}+07:00`)
  const backups = [
    entryOf({ sequence: 3, createdMs: at('2025-08-02T00:30:00') }),
    entryOf({ sequence: 2, createdMs: at('2025-07-31T23:30:00'), state: 'stored' }),
  ]
  const failed = (text: string) => ({ act: 'backup', outcome: 'failed', started: `${text}+07:00`, facts: {} }) as Act
  const acts = [failed('2025-08-02T02:00:00'), failed('2025-08-01T02:00:00')]
  const days = strip({ backups, acts }, { nowMs: now, zone: 'Asia/Jakarta' })
  assert.equal(days.length, 30)
  assert.deepEqual(
    days.slice(-4).map(({ day: date, mark }) => `${date} ${mark}`),
    ['2025-07-30 none', '2025-07-31 stored', '2025-08-01 failed', '2025-08-02 proven'],
  )
})
