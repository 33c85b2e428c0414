import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backUp, change, everythingIn, lifeGoesOn, makeBot, rowsOf } from '../../test/fixture/recovery.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { planLayOut, runLayOut } from './lay-out.ts'
import type { RestoreRequest, RestoreResult } from './plan-types.ts'

async function layOut(app: App | null, request: RestoreRequest): Promise<RestoreResult> {
  return await runLayOut(app, await planLayOut(app, request), {})
}

test('an absent folder gets the app as it was, in one step, and the act is on record', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  const before = everythingIn(bot.path)
  const name = await backUp(bot)
  lifeGoesOn(bot)
  const to = folder.join('deep/er/recovered')
  const result = await layOut(bot.app, { name, to })
  assert.deepEqual(everythingIn(to), before)
  assert.equal(result.restored.length, 6)
  assert.deepEqual([result.safety, result.verified, result.loss.rows], [null, true, {}])
  assert.deepEqual(readdirSync(folder.join('deep/er')), ['recovered'])
  const [act] = await history(bot.app)
  assert.deepEqual([act?.act, act?.outcome, act?.backup], ['restore', 'done', name])
})

test('an empty folder is filled and stays the same folder; one with something in it is refused as wrong usage', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  const to = folder.join('to')
  mkdirSync(to, { mode: 0o750 })
  const { ino } = statSync(to)
  await layOut(bot.app, { name: 'latest', to })
  assert.equal(statSync(to).ino, ino)
  assert.deepEqual(rowsOf(join(to, 'bot.db')), [500])
  const full = everythingIn(to, [])
  await assert.rejects(layOut(bot.app, { name: 'latest', to }), { code: 'restore.not-empty', exit: 2 })
  assert.deepEqual(everythingIn(to, []), full)
})

test('a bare zip file is enough: no app, no configuration, and nothing of ours is made beside it', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  const before = everythingIn(bot.path)
  await backUp(bot)
  const file = folder.join('taken-home.zip')
  copyFileSync((await listBackups(bot.app))[0]!.path, file)
  const plan = await planLayOut(null, { name: file, to: folder.join('new') })
  assert.equal(plan.state, 'stored', 'without its mark it counts as unproven and is checked in full')
  assert.deepEqual(
    plan.warnings.map(({ code }) => code),
    ['unproven'],
  )
  await runLayOut(null, plan, {})
  assert.deepEqual(everythingIn(folder.join('new')), before)
  assert.deepEqual(readdirSync(folder.path).sort(), ['bot', 'new', 'taken-home.zip'])
})

test('into a folder in use, other files stay, equal ones are kept, and the first that differs stops everything', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  const to = folder.join('to')
  mkdirSync(join(to, 'src'), { recursive: true })
  writeFileSync(join(to, 'notes.txt'), 'mine')
  copyFileSync(join(bot.path, 'main.py'), join(to, 'main.py'))
  const { ino } = statSync(join(to, 'main.py'))
  const result = await layOut(bot.app, { name: 'latest', to, into: true })
  assert.deepEqual(result.same, ['main.py'])
  assert.equal(readFileSync(join(to, 'notes.txt'), 'utf8'), 'mine')
  assert.equal(statSync(join(to, 'main.py')).ino, ino)
  assert.deepEqual(rowsOf(join(to, 'data/log.db'), 'SELECT t FROM line'), ['a'])
  const other = folder.join('other')
  mkdirSync(join(other, 'src'), { recursive: true })
  writeFileSync(join(other, 'src/money.py'), 'mine')
  const before = everythingIn(other, [])
  await assert.rejects(layOut(bot.app, { name: 'latest', to: other, into: true }), {
    code: 'restore.exists',
    message: /src\/money\.py/,
  })
  assert.deepEqual(everythingIn(other, []), before)
})

