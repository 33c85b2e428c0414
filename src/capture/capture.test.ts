import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runModule } from '../../test/fixture/child.ts'
import { requireTool } from '../../test/fixture/peer.ts'
import { makeBooks, startBookkeeper } from '../../test/fixture/writer.ts'
import { isPulihError } from '../error.ts'
import type { ProgressEvent } from '../snapshot/progress.ts'
import type { Staged } from './capture.ts'
import { captureInTheWild, stage, stagedBooks } from './stage.suite.ts'

for (const journal of ['wal', 'delete'] as const) {
  test(`a copy beside a writer holds every row committed before and balances (${journal})`, async () => {
    using app = stage()
    await using writer = await startBookkeeper(app.in('bot.db'), { journal })
    for (let i = 0; i < 5; i++) {
      const before = writer.committed()
      await using staged = await app.capture({ databases: ['bot.db'] })
      const held = stagedBooks(staged)
      assert.ok(held >= before, `holds ${held}, ${before} were committed before`)
      assert.equal(staged.databases[0]?.journalMode, journal === 'wal' ? 'wal' : 'rollback')
      assert.equal(statSync(staged.databases[0]?.stagedPath as string).mode & 0o777, 0o600)
      assert.equal(staged.databases[0]?.bytes, statSync(staged.databases[0]?.stagedPath as string).size)
    }
    const { refused } = await writer.stop()
    assert.equal(refused, 0)
    assert.deepEqual(app.scratch(), [])
  })
}

for (const kind of [{ pageSize: 512 }, { pageSize: 65_536, autoCheckpoint: 5 }, { journal: 'persist' }] as const) {
  test(`checkpoints, rollbacks and vacuums during the copy do no harm (${JSON.stringify(kind)})`, () =>
    captureInTheWild(kind, 4))
}

for (const encoding of ['UTF-16le', 'UTF-16be']) {
  test(`text in ${encoding} arrives as it is`, async () => {
    using app = stage()
    const path = app.in('utf16.db')
    using database = new DatabaseSync(path)
    database.exec(`PRAGMA encoding = '${encoding}'; PRAGMA journal_mode = wal; CREATE TABLE t (a TEXT)`)
    database.exec("INSERT INTO t VALUES ('rupiah 💰 ñandú')")
    await using staged = await app.capture({ databases: ['utf16.db'] })
    using copy = new DatabaseSync(staged.databases[0]?.stagedPath as string)
    assert.equal(copy.prepare('SELECT a FROM t').get()?.a, 'rupiah 💰 ñandú')
    assert.equal(copy.prepare('PRAGMA encoding').get()?.encoding, encoding)
  })
}

test('several databases are pinned in one narrow window, each with what was committed before it', async () => {
  using app = stage()
  mkdirSync(app.in('data'))
  const names = ['a.db', 'data/b.db', 'c.db']
  await using a = await startBookkeeper(app.in('a.db'), { everyMs: 3 })
  await using b = await startBookkeeper(app.in('data/b.db'), { everyMs: 3, journal: 'delete' })
  makeBooks(app.in('c.db'))
  for (let i = 0; i < 4; i++) {
    const began = Date.now()
    const before = [a.committed(), b.committed(), 0]
    await using staged = await app.capture({ databases: names })
    const { fromMs, toMs } = staged.window
    assert.ok(fromMs >= began && toMs <= Date.now() + 1 && toMs >= fromMs)
    assert.ok(toMs - fromMs < 250, `${toMs - fromMs} ms`)
    assert.deepEqual(
      staged.databases.map(({ path }) => path),
      names,
    )
    for (const [at, count] of before.entries()) assert.ok(stagedBooks(staged, at) >= count)
  }
})

test('a database at rest is not touched: not its folder, not its times, and no process is started for it', async () => {
  using app = stage()
  makeBooks(app.in('wal.db'))
  mkdirSync(app.in('data'))
  makeBooks(app.in('data/rollback.db'), { journal: 'delete' })
  const before = app.listing()
  {
    await using staged = await app.capture({ databases: ['wal.db', 'data/rollback.db'] })
    assert.deepEqual([stagedBooks(staged, 0), stagedBooks(staged, 1)], [0, 0])
    assert.deepEqual(readFileSync(staged.databases[0]?.stagedPath as string), readFileSync(app.in('wal.db')))
  }
  assert.deepEqual(app.listing(), before)
  const started = performance.now()
  await released(app.capture({ databases: ['wal.db'] }))
  assert.ok(performance.now() - started < 40, `${performance.now() - started} ms: a process needs more`)
  assert.deepEqual(app.listing(), before)
})

