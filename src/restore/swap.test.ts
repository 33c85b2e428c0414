import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { foldersOf } from '../app/folders.ts'
import { PulihError } from '../error.ts'
import { identityAt } from './identity.ts'
import { type Item, type New, type Old, quarantineOf, type RestoreRecord, readRecords } from './record.ts'
import { type Suffix, sidecars } from './sidecar.ts'
import { goBack, nextId, settle, swapAll } from './transaction.ts'

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pulih-swap-'))
})
after(() => rm(root, { recursive: true, force: true }))

const now = () => '2025-08-02T12:00:00.000+07:00'

/** Writes 1,000 rows in `mode`, then is killed in the middle of a transaction: leaves a WAL with rows, or a hot journal. */
const writer = `
import os, signal, sqlite3, sys
path, mode = sys.argv[1:]
db = sqlite3.connect(path, isolation_level=None)
db.execute("pragma journal_mode = " + mode)
db.execute("pragma cache_size = 5")
db.execute("create table if not exists t (id integer primary key, v text)")
for n in range(20):
    db.execute("insert into t (v) values (?)", ("settled" * 20,))
db.execute("begin immediate")
for n in range(1000):
    db.execute("insert into t (v) values (?)", ("x" * 400,))
if mode == "wal":
    db.execute("commit")
os.kill(os.getpid(), signal.SIGKILL)
`

async function killWriter(path: string, mode: 'wal' | 'delete'): Promise<void> {
  await once(spawn('python3', ['-c', writer, path, mode], { stdio: 'inherit' }), 'close')
}

interface Case {
  readonly folders: ReturnType<typeof foldersOf>
  readonly app: string
}

async function makeCase(): Promise<Case> {
  const app = await mkdtemp(join(root, 'app-'))
  const backups = join(app, 'backups')
  return { app, folders: foldersOf(app, backups, join(backups, 'archives')) }
}

/** A new database with 7 rows, waiting beside its target. */
function makeDraft(target: string, rows = 7): string {
  const draft = join(dirname(target), `.draft-${Math.random()}`)
  using db = new DatabaseSync(draft)
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)')
  for (let n = 0; n < rows; n++) db.exec(`INSERT INTO t (v) VALUES ('new')`)
  return draft
}

async function itemFor(at: Case, id: string, path: string, draft: string | null): Promise<Item> {
  const target = join(at.app, path)
  const olds: Old[] = []
  for (const suffix of ['', ...sidecars] as Suffix[]) {
    const identity = await identityAt(target + suffix)
    if (identity !== null) olds.push({ suffix, kept: join(quarantineOf(at.folders, id), path) + suffix, identity })
  }
  const news: New[] =
    draft === null ? [] : [{ suffix: '', draft, origin: null, identity: (await identityAt(draft))!, sha256: null }]
  return { path, kind: path.endsWith('.db') ? 'database' : 'file', target, olds, news }
}

async function recordFor(at: Case, ...parts: [path: string, draft: string | null][]): Promise<RestoreRecord> {
  const id = await nextId(at.folders, '20250802_120000')
  const items = await Promise.all(parts.map(([path, draft]) => itemFor(at, id, path, draft)))
  const rest = {
    backup: 'b',
    undoes: null,
    safety: null,
    started: now(),
    ended: null,
    start: null,
    madeFolders: [],
    leftFolders: [],
  }
  const drafts = parts.flatMap(([, draft]) => draft ?? [])
  return { version: 1, id, act: 'restore', phase: 'preparing', ...rest, watched: [], drafts, items }
}

function rowsIn(path: string): number {
  using db = new DatabaseSync(path)
  return Number(db.prepare('SELECT count(*) AS n FROM t').get()?.n)
}

const pass = async (): Promise<void> => undefined

for (const mode of ['wal', 'delete'] as const) {
  test(`a ${mode} database whose writer was killed is replaced with its side files; neither replays into the other`, async () => {
    const at = await makeCase()
    const target = join(at.app, 'bot.db')
    await killWriter(target, mode)
    const side = mode === 'wal' ? '-wal' : '-journal'
    assert.ok((await stat(target + side)).size > 0)
    const done = await swapAll(at.folders, await recordFor(at, ['bot.db', makeDraft(target)]), { check: pass, now })
    assert.deepEqual((await readdir(at.app)).sort(), ['backups', 'bot.db'])
    assert.equal(rowsIn(target), 7)
    assert.equal(rowsIn(target), 7, 'and again after it was reopened')
    const kept = join(quarantineOf(at.folders, done.id), 'bot.db')
    assert.equal(rowsIn(kept), mode === 'wal' ? 1020 : 20, 'the quarantine recovers to what was committed')
    assert.equal((await readRecords(at.folders))[0]?.phase, 'done')
  })

  test(`going back returns a ${mode} database with its side files byte for byte`, async () => {
    const at = await makeCase()
    const target = join(at.app, 'bot.db')
    await killWriter(target, mode)
    const before = await everyByte(at.app)
    const record = await recordFor(at, ['bot.db', makeDraft(target)])
    const refuse = async (): Promise<void> => {
      throw new PulihError('restore.changed', { path: 'bot.db' })
    }
    await assert.rejects(swapAll(at.folders, record, { check: refuse, now }), { code: 'restore.changed' })
    assert.deepEqual(await everyByte(at.app), before)
    assert.equal(rowsIn(target), mode === 'wal' ? 1020 : 20)
    assert.equal((await readRecords(at.folders))[0]?.phase, 'rolled-back')
    assert.deepEqual(await readdir(join(at.folders.state, 'quarantine')), [])
  })
}

