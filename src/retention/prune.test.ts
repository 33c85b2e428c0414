import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { runModule } from '../../test/fixture/child.ts'
import { keepArchive } from '../../test/fixture/kept.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import type { App } from '../app/app.ts'
import { listBackups, pin } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { changeMark, markPath } from '../catalogue/marks.ts'
import { acquireLock } from '../disk/lock.ts'
import { systemClock as clock } from '../time/clock.ts'
import { isoWithOffset } from '../time/zone.ts'
import { prune } from './prune.ts'

const day = 86_400_000

/** Keeps the two newest and nothing for days, weeks, months. */
function frugal(folder: string): App {
  const app = bareApp(folder)
  return { ...app, config: { ...app.config, ...frugalConfig } }
}
const frugalConfig = {
  maxBackups: 2,
  minBackupsRequired: 1,
  retention: { daily: 0, weekly: 0, monthly: 0, migration: 0 },
}

/** Sequence 1 is the oldest; all of one type, so that its quota of two is the two newest. */
async function fill(app: App, types: readonly string[]): Promise<void> {
  for (const [at, type] of types.entries()) {
    const created = isoWithOffset(Date.now() - (types.length - at) * day, app.zone)
    await keepArchive(app, { sequence: at + 1, type, created })
  }
}

const left = async (app: App): Promise<string[]> => (await listBackups(app)).map(({ name }) => name)
const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

test('old proven backups go with their marks, the two newest stay, and the act is on record with names', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['manual', 'manual', 'manual', 'manual'])
  const plan = await prune(app)
  assert.deepEqual(
    plan.removed.map(({ name, reason }) => [name, reason]),
    [
      ['backup_manual_2', 'superseded'],
      ['backup_manual_1', 'superseded'],
    ],
  )
  assert.deepEqual(await left(app), ['backup_manual_4', 'backup_manual_3'])
  assert.deepEqual(
    readdirSync(app.folders.backups).filter((name) => name.endsWith('.mark.json')),
    ['.backup_manual_3.mark.json', '.backup_manual_4.mark.json'],
  )
  const [act] = await history(app)
  assert.equal(act?.outcome, 'done')
  assert.deepEqual(act?.facts.removed, ['backup_manual_2', 'backup_manual_1'])
})

test('a dry run gives the same plan and changes nothing at all', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['manual', 'manual', 'manual', 'pre_deployment', 'manual'])
  await listBackups(app)
  const before = readdirSync(app.folders.backups, { recursive: true })
  const dry = await prune(app, { dryRun: true })
  assert.deepEqual(readdirSync(app.folders.backups, { recursive: true }), before)
  assert.deepEqual(await prune(app), dry)
})

test('critical backups move to the archive folder, whole, with their marks, and stay listed and proven', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['pre_deployment', 'pre_deployment', 'pre_deployment', 'manual', 'manual'])
  const from = `${app.folders.backups}/backup_pre_deployment_1.zip`
  const hash = hashOf(from)
  const plan = await prune(app)
  assert.deepEqual(
    plan.archived.map(({ name }) => name),
    ['backup_pre_deployment_1'],
  )
  const to = `${app.folders.archives}/backup_pre_deployment_1.zip`
  assert.ok(!existsSync(from) && !existsSync(markPath(from)))
  assert.equal(hashOf(to), hash)
  const moved = (await listBackups(app)).find(({ name }) => name === 'backup_pre_deployment_1')
  assert.deepEqual([moved?.path, moved?.state], [to, 'proven'])
  const again = await prune(app)
  assert.deepEqual(again.kept.find(({ name }) => name === 'backup_pre_deployment_1')?.reasons, ['archived'])
  assert.deepEqual([again.removed, again.archived], [[], []])
})

test('another archive of the same name in the archive folder is never replaced', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['emergency', 'emergency', 'emergency', 'manual', 'manual'])
  mkdirSync(app.folders.archives)
  const taken = `${app.folders.archives}/backup_emergency_1.zip`
  writeFileSync(taken, 'somebody else’s')
  await assert.rejects(prune(app), { code: 'disk.failed' })
  assert.equal(readFileSync(taken, 'utf8'), 'somebody else’s')
  assert.ok(existsSync(`${app.folders.backups}/backup_emergency_1.zip`))
  assert.equal((await history(app))[0]?.outcome, 'failed')
})

test('an archive folder on another file system gets a verified copy before the original goes', async (t) => {
  using folder = tempFolder()
  if (statSync('/dev/shm').dev === statSync(folder.path).dev) return t.skip('needs /dev/shm on another file system')
  const shared = `/dev/shm/pulih-test-${process.pid}`
  const app = frugal(folder.path)
  const far = { ...app, folders: { ...app.folders, archives: shared } }
  try {
    await fill(far, ['emergency', 'emergency', 'emergency', 'manual', 'manual'])
    const hash = hashOf(`${app.folders.backups}/backup_emergency_1.zip`)
    await prune(far)
    assert.equal(hashOf(`${shared}/backup_emergency_1.zip`), hash)
    assert.ok(!existsSync(`${app.folders.backups}/backup_emergency_1.zip`))
    assert.equal((await listBackups(far)).find(({ sequence }) => sequence === 1)?.state, 'proven')
    assert.deepEqual(
      readdirSync(shared).filter((name) => name.endsWith('.draft')),
      [],
    )
  } finally {
    const { rmSync } = await import('node:fs')
    rmSync(shared, { recursive: true, force: true })
  }
})