test('an idle app that has its database open keeps its files and its locks', async () => {
  using app = stage()
  await using writer = await startBookkeeper(app.in('bot.db'), { everyMs: 400 })
  await sleep(60)
  const before = readFileSync(app.in('bot.db-wal'))
  await using staged = await app.capture({ databases: ['bot.db'] })
  assert.ok(stagedBooks(staged) >= 1)
  assert.deepEqual(readFileSync(app.in('bot.db-wal')).subarray(0, before.length), before)
  assert.equal((await writer.stop()).refused, 0)
})

test("the bot's rows survive backup, a stock sqlite3 that opens and closes, commits and a kill", async (t) => {
  if (!requireTool(t, 'sqlite3')) return
  using app = stage()
  await using writer = await startBookkeeper(app.in('bot.db'))
  await writer.reaches(50)
  {
    await using staged = await app.capture({ databases: ['bot.db'] })
    assert.ok(stagedBooks(staged) >= 50)
  }
  execFileSync('sqlite3', [app.in('bot.db'), 'SELECT count(*) FROM ledger'])
  const then = writer.committed()
  await writer.reaches(then + 200)
  await writer.crash()
  const committed = writer.committed()
  using database = new DatabaseSync(app.in('bot.db'))
  assert.ok(Number(database.prepare('SELECT count(*) AS n FROM ledger').get()?.n) >= committed)
})

test('the log a killed writer left is in the copy, and stays where it is', async () => {
  using app = stage()
  await using writer = await startBookkeeper(app.in('bot.db'), { autoCheckpoint: 0 })
  await writer.reaches(80)
  await writer.crash()
  for (const withIndex of [true, false]) {
    if (!withIndex) rmSync(app.in('bot.db-shm'))
    await sleep(30)
    const [before, names] = [readFileSync(app.in('bot.db-wal')), readdirSync(app.in())]
    await using staged = await app.capture({ databases: ['bot.db'] })
    assert.ok(stagedBooks(staged) >= writer.committed())
    assert.deepEqual(readFileSync(app.in('bot.db-wal')), before)
    assert.deepEqual(readdirSync(app.in()), names)
  }
})

test('a hot journal is rolled back in the copy, not in place', async () => {
  using app = stage()
  const path = app.in('bot.db')
  makeBooks(path, { journal: 'delete' })
  await using writer = await startBookkeeper(path, { journal: 'delete' })
  await writer.reaches(60)
  assert.equal((await writer.stop()).refused, 0)
  interrupt(path, 'UPDATE wallet SET balance = 0; DELETE FROM ledger')
  assert.ok(statSync(`${path}-journal`).size > 0)
  const contents = () =>
    readdirSync(app.in()).map((name) => [name, statSync(app.in(name)).mtimeMs, readFileSync(app.in(name))])
  const before = contents()
  await using staged = await app.capture({ databases: ['bot.db'] })
  assert.ok(stagedBooks(staged) >= 60)
  assert.deepEqual(contents(), before)
})

/** Leaves what a writer leaves that is killed in mid-transaction with part of it in the file already. */
function interrupt(path: string, sql: string): void {
  using database = new DatabaseSync(path)
  database.exec(`PRAGMA cache_size = 2; PRAGMA synchronous = OFF; BEGIN; ${sql}; PRAGMA cache_spill = 1`)
  database.exec('CREATE TABLE filler (a); INSERT INTO filler SELECT randomblob(3000) FROM ledger')
  for (const side of ['', '-journal']) copyFileSync(`${path}${side}`, `${path}${side}.kept`)
  database.exec('ROLLBACK')
  database.close()
  for (const side of ['', '-journal']) renameSync(`${path}${side}.kept`, `${path}${side}`)
}

