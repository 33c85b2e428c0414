import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasWalResetBug } from './doctor-sqlite.ts'

describe('the WAL-reset race', () => {
  const table: readonly [string, boolean][] = [
    ['3.6.23', false],
    ['3.7.0', true],
    ['3.40.1', true],
    ['3.44.5', true],
    ['3.44.6', false],
    ['3.45.0', true],
    ['3.50.6', true],
    ['3.50.7', false],
    ['3.51.2', true],
    ['3.51.3', false],
    ['3.52.0', false],
    ['3.53.4', false],
    ['4.0.0', false],
  ]
  for (const [version, has] of table) {
    it(`is ${has ? '' : 'not '}in SQLite ${version}`, () => assert.equal(hasWalResetBug(version), has))
  }
})
