import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import type { Inspection } from '../source/sqlite/inspection.ts'
import { compareCopy } from './compare.ts'

const wallets = { rows: 3, maxRowid: '3', newest: null }

const record: DatabaseRecord = {
  path: 'finance_bot.db',
  bytes: 8192,
  sha256: 'a'.repeat(64),
  stored: { bytes: 100, sha256: 'b'.repeat(64) },
  pageSize: 4096,
  pages: 2,
  journalMode: 'wal',
  encoding: 'UTF-8',
  userVersion: 0,
  applicationId: 0,
  schemaSha256: 'c'.repeat(64),
  quickCheck: 'ok',
  foreignKeys: { transactions: 2 },
  tables: { wallets },
  invariants: [{ name: 'balances', violations: 1, baseline: 1 }],
  blocks: { sizeBytes: 131072, sha256: '', lengths: '' },
}

const sound: Inspection = {
  pageSize: 4096,
  pages: 2,
  journalMode: 'wal',
  encoding: 'UTF-8',
  userVersion: 0,
  applicationId: 0,
  schemaSha256: 'c'.repeat(64),
  sqliteVersion: '3.53.4',
  quickCheck: [],
  integrity: [],
  foreignKeys: { transactions: 2 },
  tables: { wallets },
  invariants: [{ name: 'balances', violations: 1, looked: 3, error: null }],
  tableNames: ['wallets'],
  unseen: [],
}

test('a copy that is as recorded has no finding, known violations included', () => {
  assert.deepEqual(compareCopy(record, sound), [])
})

const wrong: readonly [claim: string, change: Partial<Inspection>, code: string, detail: RegExp][] = [
  ['quick_check lines', { quickCheck: ['row 1 missing'] }, 'integrity', /row 1 missing/],
  ['integrity_check lines', { integrity: ['wrong # of entries in index ix'] }, 'integrity', /index ix/],
  ['another size', { pages: 1 }, 'entry-size', /1 pages, recorded 2/],
  ['another schema', { schemaSha256: 'd'.repeat(64) }, 'schema', /^$/],
  ['a lost row', { tables: { wallets: { ...wallets, rows: 2 } } }, 'rows', /wallets: 2 rows, recorded 3/],
  ['a replaced row', { tables: { wallets: { ...wallets, maxRowid: '9' } } }, 'rows', /wallets/],
  ['a lost table', { tables: {} }, 'rows', /wallets: no rows, recorded 3/],
  ['a new table', { tables: { wallets, ghosts: wallets } }, 'rows', /ghosts: 3 rows, recorded none/],
  ['a new orphan', { foreignKeys: { transactions: 3 } }, 'foreign-keys', /3 rows, recorded 2/],
  ['an orphan elsewhere', { foreignKeys: { transactions: 2, assets: 1 } }, 'foreign-keys', /assets: 1 rows/],
  [
    'a newly broken rule',
    { invariants: [{ name: 'balances', violations: 2, looked: 3, error: null }] },
    'invariant',
    /known 1/,
  ],
  [
    'an unknown rule broken',
    { invariants: [{ name: 'new', violations: 1, looked: 3, error: null }] },
    'invariant',
    /known 0/,
  ],
  [
    'a rule that cannot run',
    { invariants: [{ name: 'x', violations: 0, looked: 0, error: 'no such table' }] },
    'invariant-failed',
    /no such table/,
  ],
]

for (const [claim, change, code, detail] of wrong)
  test(`${claim} is a finding of kind ${code}`, () => {
    const findings = compareCopy(record, { ...sound, ...change })
    assert.deepEqual(
      findings.map((one) => [one.code, one.path]),
      [[code, 'finance_bot.db']],
    )
    assert.match(findings[0]?.detail ?? '', detail)
  })

test('every finding is reported, not the first', () => {
  const all = compareCopy(record, { ...sound, quickCheck: ['a', 'b'], pages: 9, foreignKeys: { t: 1 } })
  assert.deepEqual(
    all.map((one) => one.code),
    ['integrity', 'integrity', 'entry-size', 'foreign-keys'],
  )
})
