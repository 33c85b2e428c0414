import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { makeArchive, pagesLike } from '../../test/fixture/archive.ts'
import { requireTool } from '../../test/fixture/peer.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { openArchive } from './read.ts'

const name = 'backup_manual_20250802_120000'
const mtimeMs = Date.UTC(2025, 0, 15, 3, 4, 6)
const files = {
  'src/bot.py': Buffer.from('print("saldo")\n'.repeat(500)),
  '.env': Buffer.from('TOKEN=x'),
  'data/catatan 🛡️ ñ.txt': Buffer.from('ø'),
  empty: Buffer.alloc(0),
}

async function archive(folder: string): Promise<{ path: string; database: Buffer }> {
  const database = pagesLike(2000, 1)
  const databases = { 'data/finance_bot.db': database }
  const { path } = await makeArchive(folder, name, { databases, files, mtimeMs, mode: 0o640 })
  return { path, database }
}

function run(command: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd })
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}

test('Info-ZIP accepts an archive and gives back bytes, modes and times', async (t: TestContext) => {
  if (!requireTool(t, 'unzip')) return
  using folder = tempFolder()
  const { path, database } = await archive(folder.path)
  assert.match(run('unzip', ['-t', path]), /No errors detected/)
  run('unzip', ['-q', path, '-d', folder.join('out')])
  const expected = { 'databases/data/finance_bot.db': database, ...prefixed(files) }
  for (const [entry, bytes] of Object.entries(expected)) {
    const file = folder.join('out', entry)
    assert.ok(readFileSync(file).equals(bytes), entry)
    assert.equal(statSync(file).mode & 0o777, 0o640, entry)
    assert.equal(statSync(file).mtimeMs, mtimeMs, entry)
  }
  assert.deepEqual(JSON.parse(readFileSync(folder.join('out', 'backup_info.json'), 'utf8')).name, name)
})

test('7-Zip accepts an archive without a warning', async (t: TestContext) => {
  if (!requireTool(t, '7z')) return
  using folder = tempFolder()
  const { path } = await archive(folder.path)
  const said = run('7z', ['t', path])
  assert.match(said, /Everything is Ok/)
  assert.doesNotMatch(said, /warning|headers error/i)
})

const python = `
import sys, zipfile, hashlib, json
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({i.filename: [hashlib.sha256(z.read(i)).hexdigest(), i.external_attr >> 16] for i in z.infolist()}))
`

test("Python's zipfile reads every entry to the recorded hash", async (t: TestContext) => {
  if (!requireTool(t, 'python3')) return
  using folder = tempFolder()
  const { path } = await archive(folder.path)
  const seen = JSON.parse(run('python3', ['-c', python, path])) as Record<string, [string, number]>
  await using reader = await openArchive(path)
  assert.equal(Object.keys(seen).length, reader.entries.length)
  for (const { entry, record } of reader.items) assert.deepEqual(seen[entry.name], [record?.sha256, 0o100640])
})

test('zips of Info-ZIP, 7-Zip and Python with databases in them are read as well', async (t: TestContext) => {
  if (!requireTool(t, 'zip') || !requireTool(t, '7z') || !requireTool(t, 'python3')) return
  using folder = tempFolder()
  const database = new DatabaseSync(folder.join('finance_bot.db'))
  database.exec('CREATE TABLE t(x); INSERT INTO t VALUES (1)')
  database.close()
  writeFileSync(folder.join('catatan ñ.txt'), 'ø')
  const made = {
    'info.zip': () => run('zip', ['-q', 'info.zip', 'finance_bot.db', 'catatan ñ.txt'], folder.path),
    '7.zip': () => run('7z', ['a', '-tzip', '7.zip', 'finance_bot.db', 'catatan ñ.txt'], folder.path),
    'python.zip': () =>
      run('python3', ['-m', 'zipfile', '-c', 'python.zip', 'finance_bot.db', 'catatan ñ.txt'], folder.path),
    'pipe.zip': () => run('sh', ['-c', 'zip -q - finance_bot.db "catatan ñ.txt" | cat > pipe.zip'], folder.path),
  }
  for (const [zip, make] of Object.entries(made)) {
    make()
    await using reader = await openArchive(folder.join(zip))
    assert.deepEqual(await reader.readBack(), [], zip)
    assert.deepEqual(
      reader.items.map(({ path, kind }) => `${kind} ${path}`),
      ['database finance_bot.db', 'file catatan ñ.txt'],
      zip,
    )
    const [item] = reader.items
    await reader.extract(item!.entry, folder.join(`${zip}.db`))
    assert.ok(readFileSync(folder.join(`${zip}.db`)).equals(readFileSync(folder.join('finance_bot.db'))))
  }
})

test('the commands of RESTORE.txt recover the app in a plain shell, in either language', async (t: TestContext) => {
  if (!requireTool(t, 'unzip') || !requireTool(t, 'sqlite3')) return
  const paths = ['finance_bot.db', "data/o'clock & $HOME.db", '-dash.db']
  for (const part of [0, 1]) {
    using folder = tempFolder()
    const databases = Object.fromEntries(paths.map((path) => [path, sqliteBytes(folder.join('new.db'), path)]))
    const { path: made } = await makeArchive(folder.path, name, { databases, files })
    const app = folder.join('app')
    mkdirSync(folder.join('app', 'data'), { recursive: true })
    copyFileSync(made, folder.join('app', `${name}.zip`))
    for (const path of paths) {
      writeFileSync(folder.join('app', path), 'old')
      writeFileSync(folder.join('app', `${path}-wal`), 'stale')
    }
    const text = run('unzip', ['-p', made, 'RESTORE.txt']).split('-'.repeat(78))[part]!
    const script = text
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .join('\n')
    const said = run('sh', ['-euc', script], app)
    assert.deepEqual(said.trim().split('\n'), ['ok', 'ok', 'ok'])
    for (const path of paths) {
      const database = new DatabaseSync(folder.join('app', path), { readOnly: true })
      assert.deepEqual({ ...database.prepare('SELECT x FROM t').get() }, { x: path })
      database.close()
      assert.equal(readFileSync(folder.join('app', `${path}-wal.old`), 'utf8'), 'stale')
    }
  }
})

test('RESTORE.txt speaks of databases only: no secret and no file is named', async () => {
  using folder = tempFolder()
  const { path } = await archive(folder.path)
  await using reader = await openArchive(path)
  const parts: Buffer[] = []
  for await (const part of reader.read(reader.find('RESTORE.txt')!)) parts.push(part)
  const text = Buffer.concat(parts).toString()
  assert.doesNotMatch(text, /TOKEN|bot\.py/)
  assert.match(text, /finance_bot\.db/)
})

function prefixed(entries: Readonly<Record<string, Buffer>>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(entries).map(([path, data]) => [`code/${path}`, data]))
}

function sqliteBytes(file: string, value: string): Buffer {
  const database = new DatabaseSync(file)
  database.exec('DROP TABLE IF EXISTS t; CREATE TABLE t(x)')
  database.prepare('INSERT INTO t VALUES (?)').run(value)
  database.close()
  return readFileSync(file)
}
