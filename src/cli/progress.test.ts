import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import type { ProgressEvent } from '../snapshot/progress.ts'
import { type ProgressStyle, ProgressView } from './progress.ts'

/** What `events` (each with the time it comes at) leave on the stream. */
function shown(
  kind: ProgressStyle['kind'],
  events: readonly (readonly [number, ProgressEvent])[],
  columns = 80,
): string {
  let text = ''
  let now = 0
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  const view = new ProgressView(out, { kind, language: () => 'en', columns, steady: () => now })
  for (const [at, event] of events) {
    now = at
    view.report(event)
  }
  view.clear()
  return text
}

const copying = (done: number): ProgressEvent => ({
  step: 'capture',
  subject: 'finance_bot.db',
  done,
  total: 200e6,
  unit: 'bytes',
})

describe('progress', () => {
  test('in a log, short work says nothing and long work a line every few seconds', () => {
    assert.equal(
      shown('lines', [
        [0, copying(0)],
        [900, copying(200e6)],
      ]),
      '',
    )
    const long = Array.from({ length: 120 }, (_, at) => [at * 100, copying(at * 1e6)] as const)
    const lines = shown('lines', long).trim().split('\n')
    assert.equal(lines.length, 2, lines.join('|'))
    assert.equal(lines[0], 'copying finance_bot.db: 10% (20 MB / 200 MB)')
  })

  test('on a terminal a bar is drawn over itself, fits the screen, and is wiped off', () => {
    const text = shown(
      'bar',
      [
        [0, copying(0)],
        [200, copying(100e6)],
      ],
      60,
    )
    assert.ok(text.endsWith('\r\x1b[K'))
    const last = text.split('\r\x1b[K').at(-2) ?? ''
    assert.match(last, /^\[#####-----\] 50% copying/)
    assert.ok(last.length < 60)
  })

  test('as JSON every step ends with its last event, others are thinned out', () => {
    const events = Array.from({ length: 101 }, (_, at) => [at, copying(at * 2e6)] as const)
    const lines = shown('json', events)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).progress.done)
    assert.equal(lines.at(-1), 200e6)
    assert.ok(lines.length <= 3, String(lines.length))
  })

  test('with --quiet nothing is shown', () => {
    assert.equal(
      shown('none', [
        [0, copying(0)],
        [60_000, copying(1)],
      ]),
      '',
    )
  })
})
