import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { runModule } from '../../test/fixture/child.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { manualClock } from '../time/manual.ts'
import { logLine } from './log.ts'

const noon = Date.parse('2025-08-02T05:00:00Z')

test('a log line has the founding form, in local time, in a private file', () => {
  using folder = tempFolder()
  const app = bareApp(folder.path, { clock: manualClock(noon) })
  logLine(app, 'INFO', '✅ Backup berhasil: backup_manual_20250802_120000')
  logLine(app, 'ERROR', '❌ Backup gagal:\n  disk penuh\r\n')
  const path = `${app.folders.logs}/pulih.log`
  assert.equal(
    readFileSync(path, 'utf8'),
    '2025-08-02 12:00:00 - INFO - ✅ Backup berhasil: backup_manual_20250802_120000\n' +
      '2025-08-02 12:00:00 - ERROR - ❌ Backup gagal: disk penuh \n',
  )
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('no token and no password reaches the log', () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const canaries = ['123456789:AAHcanarycanarycanarycanarycanary', 'hunter22', 'sig-canary-1', 'bearer-canary-1']
  logLine(
    app,
    'WARNING',
    `https://api.telegram.org/bot${canaries[0]}/x smtp://bob:${canaries[1]}@mail https://s3/?X-Amz-Signature=${canaries[2]} Authorization: Bearer ${canaries[3]}`,
  )
  const text = readFileSync(`${app.folders.logs}/pulih.log`, 'utf8')
  for (const canary of canaries) assert.ok(!text.includes(canary), text)
})

test('the log is five files of a megabyte at the most, the newest lines first to find', () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const { logs } = app.folders
  mkdirSync(logs, { recursive: true })
  for (let page = 0; page < 8; page++) {
    writeFileSync(`${logs}/pulih.log`, `page ${page} `.padEnd(1_000_000, 'x'))
    logLine(app, 'INFO', `after page ${page}`)
  }
  assert.deepEqual(readdirSync(logs).sort(), ['pulih.log', 'pulih.log.1', 'pulih.log.2', 'pulih.log.3', 'pulih.log.4'])
  assert.match(readFileSync(`${logs}/pulih.log`, 'utf8'), /after page 7/)
  assert.match(readFileSync(`${logs}/pulih.log.1`, 'utf8'), /^page 7/)
})

test('a log that cannot be written stops nothing, and its line goes to standard error', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('backups'), 'a file where the folder should be')
  await using child = runModule(`
    const { logLine } = await import('${import.meta.resolve('./log.ts')}')
    const { bareApp } = await import('${import.meta.resolve('../../test/fixture/bare-app.ts')}')
    logLine(bareApp('${folder.path}'), 'ERROR', 'nowhere to write')
    console.log('went on')
  `)
  const { code, stdout, stderr } = await child.end()
  assert.deepEqual([code, stdout], [0, 'went on\n'])
  assert.match(stderr, /ERROR - nowhere to write/)
  assert.ok(existsSync(folder.join('backups')))
})
