import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { requireTool } from '../fixture/peer.ts'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { copyApp, makeApp, type ScratchApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type HookStandIn, hookStandIn } from './hook-stand-in.ts'

interface Health {
  readonly status: string
  readonly checks: readonly { name: string; status: string }[]
}

const main = join(import.meta.dirname, '../../src/cli/main.ts')

describe('alerts provoked for real arrive once and close', { concurrency: true }, () => {
  const folder = tempFolder()
  let made: ScratchApp
  before(async () => {
    const thresholds = { disk_warn_used_percent: 100, disk_critical_free_percent: 0 }
    made = makeApp(folder.join('app'), { config: { thresholds } })
    await pulihJson(['backup', '--dir', made.path])
  })
  after(() => folder[Symbol.dispose]())

  for (const [how, signal] of [
    ['killed', 'SIGKILL'],
    ['stopped', 'SIGSTOP'],
  ] as const)
    test(`a ${how} daemon is noticed by somebody else after five minutes, and its return too`, async () => {
      await using hook = await hookStandIn()
      const app = copyApp(made, folder.join(how))
      withAlerts(app.path, { webhook: { url: hook.url } })
      await using daemon = await startDaemon(app.path)
      daemon.process.kill(signal)
      if (signal === 'SIGKILL') await once(daemon.process, 'exit')
      assert.notEqual((await round(app.path)).status, 'critical', 'five minutes have not passed')
      ageHeart(app.path, 6 * 60_000)
      for (const _ of [1, 2]) assert.equal((await round(app.path)).status, 'critical')
      assert.deepEqual(toldBy(hook), ['daemon-silent opened'])
      const { daemon: seen } = await pulihJson<{ daemon: { running: boolean } }>(['status', '--dir', app.path])
      assert.equal(seen.running, false)
      if (signal === 'SIGSTOP') daemon.process.kill('SIGCONT')
      await using _again = signal === 'SIGKILL' ? await startDaemon(app.path) : null
      await until(() => Date.now() - heart(app.path) < 60_000)
      await round(app.path)
      assert.deepEqual(toldBy(hook), ['daemon-silent opened', 'daemon-silent closed'])
    })

  test('a full disk is critical, the alert goes out although nothing can be written, and it closes', async (t) => {
    if (!requireTool(t, 'mount')) return
    const place = folder.join('small')
    mkdirSync(place)
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', place]).status !== 0)
      return t.skip('mounting a small disk needs root')
    try {
      await using hook = await hookStandIn()
      const app = copyApp(made, join(place, 'app'))
      withAlerts(
        app.path,
        { webhook: { url: hook.url } },
        { disk_warn_used_percent: 95, disk_critical_free_percent: 5 },
      )
      await round(app.path)
      assert.deepEqual(toldBy(hook), [])
      const filler = join(place, 'filler')
      fill(place, filler)
      const seen = await round(app.path)
      assert.equal(seen.checks.find(({ name }) => name === 'storage')?.status, 'critical')
      await round(app.path)
      assert.deepEqual(toldBy(hook).toSorted(), ['disk-no-room opened', 'disk-space opened'])
      rmSync(filler)
      await round(app.path)
      const closed = toldBy(hook).filter((one) => one.endsWith('closed'))
      assert.deepEqual(closed.filter((one) => one.startsWith('disk-')).toSorted(), [
        'disk-no-room closed',
        'disk-space closed',
      ])
      await round(app.path)
      assert.equal(new Set(toldBy(hook)).size, toldBy(hook).length, 'each thing is said once')
    } finally {
      spawnSync('umount', ['-l', place])
    }
  })

  test('a mail server that accepts and says nothing costs ten seconds, then the next channel gets it', async () => {
    await using hook = await hookStandIn()
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    try {
      const app = copyApp(made, folder.join('mail'))
      const email = { host: '127.0.0.1', port, from: 'a@example.org', to: 'b@example.org' }
      withAlerts(app.path, { email, webhook: { url: hook.url } }, {}, { databases: ['finance_bot.db', 'gone.db'] })
      const started = performance.now()
      assert.equal((await pulih(['backup', '--dir', app.path])).code, 1)
      assert.ok(performance.now() - started < 15_000, 'the channel held longer than its ten seconds')
      assert.deepEqual(toldBy(hook), ['backup-failed opened', 'channel-failed:email opened'])
    } finally {
      silent.close()
    }
  })

  test('secrets are in nothing that a failing run prints, keeps or shows in the process list', async () => {
    const app = copyApp(made, folder.join('canary'))
    const secrets = {
      TG: '4242424242:canary-token-AAAAAAAAAAAAAAAAAAAAAAA',
      PW: 'canary-mail-pass',
      WH: 'canary-hook-key',
    }
    const nowhere = 'http://127.0.0.1:9'
    withAlerts(
      app.path,
      {
        telegram: { token: { env: 'TG' }, chat_id: '1', api_root: nowhere },
        email: { host: '127.0.0.1', port: 9, user: 'u', password: { env: 'PW' }, from: 'a@b.org', to: 'c@d.org' },
        webhook: { url: { env: 'URL' }, secret: { env: 'WH' } },
      },
      {},
      { databases: ['finance_bot.db', 'gone.db'] },
    )
    const env = { ...secrets, URL: `${nowhere}/canary-path` }
    let printed = ''
    for (const words of [['backup'], ['monitor', '--once'], ['alerts', 'test'], ['health', '--verbose'], ['status']]) {
      const running = pulih([...words, '--dir', app.path, '--verbose'], { env })
      await pause(150)
      printed += spawnSync('ps', ['-eww', '-o', 'args'], { encoding: 'utf8' }).stdout
      const { stdout, stderr } = await running
      printed += stdout + stderr
    }
    for (const name of globSync('backups/{logs,reports,.pulih}/**/*.{json,jsonl,log}', {
      cwd: app.path,
      dot: true,
    } as object))
      printed += readFileSync(join(app.path, name), 'utf8')
    assert.match(printed, /channel-failed|telegram/)
    for (const secret of [...Object.values(secrets), 'canary-path']) assert.ok(!printed.includes(secret), secret)
  })
})

