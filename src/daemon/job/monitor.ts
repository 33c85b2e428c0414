import { monitor } from '../../alert/monitor.ts'
import type { Job } from '../jobs.ts'

const everyMs = 5 * 60_000

/** Health every five minutes; its alerts open, are sent and close here. */
export function monitorJob(): Job {
  let lastMs: number | null = null
  return {
    name: 'monitor',
    // A clock that was set back must not silence it.
    due: async (_app, nowMs) => lastMs === null || nowMs < lastMs || nowMs - lastMs >= everyMs,
    async run(app, work) {
      lastMs = app.clock.now()
      await monitor(app, work)
    },
  }
}
