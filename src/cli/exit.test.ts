import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PulihError } from '../error.ts'
import { failureOf } from './exit.ts'

const reader = { language: 'en', signal: new AbortController().signal, app: null } as const

describe('a failure', () => {
  test('is two short lines: what happened, and what to do', () => {
    const { text, exit } = failureOf(new PulihError('lock.busy', { act: 'backup', pid: 7, waitedSeconds: 30 }), reader)
    assert.equal(exit, 5)
    assert.equal(text.split('\n').length, 2)
  })

  test('that nobody foresaw is worded as a bug, without its stack', () => {
    const { text, exit, json, detail } = failureOf(new TypeError('x is undefined'), reader)
    assert.equal(exit, 1)
    assert.equal(json.error.code, 'bug')
    assert.match(text, /this is a bug in pulih: x is undefined/)
    assert.doesNotMatch(text, /\n\s+at /)
    assert.match(detail, /\n\s+at /)
  })

  test('never shows a token, neither in its words nor in its detail', () => {
    const token = '7000000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'
    const { text, detail, json } = failureOf(new Error(`fetch https://api.telegram.org/bot${token}/x failed`), reader)
    for (const said of [text, detail, JSON.stringify(json)]) assert.ok(!said.includes('AAHdq'), said)
  })

  test('of a cancelled run is cancelled, whatever broke on the way out', () => {
    const signal = AbortSignal.abort(new PulihError('cancelled'))
    assert.equal(failureOf(new Error('read after close'), { ...reader, signal }).exit, 130)
  })

  test('while closing after a failure does not hide the first one', () => {
    const first = new PulihError('disk.denied', { path: '/x' })
    assert.equal(failureOf(new SuppressedError(new Error('close'), first), reader).json.error.code, 'disk.denied')
  })
})
