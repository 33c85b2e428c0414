import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { foldersOf } from '../../src/app/folders.ts'
import { makeBot } from '../../src/demo/bot.ts'
import { acquireLock } from '../../src/disk/lock.ts'
import { systemClock } from '../../src/time/clock.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { talk } from './talk.ts'

const folder = tempFolder()
const app = folder.join('bot')

before(() => makeBot(app, { transactions: 2000 }))
after(() => folder[Symbol.dispose]())

describe('backup, as a session', () => {
  test('says what was made, that the data is safe, and the next command', async () => {
    const { code, stdout, stderr } = await talk(['backup', '--reason', 'first'], { cwd: app })
    assert.equal(code, 0)
    assert.match(stdout, /^✅ backup made: backup_manual_\d{8}_\d{6}(-\d+)?\n/)
    assert.match(stdout, /your data is safe/)
    assert.match(stdout, /^next: pulih list$/m)
    assert.equal(stderr, '')
  })

  test('speaks the language of the app’s configuration, and --lang over it', async () => {
    const other = folder.join('indonesian')
    await makeBot(other, { transactions: 200, config: { language: 'id' } })
    assert.match((await talk(['backup'], { cwd: other })).stdout, /✅ backup berhasil: [\s\S]*data Anda aman/)
    assert.match((await talk(['backup', '--lang', 'en'], { cwd: other })).stdout, /your data is safe/)
    assert.match((await talk(['--help'], { cwd: other })).stdout, /Cara pakai/)
    assert.match((await talk(['xyzzy'], { cwd: other })).stderr, /tidak ada perintah/)
  })

  test('--json prints one document with the fields of the contract, progress goes to standard error as JSON lines', async () => {
    const { code, stdout, stderr } = await talk(['backup', '--type', 'pre_deployment', '--label', 'v2.0.0', '--json'], {
      cwd: app,
    })
    assert.equal(code, 0)
    const made = JSON.parse(stdout)
    assert.equal(made.state, 'proven')
    assert.match(made.name, /^backup_pre_deployment_v2\.0\.0_\d{8}_\d{6}/)
    for (const key of [
      'type',
      'label',
      'reason',
      'path',
      'sequence',
      'created',
      'bytes',
      'sameContentAs',
      'databases',
      'files',
      'warnings',
    ])
      assert.ok(key in made, key)
    assert.equal(made.databases.find((one: { path: string }) => one.path === 'finance_bot.db').rows.transaksi, 2000)
    for (const line of stderr.trim().split('\n')) assert.ok(JSON.parse(line).progress, line)
  })

  test('--quiet prints the name alone', async () => {
    const { stdout, stderr } = await talk(['backup', '--quiet'], { cwd: app })
    assert.match(stdout, /^backup_manual_\d{8}_\d{6}(-\d+)?\n$/)
    assert.equal(stderr, '')
  })

  test('--verbose also writes the log lines in their founding form to standard error', async () => {
    const { stderr } = await talk(['backup', '--verbose'], { cwd: app })
    assert.match(stderr, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - INFO - ✅ /m)
  })

  test('--dry-run writes nothing', async () => {
    const fresh = folder.join('fresh')
    await makeBot(fresh, { transactions: 100 })
    const { code, stdout } = await talk(['backup', '--dry-run'], { cwd: fresh })
    assert.equal(code, 0)
    assert.match(stdout, /2 databases/)
    assert.ok(!existsSync(join(fresh, 'backups')))
  })

  test('a label that could leave the folder exits 2 and makes nothing', async () => {
    const { code, stderr } = await talk(['backup', '--label', '../x'], { cwd: app })
    assert.equal(code, 2)
    assert.match(stderr, /"\.\.\/x" cannot be a label/)
  })

  test('a database that is gone exits 1, names it, and shows no stack', async () => {
    const gone = folder.join('gone')
    await makeBot(gone, { transactions: 100 })
    await talk(['backup'], { cwd: gone })
    rmSync(join(gone, 'asset_data.db'))
    const { code, stdout, stderr } = await talk(['backup'], { cwd: gone })
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /asset_data\.db/)
    assert.doesNotMatch(stderr, /\n\s+at /)
  })
})

describe('verify, as a session', () => {
  test('a damaged archive exits 1 and every finding is told; the others stay proven', async () => {
    const own = folder.join('damaged')
    await makeBot(own, { transactions: 500 })
    const first = (await talk(['backup', '--quiet'], { cwd: own })).stdout.trim()
    const path = join(own, 'backups', `${first}.zip`)
    const bytes = readFileSync(path)
    bytes.fill(0x55, 20_000, 20_400)
    writeFileSync(path, bytes)
    const { code, stdout } = await talk(['verify', first, '--json'], { cwd: own })
    assert.equal(code, 1)
    const { results } = JSON.parse(stdout)
    assert.equal(results[0].state, 'damaged')
    assert.ok(results[0].findings.length > 0 && results[0].findings[0].message.length > 0)
    assert.match((await talk(['verify', '--all', '--lang', 'id'], { cwd: own })).stdout, /tidak bisa diandalkan/)
  })

  test('nothing to verify is a failure', async () => {
    const none = folder.join('none')
    await makeBot(none, { transactions: 100 })
    const { code, stderr } = await talk(['verify', '--all'], { cwd: none })
    assert.equal(code, 1)
    assert.match(stderr, /no proven backup/)
  })
})

describe('signals and pipes', () => {
  test('SIGINT while waiting for another run exits 130 and says that nothing half-made was kept', async () => {
    const { state } = foldersOf(app, join(app, 'backups'), join(app, 'backups/archives'))
    await using _held = await acquireLock(state, 'backup', { waitMs: 0, clock: systemClock })
    const { code, stdout, stderr } = await talk(['backup', '--wait', '1m'], {
      cwd: app,
      during: (child) => void sleep(1200).then(() => child.kill('SIGINT')),
    })
    assert.equal(code, 130)
    assert.equal(stdout, '')
    assert.match(stderr, /cancelled; nothing half-made was kept/)
  })

  test('another run that does not end exits 5', async () => {
    const { state } = foldersOf(app, join(app, 'backups'), join(app, 'backups/archives'))
    await using _held = await acquireLock(state, 'backup', { waitMs: 0, clock: systemClock })
    const { code, stdout } = await talk(['backup', '--wait', '0s', '--json'], { cwd: app })
    assert.deepEqual([code, JSON.parse(stdout).error.code], [5, 'lock.busy'])
  })

  test('a reader that goes away is no crash', async () => {
    const { stderr, code } = await talk(['--help'], { cwd: app, during: (child) => void child.stdout?.destroy() })
    assert.equal(stderr, '')
    assert.notEqual(code, null)
  })

  test('SIGTERM in a menu that waits for an answer exits 130', async () => {
    const { code, signal } = await talk(['menu'], {
      cwd: app,
      input: null,
      during: (child) => void sleep(1200).then(() => child.kill('SIGTERM')),
    })
    assert.deepEqual([code, signal], [130, null])
  })
})
