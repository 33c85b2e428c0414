import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { parseConfig } from '../../src/app/config-file.ts'
import { accepts } from '../fixture/json-schema.ts'
import { talk } from './talk.ts'

const root = mkdtempSync(join(tmpdir(), 'pulih-init-'))
after(() => rmSync(root, { recursive: true, force: true }))
let count = 0

function makeApp(
  files: Readonly<Record<string, string>> = {},
  options: { database?: boolean; git?: boolean } = {},
): string {
  const app = join(root, `app ${++count}`)
  for (const [path, text] of Object.entries({ 'main.py': '', '.env': 'TOKEN=1', ...files })) {
    mkdirSync(dirname(join(app, path)), { recursive: true })
    writeFileSync(join(app, path), text)
  }
  if (options.database !== false) {
    const db = new DatabaseSync(join(app, 'finance_bot.db'))
    db.exec('CREATE TABLE wallets (id INTEGER PRIMARY KEY, balance INTEGER); INSERT INTO wallets VALUES (1, 100)')
    db.close()
  }
  if (options.git === true) execFileSync('git', ['init', '-q', app])
  return app
}

const configOf = (app: string) => join(app, 'config/backup_config.json')
const zipsOf = (app: string) => readdirSync(join(app, 'backups')).filter((name) => name.endsWith('.zip'))

