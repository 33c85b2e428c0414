import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testChannels } from '../../alert/self-test.ts'
import type { App } from '../../app/app.ts'
import { writeDurably } from '../../disk/draft.ts'
import { errnoOf } from '../../error.ts'
import type { Job } from '../jobs.ts'

const everyMs = 7 * 86_400_000
const lookMs = 3_600_000

/** Once a week a test goes through every channel: a path nobody uses is found dead before it is needed. */
export function selfTestJob(): Job {
  let lookedMs: number | null = null
  return {
    name: 'alerts-test',
    async due(app, nowMs) {
      if (app.config.alerts.order.length === 0) return false
      if (lookedMs !== null && nowMs >= lookedMs && nowMs - lookedMs < lookMs) return false
      lookedMs = nowMs
      const last = await readLast(app)
      if (last !== null && nowMs >= last) return nowMs - last >= everyMs
      // The week begins when it is first looked at, and again when the clock was set back.
      await writeLast(app, nowMs)
      return false
    },
    async run(app) {
      await writeLast(app, app.clock.now())
      await testChannels(app)
    },
  }
}

function path(app: App): string {
  return join(app.folders.state, 'alerts-test.json')
}

async function readLast(app: App): Promise<number | null> {
  try {
    const { atMs } = JSON.parse(await readFile(path(app), 'utf8')) as { atMs?: unknown }
    return typeof atMs === 'number' ? atMs : null
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

async function writeLast(app: App, atMs: number): Promise<void> {
  await writeDurably(path(app), `${JSON.stringify({ version: 1, atMs })}\n`)
}
