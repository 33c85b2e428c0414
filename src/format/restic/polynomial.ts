import { randomBytes } from 'node:crypto'

// restic refuses a repository whose chunker polynomial is not irreducible, so one must be made, though we never cut by it.
const degree = 53
const top = 1n << BigInt(degree)

/** A random irreducible polynomial over GF(2) of degree 53, as hex of its coefficient bits. */
export function newPolynomial(random: () => bigint = randomBits): string {
  for (;;) {
    const candidate = (random() & (top - 1n)) | top | 1n
    if (isIrreducible(candidate)) return candidate.toString(16)
  }
}

/** Ben-Or's test: f has no factor of degree i if gcd(f, x^(2^i) - x) = 1, for every i up to half its degree. */
export function isIrreducible(f: bigint): boolean {
  if (degreeOf(f) !== degree) return false
  let t = 2n
  for (let i = 1; i <= degree >> 1; i++) {
    t = remainder(square(t), f)
    if (gcd(f, t ^ 2n) !== 1n) return false
  }
  return true
}

function randomBits(): bigint {
  return BigInt(`0x${randomBytes(7).toString('hex')}`)
}

function degreeOf(f: bigint): number {
  return f === 0n ? -1 : f.toString(2).length - 1
}

/** Over GF(2) squaring puts a zero between all bits. */
function square(f: bigint): bigint {
  return BigInt(`0b${[...f.toString(2)].join('0')}`)
}

function remainder(f: bigint, by: bigint): bigint {
  const wanted = degreeOf(by)
  let rest = f
  for (let have = degreeOf(rest); have >= wanted; have = degreeOf(rest)) rest ^= by << BigInt(have - wanted)
  return rest
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, remainder(a, b))
}
