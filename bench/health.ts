/**
 * What looking costs: `status`, a round of the monitor and `health`, on an app whose large database has just changed.
 * Run: node bench/health.ts [MB]. Prints milliseconds and the peak memory of the main process.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeApp, workInApp } from '../test/fixture/scratch-app.ts'

const mb = Number(process.argv[2] ?? 200)
const main = join(import.meta.dirname, '../src/cli/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'pulih-bench-'))

function run(...words: string[]): { ms: number; mb: number } {
  const started = performance.now()
  const seen = spawnSync(
    '/usr/bin/time',
    ['-f', '%M', process.execPath, main, ...words, '--dir', join(folder, 'app'), '--json'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const peak = Number(seen.stderr.trim().split('\n').at(-1))
  return { ms: Math.round(performance.now() - started), mb: Math.round(peak / 1024) }
}

try {
  const app = makeApp(join(folder, 'app'), { mb })
  for (let day = 0; day < 5; day++) {
    workInApp(app, day)
    run('backup')
  }
  console.log('nothing changed:')
  for (const words of [['status'], ['monitor', '--once'], ['health']]) console.log(' ', words.join(' '), run(...words))
  workInApp(app, 9)
  console.log('after a change:')
  for (const words of [['status'], ['monitor', '--once'], ['health']]) console.log(' ', words.join(' '), run(...words))
} finally {
  rmSync(folder, { recursive: true })
}