/** Name -> content of the app's own files, pulih's apart. */
async function everyByte(app: string): Promise<Record<string, string>> {
  const names = (await readdir(app)).filter((name) => name !== 'backups' && !name.startsWith('.draft')).sort()
  const found = await Promise.all(
    names.map(async (name) => [name, (await readFile(join(app, name))).toString('base64')]),
  )
  return Object.fromEntries(found)
}

test('several databases are all replaced or none: a failure at the second brings the first back', async () => {
  const at = await makeCase()
  await killWriter(join(at.app, 'one.db'), 'wal')
  await killWriter(join(at.app, 'two.db'), 'delete')
  const before = await everyByte(at.app)
  const record = await recordFor(
    at,
    ['one.db', makeDraft(join(at.app, 'one.db'))],
    ['two.db', makeDraft(join(at.app, 'two.db'))],
  )
  const check = async (item: Item): Promise<void> => {
    if (item.path === 'two.db') throw new PulihError('restore.changed', { path: item.path })
  }
  await assert.rejects(swapAll(at.folders, record, { check, now }), { code: 'restore.changed' })
  assert.deepEqual(await everyByte(at.app), before)
})

test('a database that changed since the record was written is not replaced', async () => {
  const at = await makeCase()
  const target = join(at.app, 'bot.db')
  await killWriter(target, 'wal')
  const record = await recordFor(at, ['bot.db', makeDraft(target)])
  assert.equal(rowsIn(target), 1020)
  const before = await everyByte(at.app)
  await assert.rejects(swapAll(at.folders, record, { check: pass, now }), { code: 'restore.changed' })
  assert.deepEqual(await everyByte(at.app), before)
})

test('a side file that appeared since is a reason to stop', async () => {
  const at = await makeCase()
  const target = join(at.app, 'bot.db')
  await copyFile(makeDraft(target, 3), target)
  const record = await recordFor(at, ['bot.db', makeDraft(target)])
  await writeFile(`${target}-wal`, 'somebody opened it')
  await assert.rejects(swapAll(at.folders, record, { check: pass, now }), { code: 'restore.changed' })
  assert.equal(await readFile(`${target}-wal`, 'utf8'), 'somebody opened it')
})

test('a target that was absent is made, and going back removes it again', async () => {
  const at = await makeCase()
  const target = join(at.app, 'bot.db')
  const done = await swapAll(at.folders, await recordFor(at, ['bot.db', makeDraft(target)]), { check: pass, now })
  assert.equal(rowsIn(target), 7)
  await goBack(at.folders, done, now())
  assert.deepEqual(await everyByte(at.app), {})
})

test('a run that was killed with everything in place is finished, one killed halfway goes back', async () => {
  const at = await makeCase()
  await writeFile(join(at.app, 'a.txt'), 'old a')
  await writeFile(join(at.app, 'b.txt'), 'old b')
  await writeFile(join(at.app, '.na'), 'new a')
  await writeFile(join(at.app, '.nb'), 'new b')
  const record = await recordFor(at, ['a.txt', join(at.app, '.na')], ['b.txt', join(at.app, '.nb')])
  const done = await swapAll(at.folders, record, { check: pass, now })
  const swapping: RestoreRecord = { ...done, phase: 'swapping' }
  assert.equal((await settle(at.folders, swapping, { check: pass, now })).ended, 'done')
  // Halfway: only b was swapped in.
  await swapBackOnly(at, swapping)
  assert.equal((await settle(at.folders, swapping, { check: pass, now })).ended, 'rolled-back')
  assert.deepEqual(await readdir(at.app), ['a.txt', 'b.txt', 'backups'])
  assert.equal(await readFile(join(at.app, 'a.txt'), 'utf8'), 'old a')
  assert.equal(await readFile(join(at.app, 'b.txt'), 'utf8'), 'old b')
})

async function swapBackOnly(at: Case, record: RestoreRecord): Promise<void> {
  const { swapBack } = await import('./swap-back.ts')
  await swapBack(record.items[0]!, join(at.folders.state, 'quarantine', 'x.discarded'))
}

test('what an app wrote on the new database before a half-done run went back is set aside, not deleted', async () => {
  const at = await makeCase()
  const target = join(at.app, 'bot.db')
  await copyFile(makeDraft(target, 3), target)
  const other = join(at.app, 'other.db')
  await copyFile(makeDraft(other, 4), other)
  const record = await recordFor(at, ['bot.db', makeDraft(target)], ['other.db', makeDraft(other)])
  const done = await swapAll(at.folders, record, { check: pass, now })
  const swapping: RestoreRecord = { ...done, phase: 'swapping' }
  const { swapBack } = await import('./swap-back.ts')
  await swapBack(swapping.items[1]!, join(at.folders.state, 'unused'))
  {
    using db = new DatabaseSync(target)
    db.exec(`INSERT INTO t (v) VALUES ('after the crash')`)
  }
  await settle(at.folders, swapping, { check: pass, now })
  assert.equal(rowsIn(target), 3)
  assert.equal(rowsIn(other), 4)
  assert.equal(rowsIn(join(`${quarantineOf(at.folders, done.id)}.discarded`, '1', 'bot.db')), 8)
})

test('identifiers sort by order made, whatever the clock says', async () => {
  const at = await makeCase()
  await mkdir(at.folders.state, { recursive: true })
  await writeFile(join(at.app, 'a.txt'), '1')
  await writeFile(join(at.app, '.n'), '2')
  await swapAll(at.folders, await recordFor(at, ['a.txt', join(at.app, '.n')]), { check: pass, now })
  assert.ok((await nextId(at.folders, '19990101_000000')) > (await readRecords(at.folders))[0]!.id)
})
