import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { findHolders } from './holders.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulih-holders-'))
})
after(() => rm(folder, { recursive: true, force: true }))

function makeDatabase(name: string, mode: 'wal' | 'delete'): string {
  const path = join(folder, name)
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = ${mode}; CREATE TABLE t (a); INSERT INTO t VALUES (1)`)
  db.close()
  return path
}

const idle = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("select count(*) from t").fetchall()
print("ready", flush=True)
sys.stdin.read()
`

/** A Python process with an open connection that does nothing. */
async function holdIdle(path: string, ...more: string[]): Promise<ChildProcess> {
  const child = spawn('python3', ['-c', idle, path, ...more], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout!, 'data')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.stdin!.end()
  await gone
}

for (const mode of ['wal', 'delete'] as const) {
  test(`an idle connection in ${mode} mode is a holder, by pid and command, until it is closed`, async () => {
    const absolute = makeDatabase(`idle-${mode}.db`, mode)
    const child = await holdIdle(absolute)
    try {
      const { holders, complete } = findHolders([{ path: 'bot.db', absolute }])
      assert.equal(complete, true)
      assert.deepEqual(
        holders.map(({ pid, path }) => ({ pid, path })),
        [{ pid: child.pid, path: 'bot.db' }],
      )
      assert.match(holders[0]!.command, /python3? -c/)
    } finally {
      await end(child)
    }
    assert.deepEqual(findHolders([{ path: 'bot.db', absolute }]).holders, [])
  })
}

test('a process that still has the replaced file open is a holder', async () => {
  const absolute = makeDatabase('replaced.db', 'delete')
  const child = await holdIdle(absolute)
  try {
    await rename(makeDatabase('newer.db', 'delete'), absolute)
    const { holders } = findHolders([{ path: 'bot.db', absolute }])
    assert.deepEqual(
      holders.map((one) => one.pid),
      [child.pid],
    )
  } finally {
    await end(child)
  }
})

test('looking changes nothing and creates nothing', async () => {
  const absolute = makeDatabase('quiet.db', 'wal')
  const names = await readdir(folder)
  const was = await stat(absolute, { bigint: true })
  findHolders([
    { path: 'a', absolute },
    { path: 'b', absolute: join(folder, 'missing.db') },
  ])
  const is = await stat(absolute, { bigint: true })
  assert.deepEqual(await readdir(folder), names)
  assert.deepEqual([is.mtimeNs, is.ctimeNs, is.size], [was.mtimeNs, was.ctimeNs, was.size])
})

test('this process is no holder, and other files in use do not count', async () => {
  const absolute = makeDatabase('own.db', 'wal')
  const other = makeDatabase('other.db', 'wal')
  using _own = new DatabaseSync(absolute)
  const child = await holdIdle(other)
  try {
    assert.deepEqual(findHolders([{ path: 'own.db', absolute }]).holders, [])
  } finally {
    await end(child)
  }
})

test('a token in a command line comes out as dots', async () => {
  const absolute = makeDatabase('secret.db', 'wal')
  const token = '123456789:AAEhBP0av28fi2Yq4gzTdVVv7xXcQ9s8abc'
  const child = await holdIdle(absolute, '--token', 'sekali-lagi', token)
  try {
    const { holders } = findHolders([{ path: 'bot.db', absolute }])
    assert.equal(holders.length, 1)
    assert.doesNotMatch(holders[0]!.command, /AAEhBP|sekali/)
  } finally {
    await end(child)
  }
})

test('a process of another user that cannot be looked into shows by its lock', {
  skip: process.getuid?.() !== 0,
}, async () => {
  const absolute = makeDatabase('locked.db', 'wal')
  const child = await holdIdle(absolute)
  try {
    const seen = await asNobody(absolute)
    assert.deepEqual(seen, [child.pid])
  } finally {
    await end(child)
  }
})

/** Runs the same search as a user who may not read that process's open files. */
async function asNobody(absolute: string): Promise<number[]> {
  const script = join(folder, 'look.mjs')
  const module = new URL('./holders.ts', import.meta.url).href
  await writeFile(
    script,
    // Loaded as root, for a checkout may be closed to others; only the looking is done as nobody.
    `import { findHolders } from ${JSON.stringify(module)}
process.setgroups([])
process.setgid(65534)
process.setuid(65534)
console.log(JSON.stringify(findHolders([{ path: 'bot.db', absolute: ${JSON.stringify(absolute)} }]).holders.map((h) => h.pid)))`,
    { mode: 0o644 },
  )
  const { chmod } = await import('node:fs/promises')
  await chmod(folder, 0o755)
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  await once(child, 'close')
  return JSON.parse(text)
}
