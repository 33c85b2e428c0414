import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Ended, pulih, pulihJson, runProgram } from '../fixture/pulih.ts'
import { makeApp, type ScratchApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const always = { min_interval: { startup: 0, shutdown: 0 } }

function run(app: ScratchApp, options: readonly string[], line: readonly string[]): Promise<Ended> {
  return pulih(['run', '--dir', app.path, '--no-schedule', '--lang', 'en', ...options, '--', ...line])
}

function sh(script: string): readonly string[] {
  return ['sh', '-c', script]
}

/** Types, oldest first. */
async function typesOf(app: ScratchApp): Promise<readonly string[]> {
  const { backups } = await pulihJson<{ backups: { type: string }[] }>(['list', '--dir', app.path])
  return backups.map((one) => one.type).reverse()
}

/** A bot under `pulih run`, once it has printed `ready`. */
async function runningBot(app: ScratchApp, script: string): Promise<ChildProcess> {
  const words = [main, 'run', '--dir', app.path, '--no-schedule', '--', ...sh(script)]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  while (!printed.includes('ready')) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`)
    await once(child.stdout, 'data')
  }
  return child
}

test('run ends with its command’s exit code, behind a backup before it and one after it', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05, config: always })
  const ended = await run(app, [], sh('ls backups/*.zip; pwd; exit 7'))
  assert.equal(ended.code, 7, ended.stderr)
  assert.match(ended.stdout, /^backups\/backup_startup_\d{8}_\d{6}\.zip\n\S+\/bot\n$/)
  assert.match(ended.stderr, /exit code 7/)
  assert.deepEqual(await typesOf(app), ['startup', 'shutdown'])
})

test('a command ended by a signal makes 128 and its number; --json prints one document and nothing of the command', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  const ended = await run(app, ['--json'], sh('echo from the bot; kill -KILL $$'))
  assert.equal(ended.code, 137)
  assert.match(ended.stderr, /from the bot/)
  const { exitCode, signal, restarts, startup } = JSON.parse(ended.stdout)
  assert.deepEqual([exitCode, signal, restarts, startup.state], [null, 'SIGKILL', 0, 'proven'])
})

test('a command that is not there is named, and nothing is done for it', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  for (const command of ['no-such-bot', './main.py', '/nowhere/bot']) {
    const ended = await run(app, [], [command])
    assert.equal(ended.code, 1)
    assert.ok(ended.stderr.includes(command), ended.stderr)
  }
  assert.deepEqual(await typesOf(app), [])
  assert.equal((await run(app, [], [])).code, 2)
})

test('no startup backup, no start; --start-anyway starts it, on record and with an alert', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  await pulihJson(['backup', '--dir', app.path])
  rmSync(join(app.path, 'data/assets.db'))
  const refused = await run(app, [], sh('touch started'))
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /data\/assets\.db/)
  assert.equal(existsSync(join(app.path, 'started')), false)
  const anyway = await run(app, ['--start-anyway'], sh('touch started; exit 4'))
  assert.equal(anyway.code, 4, anyway.stderr)
  assert.equal(existsSync(join(app.path, 'started')), true)
  const { acts } = await pulihJson<{ acts: { act: string; facts?: unknown }[] }>(['history', '--dir', app.path])
  assert.ok(acts.some((one) => one.act === 'override'))
  const { alerts } = await pulihJson<{ alerts: { key: string }[] }>(['alerts', 'list', '--dir', app.path])
  assert.ok(
    alerts.some((one) => one.key === 'backup-failed'),
    JSON.stringify(alerts),
  )
})

test('a signal to run is the command’s; its own end counts, and the backup after it is made', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05, config: always })
  const bot = await runningBot(
    app,
    'trap "echo usr >>heard" USR1; trap "echo term >>heard; exit 9" TERM; echo ready; while :; do sleep 0.05; done',
  )
  const ended = once(bot, 'exit')
  bot.kill('SIGUSR1')
  while (!existsSync(join(app.path, 'heard'))) await new Promise((good) => setTimeout(good, 20))
  bot.kill('SIGTERM')
  assert.deepEqual(await ended, [9, null])
  assert.equal(readFileSync(join(app.path, 'heard'), 'utf8'), 'usr\nterm\n')
  assert.deepEqual(await typesOf(app), ['startup', 'shutdown'])
})

test('on-failure starts it again after a pause, behind a backup of what it left; a good end is the last', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05, config: always })
  const insert = 'sqlite3 finance_bot.db "CREATE TABLE IF NOT EXISTS runs (n); INSERT INTO runs VALUES (1)"'
  const script = `date +%s%N >>runs; ${insert}; [ $(wc -l <runs) -ge 3 ] || exit 5`
  const ended = await run(app, ['--restart', 'on-failure', '--json'], sh(script))
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(JSON.parse(ended.stdout).restarts, 2)
  assert.deepEqual(await typesOf(app), ['startup', 'startup', 'startup', 'shutdown'])
  const starts = readFileSync(join(app.path, 'runs'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(line) / 1e6)
  const [first = 0, second = 0, third = 0] = starts
  assert.ok(second - first >= 1000 && third - second >= 2000, starts.join())
  assert.equal((await run(app, ['--restart', 'always'], sh('true'))).code, 2)
})

test('as process 1 of a container it hands signals on, waits for orphans, and ends with the exit code', async (context) => {
  const container = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child']
  const can = await runProgram('true', [], { under: container })
  if (can.code !== 0) return context.diagnostic(`not shown: no namespaces here: ${can.stderr.trim()}`)
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  const bot = `sh -c 'sleep 0.1 &'; sleep 0.6; grep -h '^State' /proc/[0-9]*/status | grep -c zombie >zombies
    tr '\\0' ' ' </proc/1/cmdline >first; trap 'exit 9' TERM; kill -TERM 1; sleep 20 & wait`
  const words = ['run', '--dir', app.path, '--no-schedule', '--', ...sh(bot)]
  const ended = await pulih(words, { under: container })
  assert.equal(ended.code, 9, ended.stderr)
  assert.equal(readFileSync(join(app.path, 'zombies'), 'utf8'), '0\n')
  assert.match(readFileSync(join(app.path, 'first'), 'utf8'), /^sh -c /)
})