test('what is pinned, named by an open plan or by a file that might be one stays; a finished plan counts on nothing', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, Array(8).fill('manual'))
  await pin(app, 'backup_manual_1', null)
  const { backups } = app.folders
  const plan = (status: string, more: object) => JSON.stringify({ plan: 'rollback', version: 'v2', status, ...more })
  writeFileSync(`${backups}/rollback_v2.json`, plan('ready', { backup: 'backup_manual_2' }))
  writeFileSync(`${backups}/recovery_plan.json`, plan('running', { options: [{ backup: 'backup_manual_3.zip' }] }))
  writeFileSync(`${backups}/torn.json`, '{"status":"ready","backup":"backup_manual_4')
  writeFileSync(`${backups}/rollback_v1.json`, plan('done', { backup: 'backup_manual_5' }))
  writeFileSync(`${backups}/notes.json`, '{"backup":"backup_manual_6"}')
  const { removed } = await prune(app)
  assert.deepEqual(
    removed.map(({ name }) => name),
    ['backup_manual_6', 'backup_manual_5'],
  )
})

test('the backup a recovery came from stays while that recovery is cut off, and not a moment longer', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, Array(4).fill('manual'))
  const restores = `${app.folders.state}/restores`
  mkdirSync(restores, { recursive: true })
  const record = (phase: string, backup: string) => JSON.stringify({ version: 1, phase, backup, safety: null })
  writeFileSync(`${restores}/1.json`, record('done', 'backup_manual_1'))
  writeFileSync(`${restores}/2.json`, record('swapping', 'backup_manual_2'))
  assert.deepEqual(
    (await prune(app)).removed.map(({ name }) => name),
    ['backup_manual_1'],
  )
  writeFileSync(`${restores}/2.json`, record('rolled-back', 'backup_manual_2'))
  assert.equal((await prune(app)).removed.length, 1)
})

test('a pin set after the plan was made still holds', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['manual', 'manual', 'manual', 'manual'])
  // The clock is asked while the plan is made: the pin comes right after that.
  const path = `${app.folders.backups}/backup_manual_1.zip`
  let asked = 0
  const late = { ...app, clock: { ...clock, now: () => (++asked === 1 ? pinNow() : 0) + Date.now() } }
  let pinning: Promise<void> | undefined
  function pinNow(): number {
    pinning = changeMark(path, (mark) => ({ ...mark, pinned: { at: 'now', reason: null } }))
    return 0
  }
  const plan = await prune(late)
  await pinning
  assert.ok(existsSync(path))
  assert.deepEqual(
    plan.removed.map(({ name }) => name),
    ['backup_manual_2'],
  )
})

test('while another run holds the lock, prune waits and then says busy; nothing is removed', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['manual', 'manual', 'manual'])
  await using lock = await acquireLock(app.folders.state, 'backup', { waitMs: 0, clock })
  await assert.rejects(prune(app, { waitMs: 50 }), { code: 'lock.busy' })
  assert.equal((await left(app)).length, 3)
  assert.equal((await prune(app, { lock })).removed.length, 1)
})

test('a cancelled prune stops between two archives and is on record as cancelled', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['manual', 'manual', 'manual'])
  await assert.rejects(prune(app, { signal: AbortSignal.abort() }), { code: 'cancelled' })
  assert.equal((await left(app)).length, 3)
})

test('marks whose archive is gone are cleared away', async () => {
  using folder = tempFolder()
  const app = frugal(folder.path)
  await fill(app, ['manual'])
  const orphan = `${app.folders.backups}/.backup_gone.mark.json`
  writeFileSync(orphan, '{}')
  await prune(app)
  assert.ok(!existsSync(orphan))
  assert.ok(existsSync(`${app.folders.backups}/.backup_manual_1.mark.json`))
})

const failpoints = [
  'prune.archive-removed',
  'prune.archive-removed:2',
  'prune.mark-copied',
  'prune.archive-moved',
  'prune.mark-removed',
  'disk.linked',
]

for (const name of failpoints)
  test(`killed at ${name}: everything listed is whole and proven, and the next run ends what was begun`, async () => {
    using folder = tempFolder()
    const app = frugal(folder.path)
    await fill(app, ['manual', 'manual', 'emergency', 'emergency', 'emergency', 'manual', 'manual'])
    const whole = new Map((await listBackups(app)).map((one) => [one.name, hashOf(one.path)]))
    const child = runModule(
      `
      const { prune } = await import('${import.meta.resolve('./prune.ts')}')
      const { bareApp } = await import('${import.meta.resolve('../../test/fixture/bare-app.ts')}')
      await prune(bareApp('${folder.path}', { config: ${JSON.stringify(frugalConfig)} }))
    `,
      { PULIH_FAILPOINT: name },
    )
    const { signal, stderr } = await child.end()
    assert.equal(signal, 'SIGKILL', stderr)
    assert.equal((await history(app))[0]?.outcome, 'interrupted')
    for (const one of await listBackups(app)) {
      assert.equal(one.state, 'proven', one.name)
      assert.equal(hashOf(one.path), whole.get(one.name), one.name)
    }
    await prune(app)
    assert.deepEqual(await left(app), [
      'backup_manual_7',
      'backup_manual_6',
      'backup_emergency_5',
      'backup_emergency_4',
      'backup_emergency_3',
    ])
    assert.deepEqual(
      [app.folders.backups, app.folders.archives].map((one) =>
        readdirSync(one).filter((file) => /zip|json/.test(file)),
      ),
      [
        [4, 5].map((n) => `.backup_emergency_${n}.mark.json`),
        ['.backup_emergency_3.mark.json', 'backup_emergency_3.zip'],
      ].map((list, at) =>
        at === 1
          ? list
          : [
              ...list,
              ...[6, 7].map((n) => `.backup_manual_${n}.mark.json`),
              ...[4, 5].map((n) => `backup_emergency_${n}.zip`),
              ...[6, 7].map((n) => `backup_manual_${n}.zip`),
            ],
      ),
    )
  })
