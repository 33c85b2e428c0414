import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runModule } from '../../../test/fixture/child.ts'
import { tempFolder } from '../../../test/fixture/temp-folder.ts'
import { makeBooks, readBooks, startBookkeeper } from '../../../test/fixture/writer.ts'
import { isPulihError } from '../../error.ts'
import { spawnSqlite } from './parent.ts'

/** Children of this process that have one of these files open, with the flags they opened it with. */
function openers(path: string): { pid: number; flags: number }[] {
  const found: { pid: number; flags: number }[] = []
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid || parentOf(pid) !== process.pid) continue
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      try {
        if (readlinkSync(`/proc/${pid}/fd/${fd}`) !== path) continue
        const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? ''
        found.push({ pid: Number(pid), flags: Number.parseInt(flags, 8) })
      } catch {
        // Closed between listing and looking.
      }
    }
  }
  return found
}

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    // Gone between listing and looking.
    return 0
  }
}

const mebibytes = (count: number) => `CREATE TABLE big (id INTEGER PRIMARY KEY, data BLOB);
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) INSERT INTO big SELECT i, randomblob(1048000) FROM n`

test('live databases are opened read-only, and the log is as it was afterwards', async () => {
  using folder = tempFolder()
  const path = folder.join('bot.db')
  const writer = await startBookkeeper(path)
  await writer.reaches(20)
  await writer.crash()
  const before = readFileSync(`${path}-wal`)
  {
    await using child = spawnSqlite()
    await child.hold([{ path: 'bot.db', absolute: path }])
    const opened = openers(path)
    assert.equal(opened.length, 1)
    assert.equal((opened[0]?.flags ?? -1) & 0o3, 0, 'O_RDONLY')
    await child.release([path])
  }
  assert.deepEqual(readFileSync(`${path}-wal`), before)
})

test('a copy through SQLite under a writer that never pauses ends, in order and with nothing missing', async () => {
  using folder = tempFolder()
  const path = folder.join('bot.db')
  makeBooks(path)
  {
    using database = new DatabaseSync(path)
    database.exec(mebibytes(30))
  }
  await using writer = await startBookkeeper(path, { everyMs: 5 })
  await using child = spawnSqlite()
  const started = performance.now()
  for (let i = 0; i < 3; i++) {
    const before = writer.committed()
    await child.hold([{ path: 'bot.db', absolute: path }])
    let seen = 0
    await child.copy(path, folder.join(`${i}.copy`), (done) => (seen = done))
    await child.release([path])
    assert.ok(seen >= 6000, `${seen} pages reported`)
    assert.ok(readBooks(folder.join(`${i}.copy`)) >= before)
  }
  assert.ok(performance.now() - started < 20_000)
  assert.equal((await writer.stop()).refused, 0)
})

test('a writer that holds the database makes hold wait, and then say so', async () => {
  using folder = tempFolder()
  makeBooks(folder.join('a.db'), { journal: 'delete' })
  makeBooks(folder.join('b.db'), { journal: 'delete' })
  const live = ['a.db', 'b.db'].map((path) => ({ path, absolute: folder.join(path) }))
  using writer = new DatabaseSync(folder.join('b.db'))
  writer.exec('BEGIN EXCLUSIVE')
  await using child = spawnSqlite()
  await assert.rejects(child.hold(live, 600), (error) => {
    return isPulihError(error, 'source.busy') && error.facts.path === 'b.db'
  })
  // Nothing is left locked: the other database can be written.
  using other = new DatabaseSync(folder.join('a.db'), { timeout: 0 })
  other.exec('UPDATE mark SET seq = 0')
  setTimeout(() => writer.exec('COMMIT'), 300)
  const window = await child.hold(live)
  assert.ok(window.toMs - window.fromMs < 100, `${window.toMs - window.fromMs} ms`)
})

test('a database that is waited for keeps no writer of another one waiting', async () => {
  using folder = tempFolder()
  makeBooks(folder.join('a.db'), { journal: 'delete' })
  makeBooks(folder.join('b.db'), { journal: 'delete' })
  using blocker = new DatabaseSync(folder.join('b.db'))
  blocker.exec('BEGIN EXCLUSIVE')
  await using writer = await startBookkeeper(folder.join('a.db'), { journal: 'delete', everyMs: 5 })
  await using child = spawnSqlite()
  const live = ['a.db', 'b.db'].map((path) => ({ path, absolute: folder.join(path) }))
  await assert.rejects(child.hold(live, 1500), { code: 'source.busy' })
  const { refused, worstMs, commits } = await writer.stop()
  assert.equal(refused, 0)
  assert.ok(worstMs < 1000, `a commit took ${worstMs} ms`)
  assert.ok(commits > 20)
})

test('paths that are no database fail by name and create nothing', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('text.db'), 'just text, and quite a lot of it\n'.repeat(200))
  await using child = spawnSqlite()
  for (const [path, code] of [
    ['missing.db', 'source.unopenable'],
    ['text.db', 'source.not-sqlite'],
    ['', 'source.failed'],
  ] as const) {
    await assert.rejects(child.hold([{ path: path || 'folder', absolute: folder.join(path) }], 100), { code })
  }
  assert.deepEqual(readdirSync(folder.path), ['text.db'])
})

test('what is not held is neither copied nor released', async () => {
  using folder = tempFolder()
  makeBooks(folder.join('a.db'))
  await using child = spawnSqlite()
  await assert.rejects(child.release([folder.join('a.db')]), { code: 'source.helper-died' })
  await assert.rejects(child.copy(folder.join('a.db'), folder.join('to')), { code: 'source.helper-died' })
  assert.ok(!existsSync(folder.join('to')))
})

