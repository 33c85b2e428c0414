import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { openApp } from '../app/open.ts'
import { discover, findDatabases } from './discover.ts'

const root = mkdtempSync(join(tmpdir(), 'pulih-discover-'))
after(() => rmSync(root, { recursive: true, force: true }))
let count = 0

/** An app's folder with these files; a value `sqlite` makes a real database. */
function makeApp(
  files: Readonly<Record<string, string>>,
  options: { git?: readonly string[]; ignore?: string } = {},
): string {
  const app = join(root, `app-${++count}`)
  mkdirSync(app)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(app, path)), { recursive: true })
    if (content === 'sqlite') makeDatabase(join(app, path))
    else writeFileSync(join(app, path), content)
  }
  if (options.git !== undefined) {
    if (options.ignore !== undefined) writeFileSync(join(app, '.gitignore'), options.ignore)
    git(app, 'init', '-q')
    git(app, 'add', '-f', ...options.git)
  }
  return app
}

function git(app: string, ...args: readonly string[]): void {
  execFileSync('git', ['-C', app, ...args], { stdio: 'pipe' })
}

function makeDatabase(path: string): void {
  const db = new DatabaseSync(path)
  db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  db.close()
}

const look = async (dir: string) => discover(await openApp({ dir, env: {} }))
const withConfig = (config: unknown) => ({ 'config/backup_config.json': JSON.stringify(config) })

