/**
 * One at a time, in the order of arrival, within this process: a caller behind another is woken the moment that one is
 * done, where the lock over all processes is polled for.
 */
export class Turnstile {
  #last: Promise<void> = Promise.resolve()

  /** Runs `step` when everybody before is done, or after `waitMs` all the same: the lock is then still in its way. */
  async pass<T>(waitMs: number, step: () => Promise<T>): Promise<T> {
    const before = this.#last
    const { promise: done, resolve: leave } = Promise.withResolvers<void>()
    this.#last = before.then(() => done)
    try {
      await atMost(before, waitMs)
      return await step()
    } finally {
      leave()
    }
  }
}

async function atMost(turn: Promise<void>, waitMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, waitMs)
  try {
    await Promise.race([turn, late])
  } finally {
    clearTimeout(timer)
  }
}
