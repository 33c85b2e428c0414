import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  backUp,
  change,
  everythingIn,
  holdOpen,
  killWriter,
  lifeGoesOn,
  makeBot,
  restoreBot,
  rowsOf,
  undoBot,
} from '../../test/fixture/recovery.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { openArchive } from '../archive/read.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { sha256Of } from './hash.ts'
import { planRestore } from './plan.ts'

for (const journal of ['wal', 'delete'] as const) {
  test(`a ${journal} app comes back as it was, what it did not hold stays, and what it replaced is kept`, async () => {
    using folder = tempFolder()
    const bot = await makeBot(folder.path, { journal })
    const before = everythingIn(bot.path)
    const name = await backUp(bot)
    const { ino } = statSync(join(bot.path, 'src/money.py'))
    lifeGoesOn(bot)
    const changed = everythingIn(bot.path)
    const result = await restoreBot(bot)
    assert.deepEqual(result.restored.toSorted(), ['.env', 'bot.db', 'main.py'])
    assert.equal(result.from, name)
    assert.equal(result.verified, true)
    assert.deepEqual(result.loss.rows['bot.db'], { tx: 3, wallet: 0 })
    assert.deepEqual(result.loss.changed['bot.db'], { tx: 0, wallet: 2 })
    assert.deepEqual(result.loss.onlyInBackup['bot.db'], { tx: 1, wallet: 0 })
    const after = everythingIn(bot.path)
    assert.equal(after['src/extra.py'], changed['src/extra.py'])
    for (const path of ['main.py', '.env', 'src/money.py']) assert.equal(after[path], before[path], path)
    assert.deepEqual(rowsOf(bot.db, 'SELECT balance FROM wallet ORDER BY name'), [200, 100])
    assert.equal(statSync(join(bot.path, 'src/money.py')).ino, ino, 'what is the same is not touched')
    const safety = (await listBackups(bot.app)).find((one) => one.name === result.safety)
    assert.equal(safety?.type, 'safety')
    assert.equal(safety?.state, 'proven')
    assert.ok(existsSync(join(result.quarantine!, 'bot.db')))
    const [act] = (await history(bot.app)).filter((one) => one.act === 'restore')
    assert.deepEqual([act?.outcome, act?.backup, act?.facts.safety], ['done', name, result.safety])
  })
}

test('the restored bytes are the archive’s bytes, also after the app opened them again', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path, { journal: 'delete' })
  await backUp(bot)
  lifeGoesOn(bot)
  const [entry] = await listBackups(bot.app)
  await using reader = await openArchive(entry!.path)
  const wanted = reader.manifest?.databases.find(({ path }) => path === 'bot.db')?.sha256
  await restoreBot(bot)
  assert.equal(await sha256Of(bot.db), wanted)
  assert.deepEqual(rowsOf(bot.db), [500])
  assert.equal(await sha256Of(bot.db), wanted)
})

for (const journal of ['wal', 'delete'] as const) {
  test(`what a killed writer left beside a ${journal} database is not replayed into the restored one`, async () => {
    using folder = tempFolder()
    const bot = await makeBot(folder.path, { journal })
    await backUp(bot)
    await killWriter(bot.db, journal)
    const side = bot.db + (journal === 'wal' ? '-wal' : '-journal')
    assert.ok(statSync(side).size > 0)
    // Not the -shm: it is an index that SQLite makes anew from the -wal whenever it opens the database.
    const skip = ['backups', 'bot.db-shm']
    const exact = everythingIn(bot.path, skip)
    await restoreBot(bot)
    assert.ok(!existsSync(side))
    assert.deepEqual(rowsOf(bot.db, "SELECT name FROM sqlite_schema WHERE type = 'table'"), ['tx', 'wallet'])
    assert.deepEqual(rowsOf(bot.db), [500])
    await undoBot(bot)
    assert.deepEqual(everythingIn(bot.path, skip), exact, 'undo brings back every byte, side files too')
    assert.ok(journal === 'delete' || existsSync(`${bot.db}-shm`))
  })
}

