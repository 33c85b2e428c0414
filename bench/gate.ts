/**
 * What a gate call costs a host: through the daemon and without one, with unchanged data (`min_interval` on) and with a
 * backup for every call. The goal: under 50 ms through the daemon while nothing changed.
 *
 *   node bench/gate.ts [--mb 20] [--calls 50]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readPlace } from '../src/daemon/place.ts'
import { open } from '../src/index.ts'
import { sources } from './contestants.ts'
import { buildCode, buildDatabase } from './finance.ts'
import { median, percentile } from './measure.ts'

const { values } = parseArgs({
  options: { mb: { type: 'string', default: '20' }, calls: { type: 'string', default: '50' } },
})
const calls = Number(values.calls)

function buildApp(path: string): void {
  mkdirSync(join(path, 'config'), { recursive: true })
  buildDatabase(join(path, 'finance_bot.db'), { mb: Number(values.mb) })
  buildCode(join(path, 'src'), { files: 40 })
  const config = { min_interval: { unchanged: '1h' } }
  writeFileSync(join(path, 'config/backup_config.json'), JSON.stringify(config))
}

async function startDaemon(app: string): Promise<AsyncDisposable> {
  const [program = '', ...words] = sources
  const child = spawn(program, [...words, 'daemon', '--quiet', '--dir', app], { stdio: 'ignore' })
  while ((await readPlace(join(app, 'backups/.pulih')))?.pid !== child.pid) await sleep(20)
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Milliseconds of each call, one after another. */
async function timesOf(app: string, name: string, count: number): Promise<readonly number[]> {
  const pulih = await open({ dir: app })
  await pulih.trigger(name)
  const times: number[] = []
  for (let call = 0; call < count; call++) {
    const started = performance.now()
    await pulih.trigger(name)
    times.push(performance.now() - started)
  }
  return times
}

function tell(title: string, times: readonly number[]): void {
  const [middle, slow] = [median(times), percentile(times, 0.95)].map((ms) => ms.toFixed(1).padStart(8))
  console.log(`${title.padEnd(44)} median ${middle} ms   95 % under ${slow} ms   ${times.length} calls`)
}

const folder = mkdtempSync(join(tmpdir(), 'pulih-gate-'))
try {
  const app = join(folder, 'app')
  buildApp(app)
  const few = Math.max(3, Math.round(calls / 10))
  {
    await using _daemon = await startDaemon(app)
    tell('daemon, unchanged within its interval', await timesOf(app, 'unchanged', calls))
    tell('daemon, a proven backup each time', await timesOf(app, 'each_time', few))
  }
  tell('no daemon, unchanged within its interval', await timesOf(app, 'unchanged', few))
  tell('no daemon, a proven backup each time', await timesOf(app, 'each_time', few))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