test('a WAL database that its app keeps to itself (exclusive mode) is captured while the app is idle', async () => {
  using app = stage()
  makeBooks(app.in('bot.db'))
  await using bot = runModule(`import { DatabaseSync } from 'node:sqlite'
    const database = new DatabaseSync('${app.in('bot.db')}')
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA wal_autocheckpoint = 0; UPDATE mark SET seq = 1')
    database.exec('INSERT INTO ledger VALUES (1, 1, 2, 0, NULL, NULL); BEGIN; UPDATE wallet SET balance = 0')
    console.log('idle')
    await new Promise(() => setInterval(() => database.isOpen, 1000))`)
  await bot.says('idle')
  await using staged = await app.capture({ databases: ['bot.db'] })
  assert.equal(stagedBooks(staged), 1)
  assert.deepEqual(readdirSync(app.in()).sort(), ['bot.db', 'bot.db-wal'])
})

test('paths that are no database fail by name, create nothing and leave no scratch', async () => {
  using app = stage()
  makeBooks(app.in('good.db'))
  writeFileSync(app.in('empty.db'), '')
  writeFileSync(app.in('text.db'), 'saldo: 5000\n'.repeat(500))
  mkdirSync(app.in('folder.db'))
  symlinkSync('loop.db', app.in('loop.db'))
  symlinkSync('nowhere.db', app.in('dangling.db'))
  execFileSync('mkfifo', [app.in('pipe.db')])
  writeFileSync(app.in('locked.db'), crypto.getRandomValues(new Uint8Array(8192)))
  const broken = Buffer.from(readFileSync(app.in('good.db')))
  broken[16] = 7
  writeFileSync(app.in('header.db'), broken)
  const before = readdirSync(app.in())
  for (const [path, code] of [
    ['missing.db', 'source.missing'],
    ['missing/folder.db', 'source.missing'],
    ['good.db/below.db', 'source.missing'],
    ['dangling.db', 'source.missing'],
    ['empty.db', 'source.empty'],
    ['text.db', 'source.not-sqlite'],
    ['folder.db', 'source.not-a-file'],
    ['loop.db', 'source.not-a-file'],
    ['pipe.db', 'source.not-a-file'],
    ['locked.db', 'source.encrypted'],
    ['header.db', 'source.malformed'],
  ] as const) {
    await assert.rejects(app.capture({ databases: ['good.db', path] }), (error) => {
      assert.ok(isPulihError(error), String(error))
      assert.equal(error.code, code)
      assert.equal(error.exit, 1)
      assert.ok(error.message.includes(path), error.message)
      return true
    })
  }
  assert.deepEqual(readdirSync(app.in()), before)
  assert.deepEqual(app.scratch(), [])
})

test('a database whose pages are damaged is still copied: what is wrong with it is for the checks to say', async () => {
  using app = stage()
  makeBooks(app.in('bot.db'), { journal: 'delete' })
  const bytes = readFileSync(app.in('bot.db'))
  bytes.fill(0xee, 4096, 8192)
  writeFileSync(app.in('bot.db'), bytes)
  await using staged = await app.capture({ databases: ['bot.db'] })
  assert.deepEqual(readFileSync(staged.databases[0]?.stagedPath as string), bytes)
})

test('what did not change is not copied again, takes milliseconds, and a change is seen at once', async () => {
  using app = stage()
  makeBooks(app.in('wal.db'))
  makeBooks(app.in('rollback.db'), { journal: 'delete' })
  writeFileSync(app.in('main.py'), 'print(1)\n')
  await sleep(40)
  const request = { databases: ['wal.db', 'rollback.db'], files: ['main.py'] }
  let { signatures } = await released(app.capture(request))
  for (let i = 0; i < 2; i++) {
    const started = performance.now()
    const staged = await released(app.capture({ ...request, previous: signatures }))
    assert.ok(performance.now() - started < 30, `${performance.now() - started} ms`)
    assert.deepEqual(
      staged.databases.map(({ stagedPath }) => stagedPath),
      [null, null],
    )
    assert.ok(staged.files[0]?.unchanged)
    assert.deepEqual(staged.signatures, signatures)
    ;({ signatures } = staged)
  }
  for (const path of request.databases) {
    using database = new DatabaseSync(app.in(path))
    database.exec('UPDATE mark SET seq = seq + 1')
    await sleep(40)
    const staged = await released(app.capture({ ...request, previous: signatures }))
    assert.notEqual(staged.databases.find((one) => one.path === path)?.stagedPath, null)
    database.close()
    await sleep(40)
    ;({ signatures } = await released(app.capture(request)))
  }
})

