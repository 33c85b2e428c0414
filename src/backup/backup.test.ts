import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { archivesOf, makeApp, type ScratchApp, workInApp } from '../../test/fixture/scratch-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import type { App } from '../app/app.ts'
import { openApp } from '../app/open.ts'
import { forgetSource, listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { isPulihError } from '../error.ts'
import { backup } from './backup.ts'
import { verifyBackups } from './verify.ts'

const request = { type: 'manual', trigger: 'manual' }

async function scratchApp(path: string, config: object = {}): Promise<{ app: App; files: ScratchApp }> {
  const files = makeApp(join(path, 'bot'), { mb: 0.3, config })
  return { app: await openApp({ dir: files.path }), files }
}

async function failsWith(work: Promise<unknown>, code: string): Promise<Error> {
  try {
    await work
  } catch (error) {
    assert.ok(isPulihError(error), String(error))
    assert.equal(error.code, code)
    return error
  }
  return assert.fail(`no ${code}`)
}

function change(database: string, sql: string): void {
  using connection = new DatabaseSync(database, { defensive: false })
  connection.exec(sql)
}

test('a backup is proven, names every row, and is the only new thing in the folder', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  const before = readdirSync(files.path).sort()
  const { entry, manifest, storedMs, provenMs } = await backup(app, { ...request, label: 'v1', reason: 'first' })
  assert.equal(entry.state, 'proven')
  assert.equal(entry.sequence, 1)
  assert.match(entry.name, /^backup_manual_v1_\d{8}_\d{6}$/)
  assert.deepEqual(manifest.databases.map((one) => one.path).sort(), [...files.databases].sort())
  assert.ok(Object.values(manifest.databases[0]?.tables ?? {}).some((one) => one.rows > 100))
  assert.ok(manifest.files.some((one) => one.path === '.env' && one.secret))
  assert.ok(provenMs !== null && provenMs >= storedMs)
  assert.deepEqual(readdirSync(files.path).sort(), [...before, 'backups'].sort())
  assert.deepEqual(readdirSync(app.folders.scratch), [])
  assert.deepEqual(readdirSync(app.folders.drafts), [])
})

test('with nothing changed the new backup copies the old one and is proven by being byte-equal', async () => {
  using folder = tempFolder()
  const { app } = await scratchApp(folder.path)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const first = await backup(app, request)
  const second = await backup(app, request)
  assert.equal(second.manifest.sameContentAs, first.entry.name)
  assert.deepEqual(second.entry.proof?.by, { kind: 'byte-equal', of: first.entry.name })
  assert.equal(second.entry.sequence, 2)
  const [again] = await verifyBackups(app, [second.entry], {})
  assert.deepEqual([again?.state, again?.findings], ['proven', []])
})

test('what changed is captured, and the earlier backup keeps its own content', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  const first = await backup(app, request)
  workInApp(files, 1)
  const second = await backup(app, request)
  assert.equal(second.manifest.sameContentAs, null)
  assert.notEqual(second.manifest.databases[1]?.sha256, first.manifest.databases[1]?.sha256)
  const results = await verifyBackups(app, await listBackups(app), {})
  assert.deepEqual(
    results.map((one) => one.state),
    ['proven', 'proven'],
  )
})

test('a database that vanished fails the backup by name until it is forgotten on purpose', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  await backup(app, request)
  const before = archivesOf(files)
  rmSync(join(files.path, 'data/assets.db'))
  const error = await failsWith(backup(app, request), 'source.missing')
  assert.match(error.message, /data\/assets\.db/)
  assert.deepEqual(archivesOf(files), before)
  assert.equal((await history(app))[0]?.outcome, 'failed')
  await forgetSource(app, 'data/assets.db')
  const { manifest } = await backup(app, request)
  assert.deepEqual(
    manifest.databases.map((one) => one.path),
    ['finance_bot.db'],
  )
})

test('a folder without any database is a failure, not an empty success', async () => {
  using folder = tempFolder()
  writeFileSync(join(folder.path, 'notes.db'), 'not a database')
  const app = await openApp({ dir: folder.path })
  await failsWith(backup(app, request), 'backup.no-database')
  assert.deepEqual(await listBackups(app), [])
})

test('a database that lost all its tables is not backed up over the good ones', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  await backup(app, request)
  const before = archivesOf(files)
  const database = join(files.path, 'data/assets.db')
  rmSync(database)
  change(database, 'CREATE TABLE gone(a); DROP TABLE gone')
  await failsWith(backup(app, request), 'backup.emptied')
  assert.deepEqual(archivesOf(files), before)
})

test('a damaged page stops the backup before anything is stored', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  await backup(app, request)
  const before = archivesOf(files)
  const path = join(files.path, 'finance_bot.db')
  const bytes = readFileSync(path)
  bytes.fill(0xff, 4096 * 5, 4096 * 6)
  writeFileSync(path, bytes)
  await failsWith(backup(app, request), 'backup.source-damaged')
  assert.deepEqual(archivesOf(files), before)
})

