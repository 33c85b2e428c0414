import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf } from '../../test/fixture/entries.ts'
import { defaultConfig } from '../app/config-file.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { planRetention, type RetentionFacts } from './plan.ts'
import { policyOf, type RetentionPolicy } from './policy.ts'

const day = 86_400_000
const hour = day / 24
const now = Date.parse('2025-08-20T12:00:00+07:00')
const standard: RetentionPolicy = {
  newest: 3,
  daily: 3,
  weekly: 2,
  monthly: 2,
  perType: 2,
  ofType: { pre_migration: 3 },
}
const bare: RetentionPolicy = { newest: 1, daily: 0, weekly: 0, monthly: 0, perType: 0, ofType: {} }
const facts: RetentionFacts = {
  nowMs: now,
  zone: 'Asia/Jakarta',
  namedByPlans: new Set(),
  archiveFolder: '/app/backups/archives',
}

/** `age` in days. */
function make(sequence: number, age: number, more: Partial<BackupEntry> = {}): BackupEntry {
  return entryOf({ sequence, createdMs: now - age * day, name: `b${sequence}`, ...more })
}

/** The whole plan as lines, newest first within each list: `b3 keep last newest`. */
function planned(backups: readonly BackupEntry[], policy = standard, more: Partial<RetentionFacts> = {}): string[] {
  const plan = planRetention(backups, policy, { ...facts, ...more })
  assert.equal(plan.kept.length + plan.removed.length + plan.archived.length, backups.length)
  return [
    ...plan.kept.map((one) => `${one.name} keep ${one.reasons.join(' ')}`),
    ...plan.archived.map((one) => `${one.name} archive ${one.reason}`),
    ...plan.removed.map((one) => `${one.name} remove ${one.reason}`),
  ]
}

const dailies = (count: number, more: Partial<BackupEntry> = {}): BackupEntry[] =>
  Array.from({ length: count }, (_, age) => make(100 - age, age + 0.4, { type: 'scheduled', ...more }))

test('golden: sixty daily backups keep the newest, days, weeks and months, each with its reason', () => {
  const lines = planned(dailies(60))
  assert.deepEqual(
    lines.filter((line) => line.includes(' keep ')),
    [
      'b100 keep last newest daily weekly monthly type',
      'b99 keep last newest daily type',
      'b98 keep newest daily',
      'b97 keep weekly',
      'b80 keep monthly',
    ],
  )
  assert.equal(lines.filter((line) => line.endsWith('remove superseded')).length, 55)
})

test('golden: every other reason to stay', () => {
  const backups = [
    make(30, 0.1),
    make(29, 0.2),
    make(28, 3, { state: 'stored' }),
    make(27, 9, { state: 'stored' }),
    make(26, 10, { state: 'damaged' }),
    make(25, 11, { pinned: true }),
    make(24, 12),
    make(23, 13),
    make(22, 14, { type: 'pre_migration' }),
    make(21, 15, { path: '/app/backups/archives/b21.zip', type: 'emergency' }),
    make(20, 40, { state: 'damaged' }),
    make(19, 41, { state: 'damaged', type: 'pre_deployment' }),
    make(0, 90, { state: 'stored', legacy: true, name: 'old1' }),
    make(0, 91, { state: 'damaged', legacy: true, name: 'old2' }),
    make(0, 92, { legacy: true, name: 'old3' }),
    make(0, 0.5, { state: 'damaged', name: 'torn', type: 'unknown' }),
  ]
  assert.deepEqual(planned(backups, bare, { namedByPlans: new Set(['b24']) }), [
    'b30 keep last newest',
    'b29 keep last',
    'b28 keep unproven',
    'b26 keep damaged',
    'b25 keep pinned',
    'b24 keep plan',
    'b21 keep archived',
    'b19 keep damaged',
    'torn keep damaged',
    'old1 keep legacy',
    'old2 keep damaged',
    'b22 archive critical',
    'b27 remove unproven',
    'b23 remove superseded',
    'b20 remove damaged',
    'old3 remove superseded',
  ])
})

test('without two newer proven backups nothing goes', () => {
  assert.deepEqual(planned([], bare), [])
  assert.deepEqual(planned([make(2, 1), make(1, 400)], bare), ['b2 keep last newest', 'b1 keep last'])
  const unproven = Array.from({ length: 40 }, (_, at) => make(50 - at, 10 + at, { state: 'stored' }))
  assert.ok(planned([make(51, 9), ...unproven], bare).every((line) => line.includes(' keep ')))
})

test('unproven and damaged backups count for nothing: twenty of them push out no proven one', () => {
  const noise = Array.from({ length: 20 }, (_, at) =>
    make(100 + at, at / 100, { state: at % 2 ? 'stored' : 'damaged' }),
  )
  const lines = planned([...noise, make(9, 30), make(8, 60), make(7, 90), make(6, 120)], { ...bare, newest: 2 })
  assert.ok(lines.includes('b9 keep last newest') && lines.includes('b8 keep last newest'))
  assert.ok(lines.includes('b7 remove superseded'))
})

