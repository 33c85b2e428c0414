import { drillWithAlert } from '../../alert/drill.ts'
import type { App } from '../../app/app.ts'
import { listBackups } from '../../catalogue/catalogue.ts'
import { history } from '../../catalogue/history.ts'
import type { Job } from '../jobs.ts'

const dayMs = 86_400_000
const everyMs = 30 * dayMs
const lookMs = 3_600_000

/**
 * Once a month a recovery is tried: in turn the newest backup, an older one, and the vault where there is one. Looks at the
 * record once an hour.
 */
export function drillJob(): Job {
  let lookedMs: number | null = null
  let count = 0
  return {
    name: 'drill',
    async due(app, nowMs) {
      if (lookedMs !== null && nowMs >= lookedMs && nowMs - lookedMs < lookMs) return false
      lookedMs = nowMs
      return await isDrillDue(app, nowMs)
    },
    async run(app, work) {
      count++
      const from = app.config.vault !== null && count % 3 === 0 ? 'vault' : 'archive'
      await drillWithAlert(app, { older: count % 3 === 2, from, ...work })
    },
  }
}

/** A month after the last one that ended, or after the first backup. */
export async function isDrillDue(app: App, nowMs: number): Promise<boolean> {
  const backups = await listBackups(app)
  const usable = backups.filter(({ state, legacy }) => state === 'proven' || (legacy && state !== 'damaged'))
  const first = usable.at(-1)
  if (first === undefined) return false
  const last = (await history(app)).find((one) => one.act === 'drill' && ['done', 'failed'].includes(one.outcome))
  return nowMs - (last === undefined ? first.createdMs : Date.parse(last.started)) >= everyMs
}
