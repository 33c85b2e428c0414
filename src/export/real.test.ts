import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { requireTool } from '../../test/fixture/peer.ts'
import { realLiteral } from './real.ts'

function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0)
}

function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, bits)
  return view.getFloat64(0)
}

/** Numbers where readers have gone wrong: ends of the range, neighbours of powers, money, random bits. */
function samples(): readonly number[] {
  const numbers = [0.1, 1 / 3, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e22, 1e23, 2 ** 53 + 2, 0.3]
  for (let power = -1074; power < 1024; power += 7) numbers.push(2 ** power, 2 ** power * 1.1)
  for (let cents = 1; cents < 2000; cents += 13) numbers.push(cents / 100, (cents * 1e6 + 1) / 1000)
  let state = 88172645463325252n
  while (numbers.length < 6000) {
    for (const shift of [13n, -7n, 17n])
      state = BigInt.asUintN(64, state ^ (shift > 0n ? state << shift : state >> -shift))
    const value = doubleOf(state)
    if (Number.isFinite(value)) numbers.push(value)
  }
  return numbers.flatMap((value) => [value, -value])
}

describe('a real literal', () => {
  test('is readable where that is safe, exact arithmetic elsewhere', () => {
    assert.equal(realLiteral(0.1), '0.1')
    assert.equal(realLiteral(-12.75), '-12.75')
    assert.equal(realLiteral(3), '3.0')
    assert.equal(realLiteral(-0), '-0.0')
    assert.equal(realLiteral(Number.POSITIVE_INFINITY), '9e999')
    assert.equal(realLiteral(1 / 3), '6004799503160661*1.0/18014398509481984')
    assert.equal(realLiteral(2 ** 70), '4503599627370496*1.0*262144')
  })

  test('is read back to the same bits by our SQLite', () => {
    using db = new DatabaseSync(':memory:')
    for (const value of samples()) {
      const row = db.prepare(`SELECT ${realLiteral(value)} AS value`).get()
      assert.equal(bitsOf(row?.value as number), bitsOf(value), `${value}: ${realLiteral(value)}`)
    }
  })

  test('is read back to the same bits by the sqlite3 that is installed', (t) => {
    if (!requireTool(t, 'sqlite3')) return
    const numbers = samples()
    // ieee754() takes a number apart without printing it as a decimal.
    const sql = numbers.map((value) => `SELECT hex(ieee754_to_blob(${realLiteral(value)}));`).join('\n')
    const { stdout, stderr } = spawnSync('sqlite3', [':memory:'], { input: sql, encoding: 'utf8', maxBuffer: 1 << 26 })
    assert.equal(stderr, '')
    const read = stdout.trim().split('\n')
    numbers.forEach((value, at) => {
      assert.equal(BigInt(`0x${read[at]}`), bitsOf(value), `${value}: ${realLiteral(value)}`)
    })
  })
})
