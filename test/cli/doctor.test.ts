import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { talk } from './talk.ts'

const root = mkdtempSync(join(tmpdir(), 'pulih-doctor-'))
after(() => rmSync(root, { recursive: true, force: true }))
let count = 0

const token = `${'7'.repeat(10)}:${'A'.repeat(35)}`

function makeApp(files: Readonly<Record<string, string>> = {}): string {
  const app = join(root, `app-${++count}`)
  mkdirSync(app)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(app, path)), { recursive: true })
    writeFileSync(join(app, path), text)
  }
  const db = new DatabaseSync(join(app, 'bot.db'))
  db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  db.close()
  return app
}

const withConfig = (config: unknown) => ({ 'config/backup_config.json': JSON.stringify(config) })

interface Finding {
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly fix: string | null
}

async function examine(app: string, env: Readonly<Record<string, string>> = {}, words: readonly string[] = []) {
  const { code, stdout, stderr } = await talk(['--dir', app, 'doctor', '--json', ...words], { env })
  assert.doesNotMatch(stdout + stderr, new RegExp(token), 'a secret was told')
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  const codes = findings.filter((one) => one.severity !== 'info').map((one) => `${one.severity} ${one.code}`)
  return { code, findings, codes, find: (name: string) => findings.find((one) => one.code === name) }
}