describe('databases', () => {
  it('are known by their header, whatever they are called, wherever they stand', async () => {
    const app = makeApp({
      'bot.db': 'sqlite',
      'data/store': 'sqlite',
      'me.session': 'sqlite',
      'photo.png': 'sqlite',
      'main.py': '',
    })
    const found = await look(app)
    assert.deepEqual(found.databases, ['bot.db', 'data/store', 'me.session', 'photo.png'])
    assert.deepEqual(found.files, ['main.py'])
  })

  it('are found also when their file was cut off in the middle of a page', async () => {
    const app = makeApp({ 'bot.db': 'sqlite' })
    truncateSync(join(app, 'bot.db'), 5000)
    assert.deepEqual((await look(app)).databases, ['bot.db'])
  })

  it('never include sidecars, leftovers of a restore, or what lies in the backup folder or a tool folder', async () => {
    const app = makeApp({
      'bot.db': 'sqlite',
      'bot.db-wal': 'sqlite',
      'bot.db-shm': 'x'.repeat(200),
      store: 'sqlite',
      'store-journal': 'sqlite',
      'gone.db-journal': 'x',
      'bot.db.pre-restore-1': 'sqlite',
      '.restore-7/bot.db': 'sqlite',
      '.bot.db.pulih-back': 'sqlite',
      'backups/old.db': 'sqlite',
      'backups/.pulih/index.sqlite': 'sqlite',
      'node_modules/x/cache.db': 'sqlite',
      'venv/x.db': 'sqlite',
      'my env/pyvenv.cfg': '',
      'my env/x.db': 'sqlite',
      'my-journal': 'a diary',
    })
    const found = await look(app)
    assert.deepEqual(found.databases, ['bot.db', 'store'])
    assert.deepEqual(found.files, ['my-journal'])
    assert.deepEqual(
      found.leftOut.map(({ path, reason }) => `${path} ${reason}`),
      [
        '.restore-7/ excluded',
        'backups/ backup-folder',
        'my env/ excluded',
        'node_modules/ excluded',
        'venv/ excluded',
      ],
    )
  })

  it('behind a link out of the app are the app’s all the same; a folder or settings behind one are a warning', async () => {
    const outside = makeApp({ 'real.db': 'sqlite', 'volume/other.db': 'sqlite', env: 'TOKEN=x', 'bot.log': '' })
    const app = makeApp({ 'data/inner.db': 'sqlite' })
    symlinkSync(join(outside, 'real.db'), join(app, 'bot.db'))
    for (const name of ['volume', 'backups', 'venv']) symlinkSync(join(outside, 'volume'), join(app, name))
    symlinkSync(join(outside, 'env'), join(app, '.env'))
    symlinkSync(join(outside, 'bot.log'), join(app, 'bot.log'))
    symlinkSync('data/inner.db', join(app, 'again.db'))
    symlinkSync('data', join(app, 'data-again'))
    symlinkSync('nowhere', join(app, 'dead.db'))
    const found = await look(app)
    assert.deepEqual(found.databases, ['bot.db', 'data/inner.db'])
    assert.deepEqual(
      found.warnings.map(({ code, facts }) => `${code} ${(facts as { path: string }).path}`),
      ['discover.outward .env', 'discover.outward volume'],
    )
    assert.deepEqual(
      found.leftOut.map(({ path }) => path),
      ['.env', 'again.db', 'backups', 'bot.log', 'data-again', 'dead.db', 'venv', 'volume'],
    )
  })

  it('that are only named so are reported, and kept as files', async () => {
    const noise = Buffer.from(Array.from({ length: 8192 }, (_, n) => (n * 7919 + (n >> 3) * 104729) & 0xff)).toString(
      'latin1',
    )
    const app = makeApp({
      'empty.db': '',
      'notes.sqlite3': 'only text, no database at all',
      'tiny.sqlite': 'x',
      'bot.db': 'sqlite',
    })
    writeFileSync(join(app, 'noise.db'), Buffer.from(noise, 'latin1'))
    const found = await look(app)
    assert.deepEqual(found.databases, ['bot.db'])
    assert.deepEqual(
      found.doubtful.filter(({ path }) => path !== 'noise.db'),
      [
        { path: 'empty.db', why: 'empty' },
        { path: 'notes.sqlite3', why: 'other' },
        { path: 'tiny.sqlite', why: 'other' },
      ].sort(
        (a, b) =>
          found.doubtful.findIndex((one) => one.path === a.path) -
          found.doubtful.findIndex((one) => one.path === b.path),
      ),
    )
    assert.deepEqual(found.files, ['empty.db', 'noise.db', 'notes.sqlite3', 'tiny.sqlite'])
    assert.equal(found.warnings.length, 4)
    assert.equal(statSync(join(app, 'empty.db')).size, 0)
  })

  it('of a configuration are taken as they are, missing ones too; others found are named as unlisted', async () => {
    const config = { backup_paths: { databases: ['bot.db', 'gone.db'] } }
    const app = makeApp({ ...withConfig(config), 'bot.db': 'sqlite', 'cache.db': 'sqlite' })
    const found = await look(app)
    assert.deepEqual(found.databases, ['bot.db', 'gone.db'])
    assert.deepEqual(found.unlisted, ['cache.db'])
    assert.deepEqual(found.files, ['config/backup_config.json'])
    assert.ok(found.leftOut.some(({ path }) => path === 'cache.db'))
    assert.deepEqual((await findDatabases(await openApp({ dir: app, env: {} }))).databases, ['bot.db', 'cache.db'])
  })
})