test('a child that is killed rejects what was asked, and the next question finds a new one', async () => {
  using folder = tempFolder()
  const path = folder.join('a.db')
  makeBooks(path)
  await using child = spawnSqlite()
  await child.hold([{ path: 'a.db', absolute: path }])
  const asked = child.inspect(path, { integrity: true })
  child.kill()
  await assert.rejects(asked, { code: 'source.helper-died' })
  await assert.rejects(child.release([path]), { code: 'source.helper-died' })
  copyFileSync(path, folder.join('copy'))
  assert.deepEqual((await child.inspect(folder.join('copy'), { quick: true })).quickCheck, [])
})

test('an aborted signal ends a long check at once, with its own reason', async () => {
  using folder = tempFolder()
  const path = folder.join('big.db')
  {
    using database = new DatabaseSync(path)
    database.exec(mebibytes(80))
  }
  const abort = new AbortController()
  await using child = spawnSqlite(abort.signal)
  await child.inspect(path, {})
  const rule = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1 FROM n WHERE i < 0'
  const asked = child.inspect(path, { invariants: [{ name: 'endless', database: 'big.db', sql: rule, tolerance: 0 }] })
  await sleep(100)
  const started = performance.now()
  abort.abort(new Error('enough'))
  await assert.rejects(asked, /enough/)
  assert.ok(performance.now() - started < 500)
  await assert.rejects(child.inspect(path, {}), /enough/)
  assert.throws(() => spawnSqlite(abort.signal), /enough/)
})

test('a rule without end is an error of that rule; the rules after it are still checked', async () => {
  using folder = tempFolder()
  makeBooks(folder.join('a.db'))
  await using child = spawnSqlite(undefined, { invariantMs: 3000 })
  const rules = [
    'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1 FROM n WHERE i < 0',
    'SELECT * FROM wallet WHERE balance < 0',
  ]
  const invariants = rules.map((sql, i) => ({ name: `${i}`, database: 'a.db', sql, tolerance: 0 }))
  const seen = await child.inspect(folder.join('a.db'), { quick: true, invariants })
  assert.deepEqual(seen.quickCheck, [])
  assert.deepEqual(seen.invariants, [
    { name: '0', violations: 0, looked: 0, error: 'did not finish within 3 s' },
    { name: '1', violations: 0, looked: 8, error: null },
  ])
})

test('when the parent is killed the child is gone, even in the middle of a query without end', async () => {
  using folder = tempFolder()
  const path = folder.join('big.db')
  {
    using database = new DatabaseSync(path)
    database.exec(mebibytes(80))
  }
  const rule = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1 FROM n WHERE i < 0'
  await using parent = runModule(`import { spawnSqlite } from '${import.meta.dirname}/parent.ts'
    const [idle, busy] = [spawnSqlite(), spawnSqlite()]
    await Promise.all([idle, busy].map((child) => child.inspect('${path}', {})))
    void busy.inspect('${path}', { invariants: [{ name: 'x', database: '', sql: '${rule}', tolerance: 0 }] })
    setTimeout(() => console.log('asked'), 100)
    await new Promise(() => setInterval(() => {}, 1000))`)
  await parent.says('asked')
  const children = execFileSync('sh', ['-c', `pgrep -P ${parent.process.pid}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
  assert.equal(children.length, 2)
  parent.process.kill('SIGKILL')
  for (let i = 0; i < 100 && children.some((pid) => existsSync(`/proc/${pid}/exe`)); i++) await sleep(50)
  assert.deepEqual(
    children.filter((pid) => existsSync(`/proc/${pid}/exe`)),
    [],
  )
})

test('a signal for the whole group (Ctrl-C) does not take the child away from its parent', async () => {
  using folder = tempFolder()
  makeBooks(folder.join('a.db'))
  await using child = spawnSqlite()
  await child.hold([{ path: 'a.db', absolute: folder.join('a.db') }])
  const pid = openers(folder.join('a.db'))[0]?.pid
  assert.ok(pid !== undefined)
  process.kill(pid, 'SIGINT')
  process.kill(pid, 'SIGTERM')
  await sleep(50)
  await child.release([folder.join('a.db')])
})

test('the child is handed no secrets', async () => {
  using folder = tempFolder()
  makeBooks(folder.join('a.db'))
  process.env.PULIH_TEST_TOKEN = 'canary-4711'
  try {
    await using child = spawnSqlite()
    await child.hold([{ path: 'a.db', absolute: folder.join('a.db') }])
    const pid = openers(folder.join('a.db'))[0]?.pid
    assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'latin1'), /canary/)
  } finally {
    delete process.env.PULIH_TEST_TOKEN
  }
})

test('a wal-index cut short under the child is an error, not a hang', async () => {
  using folder = tempFolder()
  const path = folder.join('a.db')
  await using writer = await startBookkeeper(path)
  await writer.crash()
  await using child = spawnSqlite()
  await child.hold([{ path: 'a.db', absolute: path }])
  truncateSync(`${path}-shm`, 0)
  // SQLite touches the mapping: SIGBUS.
  await assert.rejects(
    (async () => {
      await child.copy(path, folder.join('to'))
      await child.release([path])
      await child.hold([{ path: 'a.db', absolute: path }], 500)
    })(),
    (error) => isPulihError(error),
  )
})
