import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { runModule } from '../../test/fixture/child.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { Secret } from '../app/secret.ts'
import { PulihError } from '../error.ts'
import { manualClock } from '../time/manual.ts'
import { beginAct, history, recordAct } from './history.ts'

const noon = Date.parse('2025-08-02T05:00:00Z')

test('an act is on record from its first moment, with outcome, duration and facts at its end', async () => {
  using folder = tempFolder()
  const clock = manualClock(noon)
  const app = bareApp(folder.path, { clock })
  const act = await beginAct(app, 'backup', { trigger: 'manual' })
  assert.equal((await history(app))[0]?.outcome, 'running')
  await clock.advance(1500)
  await act.finish({ backup: 'backup_manual_20250802_120000', facts: { sequence: 7 } })
  assert.deepEqual(await history(app), [
    {
      id: act.id,
      act: 'backup',
      started: '2025-08-02T12:00:00.000+07:00',
      ended: '2025-08-02T12:00:01.500+07:00',
      outcome: 'done',
      backup: 'backup_manual_20250802_120000',
      error: null,
      durationMs: 1500,
      facts: { trigger: 'manual', sequence: 7 },
    },
  ])
  assert.equal(statSync(`${app.folders.state}/history.jsonl`).mode & 0o777, 0o600)
})

test('acts come newest first in the order they began, though the clock went back a year', async () => {
  using folder = tempFolder()
  const clock = manualClock(noon)
  const app = bareApp(folder.path, { clock })
  await recordAct(app, 'backup', {}, async () => 1)
  clock.setWall(noon - 365 * 86_400_000)
  await recordAct(app, 'verify', {}, async () => 2)
  assert.deepEqual(
    (await history(app)).map(({ act }) => act),
    ['verify', 'backup'],
  )
  assert.equal((await history(app, 1)).length, 1)
})

test('a failure keeps its code and its English sentence; a cancelled act is cancelled', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const full = new PulihError('disk.full', { place: '/backups' })
  await assert.rejects(
    recordAct(app, 'backup', {}, () => Promise.reject(full)),
    full,
  )
  await assert.rejects(recordAct(app, 'verify', {}, () => Promise.reject(new PulihError('cancelled'))))
  await assert.rejects(recordAct(app, 'export', {}, () => Promise.reject(new TypeError('x is not a function'))))
  const [broken, cancelled, failed] = await history(app)
  assert.equal(failed?.outcome, 'failed')
  assert.deepEqual(failed?.error, { code: 'disk.full', message: full.words('en')[0], facts: { place: '/backups' } })
  assert.equal(cancelled?.outcome, 'cancelled')
  assert.deepEqual(broken?.error, { code: 'TypeError', message: 'x is not a function' })
})

test('leaving scope without a result is a failure on record', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  {
    await using _act = await beginAct(app, 'restore')
  }
  assert.equal((await history(app))[0]?.outcome, 'failed')
})

test('an act whose process was killed is interrupted, not running', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  {
    await using child = runModule(`
      const { beginAct } = await import('${import.meta.resolve('./history.ts')}')
      const { bareApp } = await import('${import.meta.resolve('../../test/fixture/bare-app.ts')}')
      const act = await beginAct(bareApp('${folder.path}'), 'backup', { trigger: 'manual' })
      console.log('begun')
      setInterval(() => {}, 1000)
    `)
    await child.says('begun')
    assert.equal((await history(app))[0]?.outcome, 'running')
  }
  const [act] = await history(app)
  assert.equal(act?.outcome, 'interrupted')
  assert.equal(act?.ended, null)
})

test('a torn last line and garbage lines cost nothing but themselves', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  await recordAct(app, 'backup', {}, async () => 1)
  const path = `${app.folders.state}/history.jsonl`
  const noise = ['nonsense', '[]', '42', 'null', '{"event":"begin"}', '{"event":"end","id":"gone","at":"x","facts":{}}']
  appendFileSync(path, `${noise.join('\n')}\n\u0000\u0000\n{"event":"begin","id":"tor`)
  await recordAct(app, 'verify', {}, async () => 1)
  assert.deepEqual(
    (await history(app)).map(({ act, outcome }) => [act, outcome]),
    [
      ['verify', 'done'],
      ['backup', 'done'],
    ],
  )
})

