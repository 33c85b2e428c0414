import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { test } from 'node:test'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { runModule } from '../../test/fixture/child.ts'
import { keepArchive, proofOf } from '../../test/fixture/kept.ts'
import { requireTool } from '../../test/fixture/peer.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { expectedDatabases, findBackup, forgetSource, listBackups, nextSequence, pin, unpin } from './catalogue.ts'
import { history, recordAct } from './history.ts'
import { readHoldings } from './list.ts'
import { changeMark, markPath, readMark } from './marks.ts'

const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name)

test('a folder that is not there, or empty, holds nothing, and looking makes nothing', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  assert.deepEqual(await listBackups(app), [])
  mkdirSync(app.folders.backups)
  assert.deepEqual(await listBackups(app), [])
  assert.deepEqual(readdirSync(app.folders.backups), [])
})

test('archives come newest sequence first whatever their dates say, from both folders, with what the manifest holds', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await keepArchive(app, { sequence: 1, created: '2027-01-01T00:00:00+07:00' })
  const kept = await keepArchive(app, { sequence: 2, type: 'pre_deployment', label: 'v2', reason: 'new version' })
  await keepArchive(app, { sequence: 3, created: '2020-01-01T00:00:00+07:00' }, 'stored')
  mkdirSync(app.folders.archives)
  const moved = `${app.folders.archives}/backup_pre_deployment_2.zip`
  for (const [from, to] of [
    [kept.path, moved],
    [markPath(kept.path), markPath(moved)],
  ] as const) {
    copyFileSync(from, to)
    rmSync(from)
  }
  const [third, second, first] = await listBackups(app)
  assert.deepEqual([third?.sequence, second?.sequence, first?.sequence], [3, 2, 1])
  assert.deepEqual([third?.state, second?.state, first?.state], ['stored', 'proven', 'proven'])
  assert.deepEqual(
    { ...second, bytes: 0, proof: null },
    {
      name: 'backup_pre_deployment_2',
      type: 'pre_deployment',
      label: 'v2',
      reason: 'new version',
      trigger: 'manual',
      state: 'proven',
      findings: [],
      created: '2025-08-02T12:00:00.000+07:00',
      createdMs: Date.parse('2025-08-02T12:00:00+07:00'),
      sequence: 2,
      bytes: 0,
      path: moved,
      pinned: false,
      pinReason: null,
      legacy: false,
      sameContentAs: null,
      proof: null,
      databases: [
        {
          ...{ path: 'finance_bot.db', bytes: 8192, sha256: kept.manifest.databases[0]?.sha256, rows: { wallets: 3 } },
          largestIds: { wallets: '3' },
        },
      ],
      files: 0,
    },
  )
})

test('a proof counts only for the very bytes it speaks of', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const one = await keepArchive(app, { sequence: 1 })
  const other = await keepArchive(app, { sequence: 2 })
  await changeMark(other.path, (mark) => ({ ...mark, proof: proofOf(app, one) }))
  assert.equal((await findBackup(app, 'backup_manual_2')).state, 'stored')
  assert.equal((await findBackup(app, 'backup_manual_1')).state, 'proven')
})

test('one bad archive is listed as damaged, with the reason, and hides none of the others', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await keepArchive(app, { sequence: 1 })
  const torn = await keepArchive(app, { sequence: 2 })
  truncateSync(torn.path, statSync(torn.path).size - 100)
  writeFileSync(`${app.folders.backups}/backup_empty.zip`, '')
  const marked = await keepArchive(app, { sequence: 3 })
  const findings = [{ code: 'entry-hash' as const, path: 'finance_bot.db', detail: 'x' }]
  await changeMark(marked.path, (mark) => ({ ...mark, damage: { at: 'x', findings } }))
  const list = await listBackups(app)
  assert.deepEqual(list.map(({ name, state, findings }) => [name, state, findings.length > 0]).sort(), [
    ['backup_empty', 'damaged', true],
    ['backup_manual_1', 'proven', false],
    ['backup_manual_2', 'damaged', true],
    ['backup_manual_3', 'damaged', true],
  ])
  assert.equal((await findBackup(app, 'latest')).name, 'backup_manual_1')
})

test('somebody’s other zip, folders, broken links and drafts are no backups and raise no alarm', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await keepArchive(app, { sequence: 1 })
  const { backups } = app.folders
  writeFileSync(`${backups}/holiday.zip`, 'PK\u0005\u0006'.padEnd(22, '\0'))
  writeFileSync(`${backups}/.hidden.zip`, 'x')
  mkdirSync(`${backups}/backup_folder.zip`)
  symlinkSync('/nonexistent', `${backups}/backup_link.zip`)
  const holdings = await readHoldings(app)
  assert.deepEqual(names(holdings.backups), ['backup_manual_1'])
  assert.deepEqual(holdings.foreign, [`${backups}/holiday.zip`])
})