test('a side file waiting beside a database’s place would be replayed into it, so it is refused', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  const to = folder.join('to')
  mkdirSync(to)
  writeFileSync(join(to, 'bot.db-wal'), 'old')
  await assert.rejects(layOut(bot.app, { name: 'latest', to, into: true }), {
    code: 'restore.exists',
    message: /bot\.db-wal/,
  })
  assert.deepEqual(readdirSync(to), ['bot.db-wal'])
})

function plantIn(to: string, leads: string, name: string): void {
  mkdirSync(to)
  symlinkSync(leads, join(to, name))
}

const planted: readonly [what: string, plant: (to: string, outside: string) => void][] = [
  ['the folder itself', (to, outside) => symlinkSync(outside, to)],
  ['a folder in it', (to, outside) => plantIn(to, outside, 'src')],
  ['a file in it', (to, outside) => plantIn(to, join(outside, 'victim'), 'main.py')],
  ['a database in it', (to, outside) => plantIn(to, join(outside, 'victim'), 'bot.db')],
]
for (const [what, plant] of planted) {
  test(`a symbolic link planted as ${what} is refused before the first write`, async () => {
    using folder = tempFolder()
    const bot = await makeBot(folder.join('bot'))
    await backUp(bot)
    const [to, outside] = [folder.join('to'), folder.join('outside')]
    mkdirSync(outside)
    plant(to, outside)
    const names = readdirSync(folder.path)
    await assert.rejects(layOut(bot.app, { name: 'latest', to, into: true }), { code: 'restore.link' })
    assert.deepEqual(readdirSync(outside), [])
    assert.deepEqual(readdirSync(folder.path), names)
  })
}

test('only a folder of it can be laid out', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  await layOut(bot.app, { name: 'latest', to: folder.join('to'), only: ['src', 'data/log.db'] })
  assert.deepEqual(Object.keys(everythingIn(folder.join('to'))).sort(), ['data', 'data/log.db', 'src', 'src/money.py'])
})

test('a damaged zip file leaves nothing behind, not even the folder', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.join('bot'))
  await backUp(bot)
  const file = folder.join('bad.zip')
  const bytes = readFileSync((await listBackups(bot.app))[0]!.path)
  bytes.fill(0xff, 2000, 2200)
  writeFileSync(file, bytes)
  await assert.rejects(layOut(null, { name: file, to: folder.join('a/b') }))
  assert.ok(!existsSync(folder.join('a')))
})

test('an archive of the predecessor is laid out without its .backup endings, its databases checked in full', async () => {
  using folder = tempFolder()
  const old = folder.join('old')
  mkdirSync(join(old, 'code/src'), { recursive: true })
  change(join(old, 'finance_bot.db.backup'), 'CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)')
  writeFileSync(join(old, 'code/main.py'), 'print(1)\n')
  writeFileSync(join(old, 'code/src/x.py'), 'x = 1\n')
  writeFileSync(
    join(old, 'backup_info.json'),
    JSON.stringify({
      ...{ backup_name: 'backup_auto_restart_20240101_000000', backup_type: 'auto_restart', reason: 'restart' },
      ...{ timestamp: '20240101_000000', databases: { 'finance_bot.db': true }, code_backup: true, success: true },
    }),
  )
  const file = folder.join('backup_auto_restart_20240101_000000.zip')
  execFileSync('python3', ['-m', 'zipfile', '-c', file, ...readdirSync(old).map((name) => join(old, name))])
  const plan = await planLayOut(null, { name: file, to: folder.join('to') })
  assert.deepEqual(
    plan.warnings.map(({ code }) => code),
    ['legacy'],
  )
  await runLayOut(null, plan, {})
  assert.deepEqual(Object.keys(everythingIn(folder.join('to'))).sort(), [
    'finance_bot.db',
    'main.py',
    'src',
    'src/x.py',
  ])
  assert.deepEqual(rowsOf(folder.join('to/finance_bot.db'), 'SELECT a FROM t'), [1, 2])
})