async function released(staging: Promise<Staged>): Promise<Staged> {
  const staged = await staging
  await staged[Symbol.asyncDispose]()
  return staged
}

test('same size and time put back do not hide a change', async () => {
  using app = stage()
  writeFileSync(app.in('a.txt'), 'satu')
  makeBooks(app.in('bot.db'), { journal: 'delete' })
  await sleep(40)
  const request = { databases: ['bot.db'], files: ['a.txt'] }
  const { signatures } = await released(app.capture(request))
  for (const path of ['a.txt', 'bot.db']) {
    const { atime, mtime } = statSync(app.in(path))
    const bytes = readFileSync(app.in(path))
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
    writeFileSync(app.in(path), bytes)
    utimesSync(app.in(path), atime, mtime)
  }
  await sleep(40)
  const staged = await released(app.capture({ ...request, previous: signatures }))
  assert.notEqual(staged.databases[0]?.stagedPath, null)
  assert.equal(staged.files[0]?.unchanged, false)
})

test('a source seen right after a change is taken again next time: a second change could hide in the same tick', async () => {
  using app = stage()
  makeBooks(app.in('bot.db'), { journal: 'delete' })
  await sleep(40)
  const request = { databases: ['bot.db'], files: ['a.txt'] }
  for (let i = 0; i < 5; i++) {
    using database = new DatabaseSync(app.in('bot.db'))
    database.exec('UPDATE mark SET seq = seq + 1')
    database.close()
    writeFileSync(app.in('a.txt'), String(i))
    const first = await released(app.capture(request))
    await sleep(40)
    const second = await released(app.capture({ ...request, previous: first.signatures }))
    if (second.databases[0]?.stagedPath === null) {
      // Only where the capture itself came late enough to be sure.
      assert.ok(!first.signatures['bot.db']?.startsWith('racy'))
    }
    if (first.signatures['a.txt']?.startsWith('racy')) assert.equal(second.files[0]?.unchanged, false)
    const third = await released(app.capture({ ...request, previous: second.signatures }))
    assert.equal(third.databases[0]?.stagedPath, null)
    assert.ok(third.files[0]?.unchanged)
  }
})

test('a cancelled capture ends at once and leaves no scratch', async () => {
  using app = stage()
  makeBooks(app.in('big.db'), { journal: 'delete' })
  {
    using database = new DatabaseSync(app.in('big.db'))
    database.exec(`PRAGMA synchronous = OFF; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO blob SELECT i, zeroblob(1000000) FROM n`)
  }
  for (const after of [0, 3, 20]) {
    const abort = new AbortController()
    let seen = 0
    const progress = () => {
      if (++seen > after) abort.abort(new Error('stop'))
    }
    await assert.rejects(app.capture({ databases: ['big.db'], progress, signal: abort.signal }), /stop/)
    assert.deepEqual(app.scratch(), [])
    using other = new DatabaseSync(app.in('big.db'), { timeout: 0 })
    other.exec('UPDATE mark SET seq = seq + 1')
  }
  const abort = new AbortController()
  abort.abort(new Error('before'))
  await assert.rejects(app.capture({ databases: ['big.db'], signal: abort.signal }), /before/)
})

test('progress rises to the whole and names the database', async () => {
  using app = stage()
  makeBooks(app.in('a.db'))
  makeBooks(app.in('b.db'), { journal: 'delete' })
  const events: ProgressEvent[] = []
  await using _ = await app.capture({ databases: ['a.db', 'b.db'], progress: (event) => events.push(event) })
  const last = events.at(-1)
  assert.ok(last !== undefined && last.done === last.total && last.unit === 'bytes')
  assert.deepEqual([...new Set(events.map(({ subject }) => subject))].sort(), ['a.db', 'b.db'])
})