test('undo brings everything back exactly, and undoing the undo restores again', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  lifeGoesOn(bot)
  await rm(join(bot.path, 'src/money.py'))
  await rm(bot.log)
  const broken = everythingIn(bot.path)
  const first = await restoreBot(bot)
  assert.ok(first.restored.includes('data/log.db'))
  const restored = everythingIn(bot.path)
  const undone = await undoBot(bot)
  assert.deepEqual(everythingIn(bot.path), broken)
  assert.deepEqual(undone.removed.toSorted(), ['data/log.db', 'src/money.py'])
  await undoBot(bot)
  assert.deepEqual(everythingIn(bot.path), restored)
  await undoBot(bot)
  assert.deepEqual(everythingIn(bot.path), broken)
  const acts = (await history(bot.app)).filter(({ act }) => act === 'undo')
  assert.deepEqual(
    acts.map(({ outcome }) => outcome),
    ['done', 'done', 'done'],
  )
})

test('with a folder gone a restore makes it, and undo takes it away again', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  await rm(join(bot.path, 'data'), { recursive: true })
  const broken = everythingIn(bot.path)
  await restoreBot(bot)
  assert.deepEqual(rowsOf(bot.log, 'SELECT t FROM line'), ['a'])
  await undoBot(bot)
  assert.deepEqual(everythingIn(bot.path), broken)
})

test('a damaged database is replaced without a safety snapshot, its exact bytes are kept, its loss is unknown', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  lifeGoesOn(bot)
  {
    await using file = await open(bot.db, 'r+')
    await file.write(Buffer.alloc(60, 0x58), 0, 60, 0)
  }
  const broken = everythingIn(bot.path)
  const plan = await planRestore(bot.app, { name: 'latest' })
  assert.equal(plan.safety, false)
  assert.deepEqual(plan.loss.rows['bot.db'], { tx: null, wallet: null })
  const result = await restoreBot(bot)
  assert.equal(result.safety, null)
  assert.deepEqual(
    result.warnings.map(({ code }) => code),
    ['no-safety'],
  )
  assert.deepEqual(rowsOf(bot.db), [500])
  await undoBot(bot)
  assert.deepEqual(everythingIn(bot.path), broken)
})

test('planning changes nothing, and leaves nothing beside an idle WAL database', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  lifeGoesOn(bot)
  const before = everythingIn(bot.path, [])
  const plan = await planRestore(bot.app, { name: 'latest' })
  const actions = Object.fromEntries(plan.paths.map(({ path, action }) => [path, action]))
  assert.equal(actions['bot.db'], 'replace')
  assert.equal(actions['data/log.db'], 'same')
  assert.equal(actions['src/extra.py'], 'leave')
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan)
  const after = everythingIn(bot.path, [])
  for (const path of Object.keys(before)) assert.equal(after[path], before[path], path)
  assert.deepEqual(Object.keys(after), Object.keys(before))
})

for (const journal of ['wal', 'delete'] as const) {
  test(`while a process has the ${journal} database open, idle, a restore is refused by its pid and nothing changes`, async () => {
    using folder = tempFolder()
    const bot = await makeBot(folder.path, { journal })
    await backUp(bot)
    lifeGoesOn(bot)
    await using holder = await holdOpen(bot.db)
    const names = readdirSync(bot.path)
    const bytes = readFileSync(bot.db)
    await assert.rejects(restoreBot(bot), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'restore.held')
      assert.match(error.message, new RegExp(`process ${holder.pid} \\(\\S*python3? -c`))
      return true
    })
    assert.deepEqual(readdirSync(bot.path), names)
    assert.ok(readFileSync(bot.db).equals(bytes))
    await holder.stop()
    assert.equal((await restoreBot(bot)).verified, true)
  })
}

test('when everything is as in the backup, nothing is replaced and nothing is made', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  const result = await restoreBot(bot)
  assert.deepEqual([result.restored, result.safety, result.id], [[], null, null])
  assert.equal((await listBackups(bot.app)).length, 1)
})

test('only what was asked for is restored; a name that is not in the backup is wrong usage with a suggestion', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  lifeGoesOn(bot)
  change(bot.log, `INSERT INTO line VALUES (2, 'later')`)
  await assert.rejects(restoreBot(bot, { name: 'latest', only: ['bto.db'] }), {
    code: 'restore.only',
    exit: 2,
    message: /did you mean 'bot\.db'/,
  })
  const result = await restoreBot(bot, { name: 'latest', only: ['bot.db', 'src/'] })
  assert.deepEqual(result.restored, ['bot.db'])
  assert.deepEqual(rowsOf(bot.db), [500])
  assert.deepEqual(rowsOf(bot.log, 'SELECT count(*) FROM line'), [2])
  assert.match(readFileSync(join(bot.path, 'main.py'), 'utf8'), /v2/)
})