test('damage that only the full check sees leaves a backup that counts for nothing, with its findings', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  const path = join(files.path, 'finance_bot.db')
  change(path, "CREATE TABLE t(a, b); CREATE INDEX ix ON t(b); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
  change(
    path,
    `PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = 'CREATE INDEX ix ON t(a)' WHERE name = 'ix'`,
  )
  await failsWith(backup(app, request), 'backup.not-proven')
  const [entry] = await listBackups(app)
  assert.equal(entry?.state, 'damaged')
  assert.ok(entry?.findings.some((one) => one.code === 'integrity'))
})

const rule = {
  name: 'no negative amount',
  database: 'finance_bot.db',
  sql: 'SELECT rowid FROM rule_rows WHERE amount < 0',
}

test('a newly broken rule leaves the copy stored, not proven; a known violation is a baseline', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path, { invariants: [rule] })
  const path = join(files.path, 'finance_bot.db')
  change(path, 'CREATE TABLE rule_rows(amount); INSERT INTO rule_rows VALUES (5), (-1)')
  const first = await backup(app, request)
  assert.equal(first.entry.state, 'proven')
  assert.deepEqual(
    first.warnings.map((one) => one.code),
    ['warning.invariant-baseline'],
  )
  change(path, 'INSERT INTO rule_rows VALUES (-2)')
  const second = await backup(app, request)
  assert.equal(second.entry.state, 'stored')
  assert.deepEqual(
    second.warnings.map((one) => one.code),
    ['warning.invariant-broken'],
  )
  change(path, 'DELETE FROM rule_rows')
  const third = await backup(app, request)
  assert.equal(third.entry.state, 'stored')
  assert.deepEqual(
    third.warnings.map((one) => one.code),
    ['warning.invariant-empty'],
  )
})

test('an earlier archive that rotted is not copied from: the new backup is whole and says so', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const first = await backup(app, request)
  const bytes = readFileSync(first.entry.path)
  bytes.fill(0x55, 20_000, 20_016)
  writeFileSync(first.entry.path, bytes)
  const second = await backup(app, request)
  assert.equal(second.entry.state, 'proven')
  assert.deepEqual(
    second.warnings.map((one) => one.code),
    ['warning.previous-damaged'],
  )
  const results = await verifyBackups(app, await listBackups(app), {})
  assert.deepEqual(
    results.map((one) => one.state),
    ['proven', 'damaged'],
  )
  assert.equal(archivesOf(files).size, 2)
})

test('a cancelled backup leaves nothing listed and nothing half-made', async () => {
  using folder = tempFolder()
  const { app } = await scratchApp(folder.path)
  const stop = new AbortController()
  const work = backup(app, { ...request, signal: stop.signal, progress: () => stop.abort() })
  await failsWith(work, 'cancelled')
  assert.deepEqual(await listBackups(app), [])
  assert.ok(!existsSync(app.folders.drafts) || readdirSync(app.folders.drafts).length === 0)
  assert.deepEqual(readdirSync(app.folders.scratch), [])
  assert.equal((await history(app))[0]?.outcome, 'cancelled')
})

test('until stored: read back and quick-checked, proven later by verify', async () => {
  using folder = tempFolder()
  const { app } = await scratchApp(folder.path)
  const { entry, provenMs } = await backup(app, { ...request, until: 'stored', pin: 'before the update' })
  assert.deepEqual([entry.state, provenMs, entry.pinned, entry.pinReason], ['stored', null, true, 'before the update'])
  const [result] = await verifyBackups(app, [entry], {})
  assert.equal(result?.state, 'proven')
})

test('a copy of an archive that was never proven is proven in full, not taken on trust', async () => {
  using folder = tempFolder()
  const { app } = await scratchApp(folder.path)
  await new Promise((resolve) => setTimeout(resolve, 60))
  await backup(app, { ...request, until: 'stored' })
  const { entry, manifest } = await backup(app, request)
  assert.notEqual(manifest.sameContentAs, null)
  assert.deepEqual([entry.state, entry.proof?.by], ['proven', { kind: 'recovered' }])
})

test('damage that a stored backup carried is found when its bytes are copied', async () => {
  using folder = tempFolder()
  const { app, files } = await scratchApp(folder.path)
  const path = join(files.path, 'finance_bot.db')
  change(path, "CREATE TABLE t(a, b); CREATE INDEX ix ON t(b); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
  const swap = "UPDATE sqlite_schema SET sql = 'CREATE INDEX ix ON t(a)' WHERE name = 'ix'"
  change(path, `PRAGMA writable_schema = ON; ${swap}`)
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal((await backup(app, { ...request, until: 'stored' })).entry.state, 'stored')
  await failsWith(backup(app, request), 'backup.not-proven')
})