test('a database replaced by another one while it is captured is captured whole, old or new', async () => {
  using app = stage()
  for (const name of ['bot.db', 'next.db']) makeBooks(app.in(name), { journal: 'delete' })
  {
    using next = new DatabaseSync(app.in('next.db'))
    next.exec('CREATE TABLE only_in_next (a)')
  }
  let swapped = false
  const progress = () => {
    if (!swapped) renameSync(app.in('next.db'), app.in('bot.db'))
    swapped = true
  }
  await using staged = await app.capture({ databases: ['bot.db'], progress })
  assert.equal(stagedBooks(staged), 0)
  using copy = new DatabaseSync(staged.databases[0]?.stagedPath as string)
  assert.equal(copy.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'only_in_next'").get()?.n, 1)
})

test('one that is replaced without end is an error that names it', async () => {
  using app = stage()
  makeBooks(app.in('bot.db'))
  makeBooks(app.in('next.db'))
  await sleep(40)
  const progress = () => {
    copyFileSync(app.in('next.db'), app.in('other.db'))
    renameSync(app.in('other.db'), app.in('bot.db'))
  }
  await assert.rejects(app.capture({ databases: ['bot.db'], progress }), { code: 'source.replaced' })
  assert.deepEqual(app.scratch(), [])
})

test('two names of one database, and a link to it, are captured as one', async () => {
  using app = stage()
  mkdirSync(app.in('real'))
  await using writer = await startBookkeeper(app.in('real/bot.db'))
  symlinkSync('real/bot.db', app.in('link.db'))
  await using staged = await app.capture({ databases: ['link.db', 'real/bot.db'] })
  assert.equal(staged.databases[0]?.stagedPath, staged.databases[1]?.stagedPath)
  assert.ok(stagedBooks(staged) >= 1)
  assert.equal((await writer.stop()).refused, 0)
})

test('a second hard link is warned of', async () => {
  using app = stage()
  makeBooks(app.in('bot.db'))
  linkSync(app.in('bot.db'), app.in('other-name.db'))
  await using staged = await app.capture({ databases: ['bot.db'] })
  assert.deepEqual(
    staged.warnings.map(({ code }) => code),
    ['warning.hard-links'],
  )
})

test('files are listed with mode, time and secrecy; what is no regular file is left out, what cannot be read is warned of', async () => {
  using app = stage()
  mkdirSync(app.in('src'))
  for (const [path, mode] of [
    ['src/bot.py', 0o755],
    ['.env', 0o600],
    ['.env.example', 0o644],
  ] as const) {
    writeFileSync(app.in(path), 'x')
    chmodSync(app.in(path), mode)
  }
  utimesSync(app.in('src/bot.py'), 1754100000, 1754100000)
  symlinkSync('src/bot.py', app.in('link.py'))
  execFileSync('mkfifo', [app.in('pipe')])
  const files = ['src/bot.py', '.env', '.env.example', 'link.py', 'pipe', 'src', 'gone.py']
  const leftOut = [{ path: 'big.bin', reason: 'too-large', detail: null }] as const
  await using staged = await app.capture({ files, leftOut })
  assert.deepEqual(
    staged.files.map(({ path, mode, secret, bytes }) => [path, mode, secret, bytes]),
    [
      ['src/bot.py', 0o755, false, 1],
      ['.env', 0o600, true, 1],
      ['.env.example', 0o644, false, 1],
    ],
  )
  assert.equal(staged.files[0]?.mtimeMs, 1754100000e3)
  assert.equal(dirname(staged.files[0]?.absolute as string), app.in('src'))
  assert.deepEqual(
    staged.leftOut.map(({ path, reason }) => `${path} ${reason}`),
    ['big.bin too-large', 'link.py special', 'pipe special', 'src special', 'gone.py unreadable'],
  )
  assert.deepEqual(
    staged.warnings.map(({ facts }) => facts),
    [{ path: 'gone.py', reason: 'ENOENT' }],
  )
})

test('a disk without room is found before anything is copied', async () => {
  using app = stage()
  // Sparse: SQLite's header and a length no disk has.
  makeBooks(app.in('bot.db'))
  execFileSync('truncate', ['-s', '8T', app.in('bot.db')])
  await assert.rejects(app.capture({ databases: ['bot.db'] }), { code: 'disk.full' })
  assert.deepEqual(app.scratch(), [])
})
