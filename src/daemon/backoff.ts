import type { Clock } from '../time/clock.ts'

const minuteMs = 60_000
const pausesMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, 60 * minuteMs]

/** Growing pauses after failures of one thing; one success, and the next failure starts over. */
export class Backoff {
  #failures = 0
  /** By the steady clock: setting the wall clock neither hurries nor holds a retry. */
  #waitUntil = 0

  /** Runs `step` unless it is still being waited for. Its failure goes to `failed`, and sets the next pause. */
  async attempt(clock: Clock, step: () => Promise<void>, failed: (error: unknown) => Promise<unknown>): Promise<void> {
    if (clock.steady() < this.#waitUntil) return
    try {
      await step()
      this.#failures = 0
    } catch (error) {
      const pauseMs = pausesMs[Math.min(this.#failures, pausesMs.length - 1)] as number
      this.#failures++
      this.#waitUntil = clock.steady() + pauseMs
      await failed(error)
    }
  }
}