test('ten restarts in an hour do not push out yesterday', () => {
  const restarts = Array.from({ length: 10 }, (_, at) => make(60 + at, (at * hour) / 10 / day, { type: 'startup' }))
  const config = policyOf({ ...defaultConfig(), maxBackups: 10 })
  const lines = planned(
    [...restarts, make(59, 1.1, { type: 'scheduled' }), make(58, 2.1, { type: 'scheduled' })],
    config,
  )
  assert.ok(lines.some((line) => line.startsWith('b59 keep') && line.includes('daily')))
  assert.ok(lines.some((line) => line.startsWith('b58 keep') && line.includes('daily')))
})

test('a flood of one type leaves the two newest of every other', () => {
  const flood = Array.from({ length: 300 }, (_, at) => make(1000 - at, at / 300, { type: 'asset_operation' }))
  const others = [make(5, 200, { type: 'manual' }), make(4, 300, { type: 'manual' }), make(3, 310, { type: 'manual' })]
  const lines = planned([...flood, ...others], { ...standard, monthly: 0, weekly: 0, daily: 0 })
  assert.deepEqual(lines.slice(3), [
    'b5 keep type',
    'b4 keep type',
    ...Array.from({ length: 297 }, (_, at) => `b${997 - at} remove superseded`),
    'b3 remove superseded',
  ])
})

test('migrations have a quota of their own', () => {
  const migrations = Array.from({ length: 5 }, (_, at) => make(50 - at, 100 + at, { type: 'pre_migration' }))
  const lines = planned([make(60, 1), make(59, 2), ...migrations], { ...bare, ofType: { pre_migration: 3 } })
  assert.deepEqual(lines.slice(2), [
    'b50 keep type',
    'b49 keep type',
    'b48 keep type',
    'b47 archive critical',
    'b46 archive critical',
  ])
})

test('a clock that is behind the newest backup removes nothing', () => {
  const lines = planned(dailies(60), bare, { nowMs: now - 365 * day })
  assert.ok(lines.every((line) => line.includes(' keep ')))
  assert.match(planned(dailies(60), bare, { nowMs: now - 3 * day }).at(-1) as string, /keep clock-behind/)
})

test('backups dated in the future stay and take no place from others', () => {
  const future = Array.from({ length: 5 }, (_, at) => make(50 + at, -365 - at, { name: `f${at}` }))
  const lines = planned([make(60, 0.1), make(59, 0.2), ...future, make(40, 5), make(39, 6)], { ...bare, newest: 3 })
  assert.equal(lines.filter((line) => /^f\d keep .*future/.test(line)).length, 5)
  assert.ok(lines.includes('b40 keep newest'))
  assert.ok(lines.includes('b39 remove superseded'))
})

test('a clock that ran a year ahead and came back does not make ordinary backups look jumped for ever', () => {
  const jumped = make(50, -0.01 * 365, { name: 'wrong' })
  const ordinary = Array.from({ length: 30 }, (_, at) => make(100 - at, at + 1))
  const lines = planned([...ordinary, jumped], { ...bare, newest: 5 }, { nowMs: now + 10 * day })
  assert.ok(lines.includes('wrong keep last clock-jump'))
  assert.equal(lines.filter((line) => line.endsWith('remove superseded')).length, 25)
})

test('backups made while the clock was a year behind stay, and the real two newest by sequence and by date too', () => {
  const behind = [make(53, 365), make(52, 365.1), make(51, 365.2)]
  const real = [make(50, 1), make(49, 2), make(48, 3)]
  const lines = planned([make(54, 0.1), ...behind, ...real], bare)
  assert.deepEqual(lines, [
    'b54 keep last newest',
    'b53 keep last clock-jump',
    'b52 keep clock-jump',
    'b51 keep clock-jump',
    'b50 keep last',
    'b49 remove superseded',
    'b48 remove superseded',
  ])
})

test('a copy of an archive under another name is no second backup, and shares its fate', () => {
  const original = make(50, 1)
  const copy = { ...original, name: 'copy', path: '/app/backups/copy.zip' }
  assert.deepEqual(planned([original, copy, make(49, 2), make(48, 3)], bare), [
    'b50 keep last newest',
    'copy keep last newest',
    'b49 keep last',
    'b48 remove superseded',
  ])
})

test('where the archive folder is the backup folder, critical backups simply stay', () => {
  const backups = [make(9, 1), make(8, 2), make(7, 3, { type: 'pre_deployment' }), make(6, 4)]
  assert.deepEqual(planned(backups, bare, { archiveFolder: null }).slice(2), [
    'b7 keep critical',
    'b6 remove superseded',
  ])
})

test('days are local days: 23:30 and 00:30 in Jakarta are two', () => {
  const before = Date.parse('2025-08-10T16:30:00Z')
  const backups = [make(9, 1), make(8, 2), entryOf({ sequence: 7, createdMs: before + hour, name: 'after' })]
  const last = entryOf({ sequence: 6, createdMs: before, name: 'before' })
  const policy = { ...bare, daily: 4 }
  assert.deepEqual(planned([...backups, last], policy).slice(2), ['after keep daily', 'before keep daily'])
  assert.equal(planned([...backups, last], policy, { zone: 'UTC' })[3], 'before remove superseded')
})

test('many backups are planned in a moment', () => {
  const many = Array.from({ length: 3000 }, (_, at) => make(5000 - at, at / 10))
  const started = performance.now()
  planned(many)
  assert.ok(performance.now() - started < 2000)
})