test('no secret reaches the record, neither from an error nor from facts', async () => {
  using folder = tempFolder()
  const token = '123456789:AAHcanarycanarycanarycanarycanary'
  const literal = 'correct horse battery'
  const app = bareApp(folder.path)
  const alerts = { ...app.config.alerts, webhook: { url: new Secret(literal), secret: null } }
  const secretive = { ...app, config: { ...app.config, alerts } }
  const error = new Error(
    `request to https://api.telegram.org/bot${token}/sendMessage failed, ${literal}, sftp://bob:hunter22@host/`,
  )
  await assert.rejects(
    recordAct(secretive, 'sync', { url: `https://x/?X-Amz-Signature=abcdef&n=${token}` }, () => Promise.reject(error)),
  )
  const text = readFileSync(`${app.folders.state}/history.jsonl`, 'utf8')
  for (const canary of [token, literal, 'hunter22', 'abcdef']) assert.ok(!text.includes(canary), text)
  assert.match(text, /api\.telegram\.org/)
})

test('the record stays bounded and keeps the newest acts', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  mkdirSync(app.folders.state, { recursive: true })
  const filler = `${JSON.stringify({ event: 'begin', id: 'x', act: 'verify', at: 'x', process: '1-1', facts: { pad: 'x'.repeat(900) } })}\n`
  for (let page = 0; page < 6; page++) {
    writeFileSync(`${app.folders.state}/history.jsonl`, filler.replace('"x"', `"page-${page}"`).repeat(1700))
    await recordAct(app, 'backup', { page }, async () => 1)
  }
  const files = readdirSync(app.folders.state).filter((name) => name.startsWith('history') && name.endsWith('jsonl'))
  assert.equal(files.length, 4)
  assert.equal((await history(app))[0]?.facts.page, 5)
})

test('many processes write at once and no line is lost', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const code = `
    const { recordAct } = await import('${import.meta.resolve('./history.ts')}')
    const { bareApp } = await import('${import.meta.resolve('../../test/fixture/bare-app.ts')}')
    const app = bareApp('${folder.path}')
    await Promise.all(Array.from({ length: 25 }, () => recordAct(app, 'verify', {}, async () => 1)))
  `
  await using one = runModule(code)
  await using other = runModule(code)
  await Promise.all([one.end(), other.end()])
  const acts = await history(app)
  assert.equal(acts.length, 50)
  assert.ok(acts.every(({ outcome }) => outcome === 'done'))
})

test('an act does not start when nothing can be recorded', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  writeFileSync(app.folders.backups, 'a file where the folder should be')
  await assert.rejects(beginAct(app, 'backup'), { code: 'disk.failed' })
})

test('a record that cannot be finished says that the act itself is done; a failing act keeps its own error', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  const done = await beginAct(app, 'export')
  const failing = await beginAct(app, 'backup')
  const path = `${app.folders.state}/history.jsonl`
  await using _blocked = blockWrites(path)
  await assert.rejects(done.finish(), { code: 'history.unwritten' })
  await failing.fail(new PulihError('disk.full', { place: '/backups' }))
})

test('on a full disk the ballast makes room for the line that says so', async (t) => {
  if (!canMount(t)) return
  using folder = tempFolder()
  const script = `
    const { recordAct, history } = await import('${import.meta.resolve('./history.ts')}')
    const { bareApp } = await import('${import.meta.resolve('../../test/fixture/bare-app.ts')}')
    const { writeFileSync, appendFileSync, existsSync } = await import('node:fs')
    const app = bareApp('${folder.path}')
    await recordAct(app, 'backup', { number: 1 }, async () => 1)
    try { for (;;) appendFileSync('${folder.join('filler')}', new Uint8Array(4096)) } catch {}
    const facts = { pad: 'x'.repeat(5000) }
    await recordAct(app, 'backup', facts, async () => { throw Object.assign(new Error('full'), { code: 'ENOSPC' }) }).catch(() => 1)
    const acts = await history(app)
    console.log(acts.map(({ outcome }) => outcome).join(), existsSync(app.folders.state + '/ballast'))
  `
  const run = spawnSync(
    'unshare',
    [
      '-rm',
      'sh',
      '-c',
      `mount -t tmpfs -o size=256k tmpfs '${folder.path}' && exec "$0" --input-type=module-typescript -e "$1"`,
      process.execPath,
      script,
    ],
    { encoding: 'utf8' },
  )
  assert.equal(run.stdout.trim(), 'failed,done false', run.stderr)
})

/** A small disk that can be filled needs a mount of one's own; without it the claim stays untested here, loudly. */
function canMount(t: TestContext): boolean {
  const able = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
  if (!able && process.env.CI === 'true')
    throw new Error('no unshare or mount here: run CI where user namespaces are allowed')
  if (!able) t.skip('needs user namespaces: sysctl -w kernel.unprivileged_userns_clone=1')
  return able
}

/** Makes appending fail for root too: a folder takes the file's place until the scope ends. */
function blockWrites(path: string): AsyncDisposable {
  const text = readFileSync(path)
  rmSync(path)
  mkdirSync(path)
  return {
    async [Symbol.asyncDispose]() {
      rmSync(path, { recursive: true })
      writeFileSync(path, text)
    },
  }
}