describe('pulih doctor', () => {
  it('finds nothing to mend in a well kept app, and changes nothing', async () => {
    const app = makeApp(withConfig({ time_zone: 'Asia/Jakarta' }))
    const before = readdirSync(app, { recursive: true }).sort()
    const { code, codes, find } = await examine(app)
    assert.deepEqual([code, codes], [0, []])
    assert.match(find('versions')?.message ?? '', /pulih .*Node .*SQLite/)
    assert.equal(find('no-backup')?.fix, 'pulih backup')
    assert.deepEqual(readdirSync(app, { recursive: true }).sort(), before)
  })

  it('speaks both languages, with a fix under each finding', async () => {
    const app = makeApp(withConfig({ enabled: false }))
    const english = await talk(['--dir', app, 'doctor'])
    assert.match(english.stdout, /automatic backups are switched off.*\n {3}→ \$\{EDITOR:-vi\}/)
    assert.match(english.stdout, /0 critical, 1 to look at/)
    assert.equal(english.code, 3)
    const indonesian = await talk(['--dir', app, '--lang', 'id', 'doctor'])
    assert.match(indonesian.stdout, /backup otomatis dimatikan/)
  })

  it('works with a broken configuration: says what is wrong, looks at the rest, and exits 2', async () => {
    for (const text of ['{"max_backup": 1}', '{"a": ', '\u0000']) {
      const { code, codes, find } = await examine(makeApp({ 'config/backup_config.json': text }))
      assert.equal(code, 2)
      assert.equal(codes[0], 'critical config-broken')
      assert.match(find('config-broken')?.fix ?? '', /backup_config\.json/)
      assert.ok(find('found'))
    }
  })

  it('names missing, damaged, doubtful and unlisted databases', async () => {
    const config = { backup_paths: { databases: ['bot.db', 'gone.db', 'text.db'] } }
    const app = makeApp({ ...withConfig(config), 'text.db': 'not a database at all', 'empty.sqlite': '' })
    const other = new DatabaseSync(join(app, 'extra.db'))
    other.exec('CREATE TABLE t (a)')
    other.close()
    const { code, codes, findings } = await examine(app)
    assert.equal(code, 1)
    assert.deepEqual(codes, [
      'critical database-missing',
      'critical database-odd',
      'warning database-doubtful',
      'warning database-doubtful',
      'warning database-unlisted',
    ])
    assert.match(findings.find((one) => one.code === 'database-missing')?.message ?? '', /gone\.db/)
  })

  it('says that nothing would be backed up where there is no database', async () => {
    const app = makeApp()
    rmSync(join(app, 'bot.db'))
    const { code, codes } = await examine(app)
    assert.deepEqual([code, codes], [1, ['critical database-none']])
  })

  it('warns of secrets written in the configuration, of a file others can read, and of a variable that is not set', async () => {
    const alerts = { telegram: { token, chat_id: 1 }, webhook: { url: { env: 'HOOK_URL' } } }
    const app = makeApp(withConfig({ alerts }))
    const { codes, find } = await examine(app)
    assert.deepEqual(codes, ['warning secret-literal', 'warning config-readable', 'warning secret-missing'])
    assert.match(find('config-readable')?.fix ?? '', /^chmod 600 /)
    assert.match(find('secret-missing')?.fix ?? '', /export HOOK_URL=/)
    chmodSync(join(app, 'config/backup_config.json'), 0o600)
    assert.deepEqual((await examine(app, { HOOK_URL: 'https://example.org' })).codes, ['warning secret-literal'])
  })

  it('warns of keys and names that do nothing', async () => {
    const config = { journal: {}, auto_backup_triggers: ['before_migratoin', 'bulk_delete_assets', 'daily_scheduled'] }
    const { codes, find } = await examine(makeApp(withConfig(config)))
    assert.deepEqual(codes, ['warning trigger-unknown'])
    assert.match(find('trigger-unknown')?.message ?? '', /before_migration/)
    assert.match(find('config-no-effect')?.message ?? '', /journal/)
  })

  it('warns of a time zone nobody knows, and names the one that is used', async () => {
    assert.deepEqual((await examine(makeApp(), { TZ: 'Asia/Jkarta' })).codes, ['warning zone-unknown'])
    assert.match((await examine(makeApp(), { TZ: 'Asia/Jakarta' })).find('zone-system')?.message ?? '', /Asia\/Jakarta/)
  })

  it('warns of what git knows and should not: backups, .env, tokens in code', async () => {
    const app = makeApp({
      '.env': 'A=1',
      '.env.example': 'A=',
      'main.py': `x = 1\nTOKEN = "${token}"\n`,
      'backups/old.txt': '',
    })
    execFileSync('git', ['init', '-q', app])
    execFileSync('git', ['-C', app, 'add', '-f', '.env', '.env.example', 'main.py', 'backups/old.txt'])
    const { code, codes, find } = await examine(app)
    const expected = [
      'critical git-holds-backups',
      'warning env-tracked',
      'warning git-exposed',
      'warning token-in-code',
    ]
    assert.deepEqual(
      codes.filter((one) => !one.endsWith('sqlite-bot')),
      expected,
    )
    assert.equal(code, 1)
    assert.match(find('token-in-code')?.message ?? '', /main\.py, line 2/)
    assert.match(find('git-exposed')?.fix ?? '', /^echo \/backups\/ >> /)
    execFileSync('sh', ['-c', find('git-exposed')?.fix ?? ''])
    execFileSync('sh', ['-c', find('git-holds-backups')?.fix ?? ''], { stdio: 'pipe' })
    execFileSync('sh', ['-c', find('env-tracked')?.fix ?? ''], { stdio: 'pipe' })
    const mended = (await examine(app)).codes.filter((one) => !one.endsWith('sqlite-bot'))
    assert.deepEqual(mended, ['warning token-in-code'])
  })

  it('says when git is not installed though the app is in a work tree', async () => {
    const app = makeApp()
    execFileSync('git', ['init', '-q', app])
    assert.deepEqual((await examine(app, { PATH: join(app, 'nowhere') })).codes, ['warning git-missing'])
  })

  it('warns of archives and state that others can read, and its fixes mend it', async () => {
    const app = makeApp(withConfig({ time_zone: 'Asia/Jakarta' }))
    assert.equal((await talk(['--dir', app, 'backup'])).code, 0)
    const [zip] = readdirSync(join(app, 'backups')).filter((name) => name.endsWith('.zip'))
    chmodSync(join(app, 'backups', zip ?? ''), 0o644)
    chmodSync(join(app, 'backups/.pulih'), 0o755)
    const { codes, findings } = await examine(app)
    assert.deepEqual(codes, ['warning archive-readable', 'warning state-readable'])
    for (const { severity, fix } of findings) if (severity === 'warning') execFileSync('sh', ['-c', fix ?? ''])
    assert.deepEqual((await examine(app)).codes, [])
  })

  it('says when the backup folder cannot be written to', async () => {
    const { code, codes } = await examine(makeApp({ backups: 'a file where the folder belongs' }))
    assert.deepEqual([code, codes], [1, ['critical backups-denied']])
  })

  it('mentions what an interrupted run left, and zips that are not ours', async () => {
    const app = makeApp({ 'backups/.pulih/drafts/half.zip.draft': 'x', 'backups/holiday.zip': 'PK' })
    chmodSync(join(app, 'backups/.pulih'), 0o700)
    chmodSync(join(app, 'backups/holiday.zip'), 0o600)
    const { codes, find } = await examine(app)
    assert.deepEqual(codes, [])
    assert.equal(find('leftovers')?.fix, 'pulih backup')
    assert.match(find('foreign')?.message ?? '', /holiday\.zip/)
  })

  it('looks at the SQLite of the Python that has the database open', async () => {
    const app = makeApp({ 'main.py': '' })
    const { find } = await examine(app)
    assert.match(find('versions')?.message ?? '', /python3 3\.\d+\.\d+/)
  })

  it('refuses a folder that is not there', async () => {
    const { code, stdout } = await talk(['--dir', join(root, 'nowhere'), 'doctor', '--json'])
    assert.deepEqual([code, JSON.parse(stdout).error.code], [2, 'config.no-folder'])
  })
})