test('a predecessor archive is listed after ours, as legacy, stored until something proves it', async (t) => {
  if (!requireTool(t, 'zip')) return
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await keepArchive(app, { sequence: 1, created: '2020-01-01T00:00:00+07:00' })
  const path = makeLegacy(folder.path, app.folders.backups)
  const [own, legacy] = await listBackups(app)
  assert.equal(own?.sequence, 1)
  assert.deepEqual(
    [legacy?.name, legacy?.type, legacy?.reason, legacy?.legacy, legacy?.state, legacy?.sequence],
    ['backup_auto_restart_20250730_090000', 'auto_restart', 'restart', true, 'stored', 0],
  )
  assert.deepEqual(
    legacy?.databases.map((one) => [one.path, one.rows]),
    [['finance_bot.db', { wallets: 3 }]],
  )
  assert.ok(existsSync(path))
})

test('an archive is read once: then the index answers, until the file changes', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const { path } = await keepArchive(app, { sequence: 1 })
  await listBackups(app)
  assert.equal(statSync(`${app.folders.state}/index.sqlite`).mode & 0o777, 0o600)
  const atime = new Date('2020-01-01')
  utimesSync(path, atime, statSync(path).mtime)
  await listBackups(app)
  utimesSync(path, atime, statSync(path).mtime)
  const before = statSync(path).atimeMs
  await listBackups(bareApp(folder.path))
  appendFileSync(path, 'tail')
  assert.equal((await listBackups(app))[0]?.state, 'damaged')
  assert.equal(before, atime.getTime())
})

for (const [what, spoil] of [
  ['garbage', (path: string) => writeFileSync(path, 'no database, but long enough to be taken for one. '.repeat(40))],
  ['empty', (path: string) => truncateSync(path, 0)],
  ['cut', (path: string) => truncateSync(path, 5000)],
  ['gone', (path: string) => rmSync(path)],
  ['without its tables', (path: string) => spawnSync('sqlite3', [path, 'DROP TABLE archives'])],
  ['full of nonsense', (path: string) => spawnSync('sqlite3', [path, "UPDATE archives SET summary = '{'"])],
] as const)
  test(`an index that is ${what} is made again from the archives`, async () => {
    using folder = tempFolder()
    const app = bareApp(folder.path)
    await keepArchive(app, { sequence: 1 })
    await keepArchive(app, { sequence: 2 })
    const before = await listBackups(app)
    spoil(`${app.folders.state}/index.sqlite`)
    assert.deepEqual(await listBackups(app), before)
    assert.deepEqual(await listBackups(app), before)
  })

test('many processes may look at once while the index is damaged', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  for (let sequence = 1; sequence <= 5; sequence++) await keepArchive(app, { sequence })
  await listBackups(app)
  writeFileSync(`${app.folders.state}/index.sqlite`, 'garbage '.repeat(600))
  const code = `
    const { listBackups } = await import('${import.meta.resolve('./catalogue.ts')}')
    const { bareApp } = await import('${import.meta.resolve('../../test/fixture/bare-app.ts')}')
    for (let at = 0; at < 5; at++) {
      const list = await listBackups(bareApp('${folder.path}'))
      if (list.length !== 5 || list.some(({ state }) => state !== 'proven')) throw new Error(JSON.stringify(list))
    }
  `
  const children = [runModule(code), runModule(code), runModule(code)]
  const ends = await Promise.all(children.map((child) => child.end()))
  assert.deepEqual(
    ends.map(({ code }) => code),
    [0, 0, 0],
    ends.map(({ stderr }) => stderr).join(),
  )
})

test('a folder without permission is an error that names it; one archive without permission is damaged', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await keepArchive(app, { sequence: 1 })
  const { path } = await keepArchive(app, { sequence: 2 })
  await using child = runModule(`
    const { listBackups } = await import('${import.meta.resolve('./catalogue.ts')}')
    await import('${import.meta.resolve('../archive/read.ts')}')
    const { bareApp } = await import('${import.meta.resolve('../../test/fixture/bare-app.ts')}')
    const { chmodSync } = await import('node:fs')
    const app = bareApp('${folder.path}')
    chmodSync('${folder.path}', 0o755); chmodSync(app.folders.backups, 0o755)
    chmodSync('${app.folders.backups}/backup_manual_1.zip', 0o644)
    if (process.getuid() === 0) process.seteuid(65534)
    else chmodSync('${path}', 0)
    const list = await listBackups(app)
    console.log(list.map((one) => one.name + ' ' + one.state).sort().join())
    if (process.getuid() === 0) process.seteuid(0)
    chmodSync(app.folders.backups, 0)
    if (process.getuid() === 0) process.seteuid(65534)
    await listBackups(app).catch((error) => console.log(error.code, error.facts.path))
    if (process.getuid() === 0) process.seteuid(0)
    chmodSync(app.folders.backups, 0o755)
  `)
  const { stdout, stderr } = await child.end()
  const [list, denied] = stdout.trim().split('\n')
  assert.match(String(list), /backup_manual_1 (stored|proven),backup_manual_2 damaged/, stderr)
  assert.equal(denied, `disk.denied ${app.folders.backups}`)
})

