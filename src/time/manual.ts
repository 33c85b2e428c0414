import type { Clock } from './clock.ts'

/** A clock that stands still until told otherwise: for tests of schedules, pauses and clock jumps. */
export interface ManualClock extends Clock {
  /** Time passes: wall and steady time move on, and every sleep that ends within `ms` wakes at its own moment, in order. */
  advance(ms: number): Promise<void>
  /** Somebody sets the wall clock (NTP, an operator, a resumed machine); no sleeper notices. */
  setWall(ms: number): void
  /** How many sleeps are open. */
  readonly sleepers: number
}

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** @example const clock = manualClock(Date.parse('2025-08-02T05:00:00Z')) */
export function manualClock(startMs: number): ManualClock {
  let wall = startMs
  let steady = 0
  let open: Sleeper[] = []

  function moveTo(target: number): void {
    wall += target - steady
    steady = target
  }
  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper: Sleeper = {
        until: steady + Math.max(0, ms),
        wake() {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      function abort(): void {
        open = open.filter((one) => one !== sleeper)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      open.push(sleeper)
    })
  }
  async function advance(ms: number): Promise<void> {
    const target = steady + ms
    for (;;) {
      const next = open.filter((one) => one.until <= target).sort((a, b) => a.until - b.until)[0]
      if (next === undefined) break
      open = open.filter((one) => one !== next)
      moveTo(Math.max(steady, next.until))
      next.wake()
      // what the sleeper does next may sleep again within the same stretch of time: let it run first
      await new Promise((resolve) => setImmediate(resolve))
    }
    moveTo(target)
  }
  return {
    now: () => wall,
    steady: () => steady,
    sleep,
    advance,
    setWall(ms) {
      wall = ms
    },
    get sleepers() {
      return open.length
    },
  }
}