function withAlerts(app: string, alerts: object, thresholds: object = {}, backup_paths?: object): void {
  const path = join(app, 'config/backup_config.json')
  const config = JSON.parse(readFileSync(path, 'utf8'))
  const more = backup_paths === undefined ? {} : { backup_paths }
  writeFileSync(
    path,
    JSON.stringify({ ...config, alerts, ...more, thresholds: { ...config.thresholds, ...thresholds } }),
  )
}

function round(app: string): Promise<Health> {
  return pulihJson<Health>(['monitor', '--once', '--dir', app], { exits: [0, 3, 4] })
}

function toldBy({ hits }: HookStandIn): string[] {
  return hits.map(({ body }) => JSON.parse(body)).map(({ key, event }) => `${key} ${event}`)
}

interface Daemon extends AsyncDisposable {
  readonly process: ChildProcess
}

/** Until its heart beats. */
async function startDaemon(app: string): Promise<Daemon> {
  const child = spawn(process.execPath, [main, 'daemon', '--dir', app], { stdio: 'ignore' })
  const started = Date.now()
  await until(() => heart(app) >= started && pidOf(app) === child.pid)
  return {
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

const heartOf = (app: string): string => join(app, 'backups/.pulih/heartbeat.json')

function beat(app: string): { at: string; pid: number } | null {
  try {
    return JSON.parse(readFileSync(heartOf(app), 'utf8'))
  } catch {
    // Not there yet.
    return null
  }
}

function heart(app: string): number {
  return Date.parse(beat(app)?.at ?? '1970-01-01T00:00:00Z')
}

function pidOf(app: string): number | null {
  return beat(app)?.pid ?? null
}

/** As if it had last beaten that long ago. */
function ageHeart(app: string, ms: number): void {
  writeFileSync(heartOf(app), JSON.stringify({ ...beat(app), at: new Date(Date.now() - ms).toISOString() }))
}

async function until(holds: () => boolean): Promise<void> {
  const late = performance.now() + 40_000
  while (!holds()) {
    assert.ok(performance.now() < late, 'it did not happen within 40 s')
    await pause(100)
  }
}

/** To the last block. */
function fill(place: string, path: string): void {
  spawnSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=4096'])
  assert.equal(statfsSync(place).bavail, 0)
}
