import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pulih, pulihJson } from '../../test/fixture/pulih.ts'
import { contentsOf, makeApp, type ScratchApp, workInApp } from '../../test/fixture/scratch-app.ts'
import { missing, run } from '../../test/interop/vault-servers.ts'

const skip = missing('restic', 'restic')
const folder = mkdtempSync(join(tmpdir(), 'pulih-vault-crash-'))
const vault = join(folder, 'vault')
const env = {
  TEST_VAULT_PASSWORD: 'kata sandi',
  RESTIC_PASSWORD: 'kata sandi',
  RESTIC_CACHE_DIR: join(folder, 'cache'),
}
let app: ScratchApp
let contents: readonly (string | null)[]

interface Listed {
  readonly snapshots: readonly { readonly id: string; readonly name: string }[]
}

/** One policy for here and there: the newest, so that the vault has something to forget. */
const config = {
  backup_config: {
    enabled: true,
    max_backups: 1,
    retention_policy: { daily_backups: 1, weekly_backups: 1, monthly_backups: 1 },
  },
  vault: { repository: vault, password: { env: 'TEST_VAULT_PASSWORD' } },
}

before(async () => {
  app = makeApp(join(folder, 'app'), { mb: 1, config })
  await pulihJson(['vault', 'init', '--dir', app.path], { env })
  for (let day = 0; day < 4; day++) {
    workInApp(app, day)
    await pulihJson(['backup', '--dir', app.path], { env })
    // Half of them are there already: a run that is killed must not hurt those.
    if (day < 2) await pulihJson(['vault', 'sync', '--dir', app.path], { env })
  }
  contents = contentsOf(app)
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** The lock of the killed process stays for us to heal; restic wants it gone before it looks. */
async function resticCheck(): Promise<void> {
  await pulihJson(['vault', 'unlock', '--dir', app.path], { env })
  await run('restic', ['-r', vault, 'check', '--read-data'], { env: { ...process.env, ...env } })
}

/** The vault as `act` finds it is put back for every pass. */
async function killAtEvery(
  words: readonly string[],
  name: string,
  look: (pass: number) => Promise<void>,
): Promise<number> {
  const kept = join(folder, 'kept')
  cpSync(vault, kept, { recursive: true })
  for (let pass = 1; ; pass++) {
    rmSync(vault, { recursive: true, force: true })
    cpSync(kept, vault, { recursive: true })
    const ended = await pulih([...words, '--dir', app.path], { env: { ...env, PULIH_FAILPOINT: `${name}:${pass}` } })
    if (ended.signal !== 'SIGKILL') {
      assert.equal(ended.code, 0, ended.stderr)
      rmSync(vault, { recursive: true })
      cpSync(kept, vault, { recursive: true })
      rmSync(kept, { recursive: true })
      return pass - 1
    }
    await look(pass)
  }
}

async function assertWhole(count: number): Promise<void> {
  const { snapshots } = await pulihJson<Listed>(['vault', 'list', '--dir', app.path], { env })
  assert.equal(snapshots.length, count)
  const checked = await pulihJson<{ problems: unknown[]; hints: unknown[] }>(['vault', 'check', '--dir', app.path], {
    env,
  })
  assert.deepEqual([checked.problems, checked.hints], [[], []])
  const out = join(folder, 'out')
  await pulihJson(['vault', 'restore', 'latest', '--to', out, '--dir', app.path], { env })
  assert.deepEqual(contentsOf({ ...app, path: out }), contents)
  rmSync(out, { recursive: true })
}

for (const name of ['vault.pack', 'vault.index', 'vault.snapshot']) {
  test(`a sync killed at ${name} leaves a whole vault, and the next one completes it`, { skip }, async () => {
    const passes = await killAtEvery(['vault', 'sync'], name, async (pass) => {
      if (pass % 2 === 1) await resticCheck()
      const { snapshots } = await pulihJson<Listed>(['vault', 'list', '--dir', app.path], { env })
      assert.ok(snapshots.length >= 2)
      await pulihJson(['vault', 'sync', '--dir', app.path], { env })
      await assertWhole(4)
    })
    assert.ok(passes > 0, `sync does not pass ${name}`)
  })
}

for (const name of [
  'vault.prune.forget',
  'vault.prune.repack',
  'vault.prune.index',
  'vault.prune.old-index',
  'vault.prune.pack',
]) {
  test(`a prune killed at ${name} loses no snapshot, and the next one completes it`, { skip }, async () => {
    await pulihJson(['vault', 'sync', '--dir', app.path], { env })
    const passes = await killAtEvery(['vault', 'prune', '--yes'], name, async (pass) => {
      if (pass % 2 === 1) await resticCheck()
      await pulihJson(['vault', 'prune', '--yes', '--dir', app.path], { env })
      await assertWhole(2)
      await resticCheck()
    })
    assert.ok(passes > 0, `prune does not pass ${name}`)
  })
}
