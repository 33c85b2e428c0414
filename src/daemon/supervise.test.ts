import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeApp } from '../../test/fixture/scratch-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { openAlerts } from '../alert/alert.ts'
import { openApp } from '../app/open.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { systemClock } from '../time/clock.ts'
import { supervise } from './supervise.ts'

test('a bot that crashes again and again gets longer pauses, one backup while nothing changes, and an alert', async () => {
  using folder = tempFolder()
  const { path } = makeApp(folder.join('bot'), { mb: 0.05 })
  const stop = new AbortController()
  const pauses: number[] = []
  const sleep = async (ms: number): Promise<void> => {
    pauses.push(ms)
    if (pauses.length === 12) stop.abort(new Error('enough'))
    stop.signal.throwIfAborted()
  }
  const app = await openApp({ dir: path, clock: { ...systemClock, sleep } })
  const { end, restarts, shutdown } = await supervise(app, {
    words: ['sh', '-c', 'exit 3'],
    restart: 'on-failure',
    override: null,
    quietOutput: true,
    signal: stop.signal,
    tell: () => undefined,
  })
  assert.deepEqual([end.exit, restarts, shutdown], [3, 11, null])
  assert.deepEqual(
    pauses.map((ms) => ms / 1000),
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300],
  )
  assert.equal((await listBackups(app)).length, 1)
  const [alert] = await openAlerts(app)
  assert.equal(alert?.key, 'crash-loop')
})
