import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { isPulihError } from '../error.ts'
import type { ErrorCode } from '../message/errors.ts'
import type { Language } from '../message/sentence.ts'
import { openApp } from './open.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'pulih-open-')))
after(() => rmSync(root, { recursive: true, force: true }))
let count = 0

function makeApp(config?: unknown): string {
  const app = join(root, `app-${++count}`)
  mkdirSync(join(app, 'src/deep'), { recursive: true })
  if (config !== undefined) {
    mkdirSync(join(app, 'config'))
    writeFileSync(join(app, 'config/backup_config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  }
  return app
}

const refuses = (opening: Promise<unknown>, code: ErrorCode) =>
  assert.rejects(opening, (error) => isPulihError(error, code) && error.exit === 2)

describe('openApp', () => {
  it('finds the nearest folder upward that has a configuration', async () => {
    const app = makeApp({ backup_config: { max_backups: 3 } })
    const opened = await openApp({ cwd: join(app, 'src/deep'), env: {} })
    assert.equal(opened.folders.app, app)
    assert.equal(opened.configPath, join(app, 'config/backup_config.json'))
    assert.equal(opened.config.maxBackups, 3)
    assert.equal(opened.folders.backups, join(app, 'backups'))
    assert.equal(opened.folders.archives, join(app, 'backups/archives'))
    assert.equal(opened.folders.state, join(app, 'backups/.pulih'))
  })

  it('stays where it is when there is none, and writes nothing', async () => {
    const app = makeApp()
    const opened = await openApp({ cwd: join(app, 'src'), env: {} })
    assert.equal(opened.folders.app, join(app, 'src'))
    assert.equal(opened.configPath, null)
    assert.deepEqual(readdirSync(join(app, 'src')), ['deep'])
  })

  it('takes --dir and --config at their word, relative to the working directory', async () => {
    const app = makeApp({ max_backups: 3 })
    writeFileSync(join(app, 'other.json'), '{"max_backups": 4}')
    const opened = await openApp({ dir: 'src', config: '../app-x.json', cwd: app, env: {} }).catch((error) => error)
    assert.ok(isPulihError(opened, 'config.absent'))
    const both = await openApp({ dir: 'src', config: 'other.json', cwd: app, env: {} })
    assert.deepEqual([both.folders.app, both.config.maxBackups], [join(app, 'src'), 4])
    const home = await openApp({ config: join(app, 'config/backup_config.json'), cwd: '/', env: {} })
    assert.equal(home.folders.app, app)
  })

  it('refuses what is not there, not a folder, not a file, or too large, with exit 2', async () => {
    const app = makeApp({})
    await refuses(openApp({ dir: join(app, 'nowhere'), env: {} }), 'config.no-folder')
    await refuses(openApp({ dir: join(app, 'config/backup_config.json'), env: {} }), 'config.no-folder')
    await refuses(openApp({ config: join(app, 'nowhere.json'), env: {} }), 'config.absent')
    await refuses(openApp({ config: join(app, 'src'), env: {} }), 'config.not-file')
    await refuses(openApp({ dir: makeApp(' '.repeat(1_000_001)), env: {} }), 'config.too-large')
    await refuses(openApp({ dir: makeApp('{"a": 1,}'), env: {} }), 'config.syntax')
    await refuses(openApp({ dir: makeApp({ max_backup: 1 }), env: {} }), 'config.invalid')
    const latin = makeApp({})
    writeFileSync(join(latin, 'config/backup_config.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    await refuses(openApp({ dir: latin, env: {} }), 'config.syntax')
  })

  it('says when the configuration may not be read', async () => {
    const app = makeApp({})
    chmodSync(root, 0o755)
    chmodSync(join(app, 'config/backup_config.json'), 0)
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    const opening = openApp({ dir: app, env: {} }).finally(() => isRoot && process.seteuid?.(0))
    await assert.rejects(opening, (error) => isPulihError(error, 'disk.denied'))
  })

  it('refuses a backup folder that holds the app, also behind a symbolic link; one outside is fine', async () => {
    for (const backup_directory of ['.', '..', '/', 'src/..']) {
      await refuses(openApp({ dir: makeApp({ backup_paths: { backup_directory } }), env: {} }), 'config.backup-folder')
    }
    const app = makeApp({ backup_paths: { backup_directory: 'loop' } })
    symlinkSync('.', join(app, 'loop'))
    await refuses(openApp({ dir: app, env: {} }), 'config.backup-folder')
    const outside = await openApp({ dir: makeApp({ backup_paths: { backup_directory: '/var/backups/bot' } }), env: {} })
    assert.equal(outside.folders.archives, '/var/backups/bot/archives')
  })

  const languages: readonly [Language | undefined, Language | undefined, NodeJS.ProcessEnv, Language][] = [
    ['en', 'id', { LANG: 'id_ID.UTF-8' }, 'en'],
    [undefined, 'id', { LANG: 'en_US.UTF-8' }, 'id'],
    [undefined, undefined, { LANG: 'id_ID.UTF-8' }, 'id'],
    [undefined, undefined, { LANG: 'id' }, 'id'],
    [undefined, undefined, { LANG: 'C', LC_ALL: 'id_ID' }, 'en'],
    [undefined, undefined, { LC_ALL: 'id_ID' }, 'id'],
    [undefined, undefined, { LANG: 'de_DE.UTF-8' }, 'en'],
    [undefined, undefined, {}, 'en'],
  ]
  for (const [chosen, configured, env, language] of languages) {
    it(`speaks ${language} for --lang ${chosen}, config ${configured}, ${JSON.stringify(env)}`, async () => {
      const dir = makeApp(configured === undefined ? {} : { language: configured })
      const opened = await openApp({ dir, env, ...(chosen === undefined ? {} : { language: chosen }) })
      assert.equal(opened.language, language)
    })
  }

  it('refuses a language it does not know', async () => {
    await refuses(openApp({ dir: makeApp(), language: 'fr' as Language, env: {} }), 'config.language')
  })

  it('takes the zone from the configuration, then TZ, then the system', async () => {
    const zoneOf = async (config: unknown, env: NodeJS.ProcessEnv) =>
      (await openApp({ dir: makeApp(config), env })).zone
    assert.equal(await zoneOf({ time_zone: 'Asia/Jakarta' }, { TZ: 'Europe/Berlin' }), 'Asia/Jakarta')
    assert.equal(await zoneOf({}, { TZ: ':Europe/Berlin' }), 'Europe/Berlin')
    assert.equal(await zoneOf({}, { TZ: 'WIB-7' }), Intl.DateTimeFormat().resolvedOptions().timeZone)
  })
})
