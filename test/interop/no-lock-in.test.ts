import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { contentsOf, makeApp, type ScratchApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Backup {
  readonly path: string
  readonly state: string
}

describe('an archive needs no pulih', () => {
  const folder = tempFolder()
  let app: ScratchApp
  let archive: string
  const out = folder.join('recovered')

  before(async () => {
    app = makeApp(folder.join('app'))
    const made = await pulihJson<Backup>(['backup', '--dir', app.path])
    assert.equal(made.state, 'proven')
    archive = made.path
    mkdirSync(out)
  })
  after(() => folder[Symbol.dispose]())

  // No Node, no checkout on the PATH: only what a bare server has.
  const stock = (command: string, ...words: string[]): string =>
    execFileSync(command, words, { cwd: out, encoding: 'utf8', env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' } })

  test('unzip and sqlite3 alone give back every database, file, mode and time', (t) => {
    if (!requireTool(t, 'unzip') || !requireTool(t, 'sqlite3')) return
    stock('unzip', '-q', archive)
    const recovered = { path: join(out, 'databases'), databases: app.databases }
    for (const database of app.databases)
      assert.equal(stock('sqlite3', join('databases', database), 'PRAGMA integrity_check').trim(), 'ok')
    assert.deepEqual(contentsOf(recovered), contentsOf(app))
    for (const name of ['main.py', '.env', 'config/backup_config.json', ...inside(join(app.path, 'src'), 'src')]) {
      const [kept, live] = [join(out, 'code', name), join(app.path, name)]
      assert.deepEqual(readFileSync(kept), readFileSync(live), name)
      assert.equal(statSync(kept).mode & 0o777, statSync(live).mode & 0o777, name)
      // Zip times count seconds.
      assert.ok(Math.abs(statSync(kept).mtimeMs - statSync(live).mtimeMs) <= 2000, name)
    }
  })

  for (const [language, title] of [
    ['Indonesian', 'CARA MEMULIHKAN BACKUP INI TANPA PULIH'],
    ['English', 'HOW TO RECOVER THIS BACKUP WITHOUT PULIH'],
  ] as const) {
    test(`the commands in RESTORE.txt, run as they stand, put the databases back: ${language}`, (t) => {
      if (!requireTool(t, 'unzip') || !requireTool(t, 'sqlite3')) return
      const text = stock('unzip', '-p', archive, 'RESTORE.txt')
      const half = text.slice(text.indexOf(title)).split('------')[0] ?? ''
      const commands = half.split('\n').filter((line) => line.startsWith('    '))
      assert.ok(commands.length > 4, half)
      const place = folder.join(language)
      mkdirSync(join(place, 'data'), { recursive: true })
      copyFileSync(archive, join(place, basename(archive)))
      writeFileSync(join(place, 'finance_bot.db'), 'what is left of the old database')
      writeFileSync(join(place, 'finance_bot.db-wal'), 'and of its log')
      const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }
      execFileSync('sh', ['-euc', commands.join('\n')], { cwd: place, env })
      assert.deepEqual(contentsOf({ path: place, databases: app.databases }), contentsOf(app))
    })
  }

  test('unzip, 7z and Python find nothing wrong with it', (t) => {
    if (requireTool(t, 'unzip')) assert.match(stock('unzip', '-t', archive), /No errors detected/)
    if (requireTool(t, '7z')) assert.match(stock('7z', 't', archive), /Everything is Ok/)
    if (requireTool(t, 'python3')) {
      const code = 'import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip())'
      stock('python3', '-c', code, archive)
    }
  })
})

function inside(folder: string, name: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(name, entry.parentPath.slice(folder.length), entry.name))
}
