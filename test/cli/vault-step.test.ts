import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isSyncDue } from '../../src/daemon/job/vault.ts'
import { entryOf } from '../fixture/entries.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { makeApp, type ScratchApp, workInApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Made {
  readonly name: string
  readonly state: string
  readonly warnings: readonly { code: string; message: string }[]
}

interface Health {
  readonly checks: readonly { name: string; status: string; message: string }[]
}

interface Drilled {
  readonly outcome: string
  readonly from: string
  readonly phases: readonly { readonly name: string }[]
  readonly recoverySeconds: number
}

interface Copy {
  readonly place: string
  readonly snapshot?: string
}

describe('the vault as a step of every backup', () => {
  const folder = tempFolder()
  const place = folder.join('vault')
  let app: ScratchApp
  const at = (...words: string[]): string[] => [...words, '--dir', app.path]
  const env = { VAULT_PASSWORD: 'canary-vault-password' }
  const backup = (exits: readonly number[] = [0]) => pulihJson<Made>(at('backup'), { env, exits })
  const placesOf = async (name: string) =>
    (await pulihJson<{ copies: readonly Copy[] }>(at('show', name), { env })).copies.map((one) => one.place)

  before(async () => {
    const vault = { repository: place, password: { env: 'VAULT_PASSWORD' } }
    const thresholds = { disk_warn_used_percent: 100, disk_critical_free_percent: 0 }
    app = makeApp(folder.join('app'), { config: { vault, thresholds } })
  })
  after(() => folder[Symbol.dispose]())

  test('a vault that was never founded is a warning, and the backup is proven all the same', async () => {
    const made = await backup([3])
    assert.deepEqual([made.state, made.warnings.map(({ code }) => code)], ['proven', ['warning.vault-failed']])
    assert.match(made.warnings[0]?.message ?? '', /pulih vault sync/)
    assert.deepEqual(await placesOf(made.name), ['archive'])
  })

  test('each proven backup is in the vault when the command ends, the earlier ones too', async () => {
    await pulihJson(at('vault', 'init'), { env })
    workInApp(app, 1)
    const made = await backup()
    assert.deepEqual(made.warnings, [])
    const { snapshots } = await pulihJson<{ snapshots: readonly { name: string; id: string }[] }>(at('vault', 'list'), {
      env,
    })
    assert.equal(snapshots.length, 2)
    assert.deepEqual(await placesOf(made.name), ['archive', 'vault'])
    const { copies } = await pulihJson<{ copies: readonly Copy[] }>(at('show', 'latest'), { env })
    assert.equal(copies[1]?.snapshot, snapshots.find(({ name }) => name === made.name)?.id)
  })

  test('a vault that is down is a warning of the backup, an alert of the monitor, and made up for', async () => {
    renameSync(place, `${place}.away`)
    workInApp(app, 2)
    const made = await backup([3])
    assert.deepEqual([made.state, made.warnings[0]?.code], ['proven', 'warning.vault-failed'])
    const seen = await pulihJson<Health>(at('monitor', '--once'), { env, exits: [3] })
    assert.equal(seen.checks.find(({ name }) => name === 'vault')?.status, 'warning')
    const { alerts } = await pulihJson<{ alerts: readonly { key: string }[] }>(at('status'), { env })
    assert.deepEqual(
      alerts.map(({ key }) => key),
      ['vault-failed'],
    )
    renameSync(`${place}.away`, place)
    await daemonUntil(async () => (await placesOf(made.name)).includes('vault'))
    await pulihJson<Health>(at('monitor', '--once'), { env, exits: [0, 3, 4] })
    const after = await pulihJson<{ alerts: readonly { key: string }[] }>(at('status'), { env })
    assert.ok(!after.alerts.some(({ key }) => key.startsWith('vault') || key.startsWith('job-failed')))
  })

  test('a backup that is gone here comes back from the vault, proven, and restores like any', async () => {
    const { snapshots } = await pulihJson<{ snapshots: readonly { name: string; id: string }[] }>(at('vault', 'list'), {
      env,
    })
    const { name = '', id = '' } = snapshots.at(-1) ?? {}
    rmSync(join(app.path, 'backups', `${name}.zip`))
    const seen = await pulihJson<{ name: string; state: string }>(at('vault', 'fetch', id), { env })
    assert.deepEqual(seen, { ...seen, name, state: 'proven' })
    const { results } = await pulihJson<{ results: readonly { state: string }[] }>(at('verify', name), { env })
    assert.deepEqual(
      results.map(({ state }) => state),
      ['proven'],
    )
    await pulihJson(at('restore', name, '--to', folder.join('laid')), { env })
    await pulihJson(at('vault', 'restore', id, '--to', folder.join('vaulted')), { env })
    for (const path of [...app.databases, 'main.py', '.env'])
      assert.deepEqual(readFileSync(folder.join('laid', path)), readFileSync(folder.join('vaulted', path)))
    assert.equal((await pulihJson<{ name: string }>(at('vault', 'fetch', id), { env })).name, `${name}-2`)
  })

  test('a drill from the vault recovers from it alone, asks nothing of the archives, and says how long it took', async () => {
    const names = globSync('backups/*.zip', { cwd: app.path })
    for (const name of names) renameSync(join(app.path, name), join(app.path, `${name}.away`))
    try {
      const seen = await pulihJson<Drilled>(at('drill', '--from', 'vault'), { env })
      assert.deepEqual([seen.outcome, seen.from], ['passed', 'vault'])
      assert.deepEqual(
        seen.phases.map(({ name }) => name),
        ['fetch', 'verify'],
      )
      assert.ok(seen.recoverySeconds > 0)
    } finally {
      for (const name of names) renameSync(join(app.path, `${name}.away`), join(app.path, name))
    }
    const [pack] = globSync('data/*/*', { cwd: place }).filter((name) => statSync(join(place, name)).size > 50_000)
    const path = join(place, pack ?? '')
    const bytes = readFileSync(path)
    bytes[20_000]! ^= 1
    chmodSync(path, 0o600)
    writeFileSync(path, bytes)
    const results = await Promise.all(
      (await pulihJson<{ snapshots: readonly { id: string }[] }>(at('vault', 'list'), { env })).snapshots.map(
        ({ id }) => pulihJson<Drilled>(at('drill', id, '--from', 'vault'), { env, exits: [0, 1] }),
      ),
    )
    assert.ok(results.some(({ outcome }) => outcome === 'failed'))
  })

  test('the password of the vault is in no file below the app', async () => {
    const found = ['history.jsonl', 'vault.json', 'alerts.json'].map((name) => join(app.path, 'backups/.pulih', name))
    for (const path of [...found, join(app.path, 'backups/logs/pulih.log')])
      if (existsSync(path)) assert.doesNotMatch(readFileSync(path, 'utf8'), /canary-vault-password/, path)
  })

  /** A real daemon, until the condition holds. */
  async function daemonUntil(holds: () => Promise<boolean>): Promise<void> {
    const main = join(import.meta.dirname, '../../src/cli/main.ts')
    const daemon = spawn(process.execPath, [main, ...at('daemon')], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    })
    const ended = once(daemon, 'exit')
    try {
      const until = performance.now() + 60_000
      while (!(await holds())) {
        assert.ok(performance.now() < until, 'the daemon did not do it in a minute')
        await pause(500)
      }
    } finally {
      daemon.kill('SIGTERM')
      await ended
    }
  }
})

test('the daemon carries a backup to the vault when its proof is newer than the last sync', () => {
  const at = Date.parse('2025-08-02T12:00:00+07:00')
  const sync = (ms: number, outcome: 'done' | 'failed') => ({
    ...{ id: '', act: 'sync' as const, ended: null, outcome, backup: null, error: null, durationMs: 1, facts: {} },
    started: new Date(ms).toISOString(),
  })
  const made = entryOf({ sequence: 1, createdMs: at })
  assert.ok(isSyncDue([made], []))
  assert.ok(isSyncDue([made], [sync(at + 1000, 'failed'), sync(at - 1000, 'done')]))
  assert.ok(!isSyncDue([made], [sync(at + 1000, 'done')]))
  assert.ok(!isSyncDue([{ ...made, state: 'damaged' }], []))
})
