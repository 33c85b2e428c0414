import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SqliteHeader } from '../format/sqlite/header.ts'
import type { FileFacts, Look } from '../source/sqlite/look.ts'
import { type MethodFacts, methodOf } from './method.ts'
import { isUnchanged, signatureOf } from './signatures.ts'

const now = 1_754_100_000_000_000_000n
const ms = 1_000_000n

function file(changes: Partial<FileFacts> = {}): FileFacts {
  const old = now - 5000n * ms - 1n
  return { dev: 1n, ino: 2n, bytes: 8192, mtimeNs: old, ctimeNs: old, ...changes }
}

function look(changes: Partial<Look> = {}, mode: 'wal' | 'rollback' = 'wal'): Look {
  const header = { pageSize: 4096, pages: 2, journalMode: mode, changeCounter: 5 } as SqliteHeader
  const nothing = { wal: null, journal: null, hasWalIndex: false }
  return { path: 'a.db', real: '/a.db', main: { ...file(), links: 1 }, header, ...nothing, atNs: now, ...changes }
}

const main = (changes: Partial<FileFacts>): Pick<Look, 'main'> => ({ main: { ...file(changes), links: 1 } })
const wal = (changes: Partial<FileFacts> = {}, start = 'salts'): Pick<Look, 'wal'> => ({
  wal: { ...file(changes), start },
})

test('a state that was settled equals itself later, and nothing else', () => {
  const then = { 'a.db': signatureOf(look()) }
  assert.ok(isUnchanged(then, 'a.db', signatureOf(look({ atNs: now + 9n * ms }))))
  const others: readonly Look[] = [
    look(main({ ino: 3n })),
    look(main({ bytes: 12_288 })),
    look(main({ ctimeNs: now - 4000n * ms })),
    look(main({ mtimeNs: now - 4000n * ms })),
    look(wal()),
    look({ journal: file() }),
    look({ header: { ...look().header, changeCounter: 6 } }),
  ]
  for (const other of others) assert.ok(!isUnchanged(then, 'a.db', signatureOf(other)))
  const logged = { 'a.db': signatureOf(look(wal())) }
  assert.ok(isUnchanged(logged, 'a.db', signatureOf(look(wal()))))
  assert.ok(!isUnchanged(logged, 'a.db', signatureOf(look(wal({}, 'other salts')))))
  assert.ok(!isUnchanged(null, 'a.db', signatureOf(look())))
  assert.ok(!isUnchanged({}, 'toString', 'x'))
})

test('a state seen within a tick of its last change equals nothing, not even itself', () => {
  for (const fresh of [
    main({ ctimeNs: now - 3n * ms }),
    main({ ctimeNs: now + 1n }),
    wal({ ctimeNs: now - 19n * ms }),
  ]) {
    const signature = signatureOf(look(fresh))
    assert.ok(!isUnchanged({ 'a.db': signature }, 'a.db', signature))
    assert.ok(!isUnchanged({ 'a.db': signature }, 'a.db', signatureOf(look({ ...fresh, atNs: now + 99n * ms }))))
  }
  // Whole seconds: a file system without finer stamps.
  const coarse = signatureOf(look(main({ ctimeNs: now - 1000n * ms })))
  assert.ok(!isUnchanged({ 'a.db': coarse }, 'a.db', coarse))
})

const facts: MethodFacts = { previous: null, interrupted: new Set(), insist: false }

test('only a WAL database at rest, or what a killed writer left, is taken without a lock', () => {
  assert.equal(methodOf(look(), facts), 'still')
  assert.equal(methodOf(look({ hasWalIndex: true }), facts), 'still')
  assert.equal(methodOf(look({}, 'rollback'), facts), 'held')
  assert.equal(methodOf(look({ ...wal(), hasWalIndex: true }), facts), 'held')
  assert.equal(methodOf(look(wal()), facts), 'crashed')
  assert.equal(methodOf(look({ journal: file() }, 'rollback'), facts), 'held')
  assert.equal(methodOf(look({ journal: file() }), facts), 'held')
  assert.equal(methodOf(look(main({ ctimeNs: now - 5n * ms })), facts), 'held')
  assert.equal(methodOf(look(), { ...facts, insist: true }), 'held')
})

test('a hot journal is copied with its database only while nobody writes', () => {
  const found = { ...facts, interrupted: new Set(['a.db']) }
  assert.equal(methodOf(look({ journal: file() }, 'rollback'), found), 'crashed')
  assert.equal(methodOf(look({ journal: file() }, 'rollback'), { ...found, insist: true }), 'crashed')
  assert.equal(methodOf(look({ journal: file({ ctimeNs: now - 5n * ms }) }, 'rollback'), found), 'held')
  assert.equal(methodOf(look({}, 'rollback'), found), 'held')
})
