import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { requireTool } from '../../test/fixture/peer.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import type { App } from '../app/app.ts'
import { openApp } from '../app/open.ts'
import { backup } from '../backup/backup.ts'
import { findBackup } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { makeBot } from '../demo/bot.ts'
import { readBooks } from '../demo/money.ts'
import { isPulihError, PulihError } from '../error.ts'
import { exportBackup } from './export.ts'

describe('an export', () => {
  const folder = tempFolder()
  let app: App
  let entry: BackupEntry

  before(async () => {
    await makeBot(folder.join('bot'), { transactions: 3000 })
    app = await openApp({ dir: folder.join('bot'), language: 'en' })
    entry = (await backup(app, { type: 'manual', trigger: 'manual' })).entry
  })
  after(() => folder[Symbol.dispose]())

  test('as SQL reloads in the stock shell to balanced books', async (t) => {
    if (!requireTool(t, 'sqlite3')) return
    const { written, rows } = await exportBackup(app, { backup: entry, sql: folder.join('sql') })
    assert.deepEqual(
      written.toSorted(),
      ['asset_data.db.sql', 'finance_bot.db.sql'].map((name) => folder.join('sql', name)),
    )
    const loaded = folder.join('loaded.db')
    spawnSync('sqlite3', [loaded, `.read ${folder.join('sql/finance_bot.db.sql')}`])
    assert.deepEqual(readBooks(loaded), readBooks(folder.join('bot/finance_bot.db')))
    assert.ok(rows > 3000)
  })

  test('as files gives back code and settings with their modes, and no database', async () => {
    const to = folder.join('deep/er/files')
    await exportBackup(app, { backup: entry, files: to })
    for (const name of ['main.py', '.env', 'src/db.py']) {
      assert.deepEqual(readFileSync(join(to, name)), readFileSync(folder.join('bot', name)))
      assert.equal(statSync(join(to, name)).mode, statSync(folder.join('bot', name)).mode)
    }
    assert.ok(!existsSync(join(to, 'finance_bot.db')))
  })

  test('is private: data in the clear is readable by its owner only', async () => {
    const to = folder.join('private')
    await exportBackup(app, { backup: entry, csv: to })
    assert.equal(statSync(to).mode & 0o777, 0o700)
    assert.equal(statSync(join(to, 'finance_bot.db/dompet.csv')).mode & 0o777, 0o600)
  })

  test('into a folder that is not empty, or a file, writes nothing', async () => {
    mkdirSync(folder.join('full'))
    writeFileSync(folder.join('full/mine.txt'), 'mine')
    for (const to of [folder.join('full'), folder.join('full/mine.txt')]) {
      await assert.rejects(exportBackup(app, { backup: entry, sql: to }), (error: unknown) =>
        isPulihError(error, 'export.not-empty'),
      )
    }
    assert.deepEqual(readdirSync(folder.join('full')), ['mine.txt'])
  })

  test('that is cancelled leaves no folder and is in the history as cancelled', async () => {
    const stop = new AbortController()
    const progress = () => stop.abort(new PulihError('cancelled'))
    await assert.rejects(exportBackup(app, { backup: entry, sql: folder.join('no'), signal: stop.signal, progress }))
    assert.ok(!existsSync(folder.join('no')))
    assert.equal((await history(app))[0]?.outcome, 'cancelled')
    assert.deepEqual(readdirSync(app.folders.scratch), [])
  })

  test('of a damaged backup is refused: a part would look like the whole', async () => {
    const copy = folder.join('bot/backups', 'backup_manual_20200101_000000.zip')
    const bytes = readFileSync(entry.path)
    // A second entry name in the directory is broken: the manifest names a file that is not there any more.
    bytes.write('x', bytes.lastIndexOf('code/main.py') + 5)
    writeFileSync(copy, bytes)
    const damaged = await findBackup(app, 'backup_manual_20200101_000000')
    await assert.rejects(exportBackup(app, { backup: damaged, sql: folder.join('half') }))
    assert.ok(!existsSync(folder.join('half')))
  })
})
