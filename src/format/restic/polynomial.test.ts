import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isIrreducible, newPolynomial } from './polynomial.ts'

test('known polynomials are told apart', () => {
  assert.equal(isIrreducible(0x3da3358b4dc173n), true)
  assert.equal(isIrreducible(0x25b468838dcb75n), true)
  assert.equal(isIrreducible(0x3da3358b4dc171n), false)
  assert.equal(isIrreducible(0x3n), false)
})

test('a new polynomial has degree 53 and is irreducible', () => {
  const polynomial = newPolynomial()
  assert.match(polynomial, /^[23][0-9a-f]{13}$/)
  assert.equal(isIrreducible(BigInt(`0x${polynomial}`)), true)
})