describe('pulih init', () => {
  it('finds, writes a configuration that its schema accepts, and makes a proven first backup', async () => {
    const app = makeApp()
    const { code, stdout, stderr } = await talk(['--dir', app, '--lang', 'id', 'init', '--json'])
    assert.equal(code, 0, stderr)
    const said = JSON.parse(stdout)
    assert.deepEqual(
      { ...said, backup: null, leftOut: null },
      {
        config: configOf(app),
        databases: ['finance_bot.db'],
        files: 2,
        startCommand: 'python3 main.py',
        backup: null,
        leftOut: null,
        written: ['config/backup_config.schema.json', 'config/backup_config.json'],
        warnings: [],
      },
    )
    assert.deepEqual(zipsOf(app), [`${said.backup}.zip`])
    const text = readFileSync(configOf(app), 'utf8')
    const config = parseConfig(text, 'x')
    assert.deepEqual([config.language, config.timeZone, config.app.start], ['id', 'Asia/Jakarta', 'python3 main.py'])
    const schema = JSON.parse(readFileSync(join(app, 'config/backup_config.schema.json'), 'utf8'))
    assert.equal(accepts(schema, JSON.parse(text)), true)
    assert.equal(statSync(configOf(app)).mode & 0o777, 0o644)

    const verified = JSON.parse((await talk(['--dir', app, 'verify', said.backup, '--json'])).stdout)
    assert.deepEqual([verified.results[0].name, verified.results[0].state], [said.backup, 'proven'])
  })

  it('says in both languages what it found, what it did and what to do next', async () => {
    const english = await talk(['--dir', makeApp(), 'init'])
    assert.match(
      english.stdout,
      /finance_bot\.db[\s\S]*wrote config\/backup_config\.json[\s\S]*First backup, proven[\s\S]*Next: pulih run -- python3 main\.py/,
    )
    const indonesian = await talk(['--dir', makeApp(), 'init', '--lang', 'id'])
    assert.match(indonesian.stdout, /Ditemukan[\s\S]*menulis config[\s\S]*Backup pertama, terbukti[\s\S]*Berikutnya/)
  })

  it('never touches a configuration that is there', async () => {
    const text = '{"backup_config": {"max_backups": 3}}'
    const app = makeApp({ 'config/backup_config.json': text })
    const { code, stderr } = await talk(['--dir', app, 'init', '--yes'])
    assert.equal(code, 1)
    assert.match(stderr, /there is a configuration already.*it was not touched/)
    assert.equal(readFileSync(configOf(app), 'utf8'), text)
    assert.equal(existsSync(join(app, 'backups')), false)
  })

  it('leaves a broken configuration to its owner, with exit 2', async () => {
    const app = makeApp({ 'config/backup_config.json': '{"max_backup": 3}' })
    const { code, stderr } = await talk(['--dir', app, 'init'])
    assert.equal(code, 2)
    assert.match(stderr, /did you mean max_backups/)
  })

  it('writes nothing where there is no database, and says so', async () => {
    const app = makeApp({}, { database: false })
    const { code, stderr } = await talk(['--dir', app, 'init'])
    assert.equal(code, 1)
    assert.match(stderr, /no SQLite database found .* nothing was written/)
    assert.deepEqual(readdirSync(app).sort(), ['.env', 'main.py'])
  })

  it('writes nothing with --dry-run', async () => {
    const app = makeApp({}, { git: true })
    const { code, stdout } = await talk(['--dir', app, 'init', '--dry-run', '--json'])
    assert.equal(code, 0)
    assert.deepEqual([JSON.parse(stdout).dryRun, JSON.parse(stdout).databases], [true, ['finance_bot.db']])
    assert.deepEqual(readdirSync(app).sort(), ['.env', '.git', 'finance_bot.db', 'main.py'])
  })

  it('keeps the backups out of git with --yes, and warns without it', async () => {
    const app = makeApp({ '.gitignore': '*.pyc' }, { git: true })
    const warned = await talk(['--dir', app, 'init'])
    assert.equal(warned.code, 3)
    assert.match(warned.stdout, /git does not ignore backups\//)
    assert.equal(readFileSync(join(app, '.gitignore'), 'utf8'), '*.pyc')

    const other = makeApp({ '.gitignore': '*.pyc' }, { git: true })
    assert.equal((await talk(['--dir', other, 'init', '--yes'])).code, 0)
    assert.equal(readFileSync(join(other, '.gitignore'), 'utf8'), '*.pyc\n/backups/\n')
    assert.doesNotMatch(
      execFileSync('git', ['-C', other, 'status', '--porcelain', '-uall'], { encoding: 'utf8' }),
      /backups/,
    )

    const ignoring = makeApp({ '.gitignore': 'backups\n' }, { git: true })
    assert.equal((await talk(['--dir', ignoring, 'init'])).code, 0)
    assert.equal(readFileSync(join(ignoring, '.gitignore'), 'utf8'), 'backups\n')
  })

  it('keeps the configuration when the first backup fails, and says why', async () => {
    const app = makeApp()
    writeFileSync(join(app, 'backups'), 'a file where the folder belongs')
    const { code, stdout } = await talk(['--dir', app, 'init', '--json'])
    assert.equal(code, 1)
    assert.equal(JSON.parse(stdout).backup, null)
    assert.equal(JSON.parse(stdout).warnings[0].code, 'init.backup-failed')
    assert.equal(existsSync(configOf(app)), true)
  })

  it('--python writes the drop-in, also beside a configuration, and moves an older one aside only when told', async () => {
    const ours = readFileSync(join(import.meta.dirname, '../../package/python/auto_backup.py'), 'utf8')
    const fresh = makeApp()
    const first = await talk(['--dir', fresh, 'init', '--python'])
    assert.equal(first.code, 0, first.stderr)
    assert.match(first.stdout, /from scripts\.auto_backup import create_backup_decorator/)
    assert.equal(readFileSync(join(fresh, 'scripts/auto_backup.py'), 'utf8'), ours)

    const old = makeApp({ 'scripts/auto_backup.py': '# the predecessor', 'config/backup_config.json': '{}' })
    const kept = await talk(['--dir', old, 'init', '--python'])
    assert.equal(kept.code, 3)
    assert.equal(readFileSync(join(old, 'scripts/auto_backup.py'), 'utf8'), '# the predecessor')
    const replaced = await talk(['--dir', old, 'init', '--python', '--yes'])
    assert.equal(replaced.code, 0)
    assert.equal(readFileSync(join(old, 'scripts/auto_backup.py'), 'utf8'), ours)
    const aside = readdirSync(join(old, 'scripts')).find((name) => name.startsWith('auto_backup.before-pulih-'))
    assert.equal(readFileSync(join(old, 'scripts', aside ?? ''), 'utf8'), '# the predecessor')
    assert.equal((await talk(['--dir', old, 'init', '--python'])).code, 0)
  })
})