describe('files', () => {
  const tree = {
    'main.py': 'print(1)',
    'src/a.py': '',
    'src/new.py': 'not yet added',
    '.env': 'TOKEN=1',
    '.env.production': 'TOKEN=2',
    'settings.json': '{}',
    'config/keys.yaml': '',
    'cache/1.bin': '',
    'cache/deep/2.bin': '',
    'dist/bundle.js': '',
    'logs/bot.log': '',
    'bot.db': 'sqlite',
  }

  it('without git are everything but tools and large files, each with its reason', async () => {
    const app = makeApp(tree)
    writeFileSync(join(app, 'video.bin'), '')
    truncateSync(join(app, 'video.bin'), 51_000_000)
    symlinkSync('/etc/passwd', join(app, 'link'))
    execFileSync('mkfifo', [join(app, 'pipe')])
    const found = await look(app)
    assert.equal(found.gitTracked, false)
    assert.deepEqual(found.files, [
      ...['.env', '.env.production', 'cache/1.bin', 'cache/deep/2.bin', 'config/keys.yaml'],
      ...['main.py', 'settings.json', 'src/a.py', 'src/new.py'],
    ])
    assert.deepEqual(
      found.leftOut.map(({ path, reason, detail }) => `${path} ${reason} ${detail}`),
      [
        'dist/ excluded null',
        'link special symlink',
        'logs/ excluded null',
        'pipe special fifo',
        'video.bin too-large 51000000',
      ],
    )
  })

  it('in a git tree are what git tracks, and the settings that git must not know', async () => {
    const tracked = ['main.py', 'src/a.py', 'dist/bundle.js', 'bot.db', 'gone.py']
    const app = makeApp({ ...tree, 'gone.py': '' }, { git: tracked, ignore: '.env*\ncache\n' })
    rmSync(join(app, 'gone.py'))
    const found = await look(app)
    assert.equal(found.gitTracked, true)
    assert.deepEqual(found.databases, ['bot.db'])
    assert.deepEqual(found.files, [
      ...['.env', '.env.production', 'config/keys.yaml', 'dist/bundle.js', 'main.py', 'settings.json', 'src/a.py'],
    ])
    assert.deepEqual(
      found.leftOut.map(({ path }) => path),
      ['.git/', '.gitignore', 'cache/', 'dist/', 'logs/', 'src/new.py'],
    )
  })

  it('of an app in a folder of a larger work tree are its own alone', async () => {
    const repo = makeApp({ 'other.py': '', 'bots/one/main.py': '', 'bots/one/bot.db': 'sqlite' }, { git: ['.'] })
    assert.deepEqual((await look(join(repo, 'bots/one'))).files, ['main.py'])
  })

  it('are found by looking where git tracks nothing', async () => {
    const repo = makeApp({ 'a.py': '', 'bot/main.py': '' }, { git: ['a.py'] })
    const found = await look(join(repo, 'bot'))
    assert.deepEqual([found.gitTracked, found.files], [false, ['main.py']])
  })

  it('are not distracted by the repository of a surrounding git hook', async () => {
    const app = makeApp({ 'a.py': '', 'b.py': '' }, { git: ['a.py'] })
    process.env.GIT_DIR = join(root, 'nowhere')
    try {
      assert.deepEqual((await look(app)).files, ['a.py'])
    } finally {
      delete process.env.GIT_DIR
    }
  })

  it('of a configuration are its files, folders and patterns, and still the settings', async () => {
    const config = {
      backup_paths: {
        critical_files: ['main.py', 'src/', 'logs', 'config/*.yaml', '*.txt', 'dist/bundle.js', 'gone.md'],
      },
    }
    const app = makeApp({ ...tree, ...withConfig(config), 'a.txt': '', 'sub/b.txt': '' })
    const found = await look(app)
    assert.deepEqual(found.files, [
      ...['.env', '.env.production', 'a.txt', 'config/backup_config.json', 'config/keys.yaml', 'dist/bundle.js'],
      ...['logs/bot.log', 'main.py', 'src/a.py', 'src/new.py'],
    ])
    assert.deepEqual(found.warnings, [{ code: 'discover.critical-missing', facts: { pattern: 'gone.md' } }])
    assert.ok(found.leftOut.some(({ path }) => path === 'cache/'))
  })

  it('that critical_files names are never a database copied as a file: it joins the databases', async () => {
    const config = { backup_paths: { databases: ['bot.db'], critical_files: ['assets.db', 'main.py'] } }
    const app = makeApp({ ...withConfig(config), 'bot.db': 'sqlite', 'assets.db': 'sqlite', 'main.py': '' })
    const found = await look(app)
    assert.deepEqual(found.databases, ['assets.db', 'bot.db'])
    assert.deepEqual(found.files, ['config/backup_config.json', 'main.py'])
  })

  it('never include the backup folder, also under another name and when git tracks it or critical_files names it', async () => {
    const config = { backup_paths: { backup_directory: 'safe', archive_directory: 'keep/old' } }
    const files = {
      ...withConfig(config),
      'safe/x.zip': 'z',
      'keep/old/y.zip': 'z',
      'keep/z.txt': '',
      'bot.db': 'sqlite',
    }
    const plain = await look(makeApp(files))
    assert.deepEqual(plain.files, ['config/backup_config.json', 'keep/z.txt'])
    const tracked = await look(makeApp(files, { git: ['.'] }))
    assert.deepEqual(tracked.files, ['config/backup_config.json', 'keep/z.txt'])
    const paths = { ...config.backup_paths, critical_files: ['safe', 'safe/x.zip', 'keep'] }
    const named = await look(makeApp({ ...files, ...withConfig({ backup_paths: paths }) }))
    assert.deepEqual(named.files, ['config/backup_config.json', 'keep/z.txt'])
  })

  it('that cannot be read stay in the list, and a folder that cannot be read is left out aloud', async () => {
    const app = makeApp({ 'a.py': '', 'closed/b.py': '' })
    chmodSync(join(app, 'a.py'), 0)
    chmodSync(join(app, 'closed'), 0)
    chmodSync(root, 0o755)
    const opened = await openApp({ dir: app, env: {} })
    // root may read everything: look as nobody
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    const found = await discover(opened).finally(() => isRoot && process.seteuid?.(0))
    chmodSync(join(app, 'closed'), 0o700)
    assert.deepEqual(found.files, ['a.py'])
    assert.deepEqual(found.leftOut, [{ path: 'closed/', reason: 'unreadable', detail: 'EACCES' }])
  })

  it('may have names with spaces, quotes, newlines and emoji, in git too', async () => {
    const names = ['a b.py', "it's.py", 'baris\nbaru.py', 'uang 💰.py', '-rf.py', 'käse.py']
    const app = makeApp(Object.fromEntries(names.map((name) => [name, ''])), { git: ['.'] })
    assert.deepEqual((await look(app)).files, names.toSorted())
  })

  it('with a name that is not UTF-8 is left out aloud', async () => {
    const app = makeApp({ 'a.py': '' })
    writeFileSync(Buffer.concat([Buffer.from(`${app}/`), Buffer.from([0x66, 0xff, 0x2e, 0x70, 0x79])]), 'x')
    const found = await look(app)
    assert.deepEqual(found.files, ['a.py'])
    assert.deepEqual(
      found.leftOut.map(({ reason, detail }) => [reason, detail]),
      [['unreadable', 'name is not UTF-8']],
    )
  })
})

describe('start command', () => {
  const table: readonly [Readonly<Record<string, string>>, string | null][] = [
    [{ 'package.json': '{"scripts": {"start": "node ."}}', 'main.py': '' }, 'npm start'],
    [{ 'package.json': '{"scripts": {}}', 'main.py': '' }, 'python3 main.py'],
    [{ 'package.json': 'not json', 'bot.py': '' }, 'python3 bot.py'],
    [{ 'app.py': '', 'venv/bin/python': '' }, 'venv/bin/python app.py'],
    [{ Procfile: 'release: x\nworker: node bot.js --fast\n' }, 'node bot.js --fast'],
    [{ 'readme.md': '' }, null],
  ]
  for (const [files, command] of table) {
    it(`of ${Object.keys(files).join(', ')} is ${command}`, async () =>
      assert.equal((await look(makeApp(files))).startCommand, command))
  }
})

it('looking changes no byte and no time of what it looks at', async () => {
  const app = makeApp({ 'bot.db': 'sqlite', 'main.py': '1' })
  const facts = () => ['.', 'bot.db', 'main.py'].map((path) => statSync(join(app, path), { bigint: true }).mtimeNs)
  const before = facts()
  await look(app)
  assert.deepEqual(facts(), before)
})
