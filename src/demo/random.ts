/** Repeatable randomness for made-up data: the same seed gives the same numbers on every machine. */
export interface Random {
  /** 0 <= n < limit, whole. */
  below(limit: number): number
  pick<T>(from: readonly T[]): T
}

/** Mulberry32: 32 bits of state, enough for data that only has to look varied. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, pick: (from) => from[below(from.length)]! }
}
