/** Wall time in ms since the epoch and a steady counter; a manual one in tests. */
export interface Clock {
  now(): number
  /** Milliseconds that never jump, for durations only. */
  steady(): number
  /** Resolves after `ms`, or rejects with the signal's reason. Long sleeps are capped by the caller: laptops suspend. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const timer = setTimeout(finish, ms)
      signal?.addEventListener('abort', abort, { once: true })
      function finish() {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      function abort() {
        clearTimeout(timer)
        reject(signal?.reason)
      }
    }),
}
