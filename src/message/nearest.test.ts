import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from './nearest.ts'

const verbs = ['backup', 'list', 'restore', 'verify', 'pin', 'unpin']

for (const [found, expected] of [
  ['bakcup', 'backup'],
  ['lst', 'list'],
  ['RESTORE', 'restore'],
  ['verfiy', 'verify'],
  ['unpi', 'unpin'],
  ['xyzzy', null],
  ['x', null],
] as const) {
  test(`"${found}" means ${expected ?? 'nothing known'}`, () => assert.equal(nearest(found, verbs), expected))
}