test('"latest" passes over the safety snapshot of the state somebody wanted to get away from', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  const name = await backUp(bot)
  lifeGoesOn(bot)
  await restoreBot(bot)
  change(bot.db, 'DELETE FROM tx')
  assert.equal((await restoreBot(bot)).from, name)
  assert.deepEqual(rowsOf(bot.db), [500])
})

test('at a moment in time the newest proven backup from then or before is meant', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  const first = await backUp(bot)
  const between = Date.now()
  await new Promise((resolve) => setTimeout(resolve, 5))
  lifeGoesOn(bot)
  await backUp(bot)
  assert.equal((await planRestore(bot.app, { atMs: between })).from, first)
  await assert.rejects(planRestore(bot.app, { atMs: between - 3_600_000 }), { code: 'restore.none-at' })
})

test('a damaged backup is refused and a good one named; with only sound parts asked for it still serves', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  const good = await backUp(bot)
  lifeGoesOn(bot)
  const bad = await backUp(bot)
  const { path } = (await listBackups(bot.app)).find((one) => one.name === bad)!
  await using reader = await openArchive(path)
  const entry = reader.find('databases/bot.db')!
  {
    await using file = await open(path, 'r+')
    await file.write(Buffer.alloc(64, 0xff), 0, 64, entry.offset + entry.storedBytes - 100)
  }
  change(bot.db, 'DELETE FROM tx')
  await assert.rejects(restoreBot(bot, { name: bad }))
  const { verifyBackups } = await import('../backup/verify.ts')
  await verifyBackups(bot.app, [(await listBackups(bot.app)).find((one) => one.name === bad)!], {})
  await assert.rejects(restoreBot(bot, { name: bad }), (error: { code?: string; words?: (l: 'en') => string[] }) => {
    assert.equal(error.code, 'restore.damaged')
    assert.match(error.words!('en')[1]!, new RegExp(`pulih restore ${good}`))
    return true
  })
  assert.deepEqual(rowsOf(bot.db), [0])
  writeFileSync(join(bot.path, 'main.py'), 'gone')
  assert.deepEqual((await restoreBot(bot, { name: bad, only: ['main.py'] })).restored, ['main.py'])
})

test('a secret whose mode was wider when it was backed up is no difference while nothing changed', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  chmodSync(join(bot.path, '.env'), 0o644)
  await backUp(bot)
  const { paths } = await planRestore(bot.app, { name: 'latest' })
  assert.deepEqual(
    paths.filter(({ action }) => action !== 'same'),
    [],
  )
})

test('an archive to which another program added a file is a finding, and restores everything but that file', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  const name = await backUp(bot)
  const [before] = await listBackups(bot.app)
  const add = 'import sys,zipfile; zipfile.ZipFile(sys.argv[1],"a").writestr("code/planted.py","x")'
  execFileSync('python3', ['-c', add, before!.path])
  const { verifyBackups } = await import('../backup/verify.ts')
  await verifyBackups(bot.app, await listBackups(bot.app), {})
  const [after] = await listBackups(bot.app)
  assert.equal(after!.state, 'damaged')
  assert.ok(after!.findings.some(({ code, path }) => code === 'entry-unlisted' && path === 'code/planted.py'))
  lifeGoesOn(bot)
  const { restored } = await restoreBot(bot, { name })
  assert.ok(restored.includes('bot.db'))
  assert.deepEqual(rowsOf(bot.db), [500])
  assert.equal(existsSync(join(bot.path, 'planted.py')), false)
})

test('after many restores only the newest replaced files are kept, as long as a proven snapshot holds the others', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  for (let n = 0; n < 5; n++) {
    change(bot.db, 'DELETE FROM tx WHERE id % 2 = 0')
    await restoreBot(bot)
  }
  assert.equal(readdirSync(join(bot.app.folders.state, 'quarantine')).length, 3)
})

test('there is nothing to undo before the first restore', async () => {
  using folder = tempFolder()
  const bot = await makeBot(folder.path)
  await backUp(bot)
  await assert.rejects(undoBot(bot), { code: 'restore.nothing-to-undo', exit: 1 })
})