test('the same archive under both paths, from a move that was cut off, is listed once', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const { path } = await keepArchive(app, { sequence: 1 })
  mkdirSync(app.folders.archives)
  linkSync(path, `${app.folders.archives}/backup_manual_1.zip`)
  const list = await listBackups(app)
  assert.equal(list.length, 1)
  assert.equal(list[0]?.path, `${app.folders.archives}/backup_manual_1.zip`)
})

test('a backup is found by its name with or without .zip; a mistyped one is guessed; latest is the newest proven', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await assert.rejects(findBackup(app, 'latest'), { code: 'backup.none-proven' })
  await keepArchive(app, { sequence: 1 })
  await keepArchive(app, { sequence: 2 }, 'stored')
  assert.equal((await findBackup(app, 'backup_manual_2.zip')).sequence, 2)
  assert.equal((await findBackup(app, 'latest')).sequence, 1)
  await assert.rejects(findBackup(app, 'backup_manul_2'), (error: Error & { facts: { nearest: string } }) => {
    assert.equal(error.facts.nearest, 'backup_manual_2')
    return true
  })
})

test('a sequence number is never given twice, not even after the archive that had it is gone', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  assert.equal(await nextSequence(app), 1)
  const { path } = await keepArchive(app, { sequence: 41 })
  assert.equal(await nextSequence(app), 42)
  await recordAct(app, 'backup', { sequence: 50 }, async () => 1)
  await recordAct(app, 'backup', { sequence: 'nonsense' }, async () => 1)
  rmSync(path)
  assert.equal(await nextSequence(app), 51)
})

test('a database stays expected until a person says to forget it, and is expected again once it is back', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  assert.deepEqual(await expectedDatabases(app), [])
  await keepArchive(app, { sequence: 1 })
  assert.deepEqual(await expectedDatabases(app), ['finance_bot.db'])
  await assert.rejects(forgetSource(app, 'finance_bt.db'), { code: 'source.not-known' })
  await forgetSource(app, 'finance_bot.db')
  assert.deepEqual(await expectedDatabases(app), [])
  await keepArchive(app, { sequence: 2, created: '2001-01-01T00:00:00+07:00' })
  assert.deepEqual(await expectedDatabases(app), ['finance_bot.db'])
})

test('pinning and unpinning change the mark alone and are on record', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const { path } = await keepArchive(app, { sequence: 1 })
  const bytes = readFileSync(path)
  const pinned = await pin(app, 'backup_manual_1', 'before the audit')
  assert.deepEqual([pinned.pinned, pinned.pinReason, pinned.state], [true, 'before the audit', 'proven'])
  assert.equal((await unpin(app, 'backup_manual_1')).pinned, false)
  assert.ok(readFileSync(path).equals(bytes))
  assert.deepEqual(
    (await history(app)).map(({ act, outcome, backup }) => [act, outcome, backup]),
    [
      ['unpin', 'done', 'backup_manual_1'],
      ['pin', 'done', 'backup_manual_1'],
    ],
  )
})

test('a mark that makes no sense proves nothing and counts as a pin until somebody unpins', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const { path } = await keepArchive(app, { sequence: 1 })
  for (const nonsense of ['', '{"proof":', '[]', '"x"']) {
    writeFileSync(markPath(path), nonsense)
    const found = await findBackup(app, 'backup_manual_1')
    assert.deepEqual([found.state, found.pinned], ['stored', true], nonsense)
  }
  writeFileSync(markPath(path), '{"proof":{"at":1},"damage":null,"pinned":null}')
  assert.equal((await readMark(path)).proof, null)
  assert.equal((await unpin(app, 'backup_manual_1')).pinned, false)
})

test('two processes that change one mark lose nothing of each other', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const made = await keepArchive(app, { sequence: 1 }, 'stored')
  await Promise.all([
    changeMark(made.path, (mark) => ({ ...mark, proof: proofOf(app, made) })),
    changeMark(made.path, (mark) => ({ ...mark, pinned: { at: 'x', reason: null } })),
  ])
  const found = await findBackup(app, 'backup_manual_1')
  assert.deepEqual([found.state, found.pinned], ['proven', true])
})

/** As the Python predecessor wrote them. */
function makeLegacy(work: string, folder: string): string {
  const info = {
    backup_name: 'backup_auto_restart_20250730_090000',
    backup_type: 'auto_restart',
    reason: 'restart',
    timestamp: '20250730_090000',
    databases: { 'finance_bot.db': true },
    code_backup: true,
    success: true,
  }
  writeFileSync(`${work}/backup_info.json`, JSON.stringify(info))
  writeFileSync(`${work}/finance_bot.db.metadata.json`, JSON.stringify({ record_counts: { wallets: 3 } }))
  copyFileSync(`${work}/.work/1.db`, `${work}/finance_bot.db.backup`)
  const path = `${folder}/backup_auto_restart_20250730_090000.zip`
  const inside = ['backup_info.json', 'finance_bot.db.metadata.json', 'finance_bot.db.backup']
  spawnSync('zip', ['-q', path, ...inside], { cwd: work })
  return path
}
