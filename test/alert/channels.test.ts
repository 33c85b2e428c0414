import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openAlerts, raise, settle } from '../../src/alert/alert.ts'
import { deliver } from '../../src/alert/deliver.ts'
import { split } from '../../src/alert/notifier/telegram.ts'
import { testChannels } from '../../src/alert/self-test.ts'
import { readAlerts } from '../../src/alert/state.ts'
import type { App } from '../../src/app/app.ts'
import type { AlertConfig } from '../../src/app/config.ts'
import { defaultConfig } from '../../src/app/config-file.ts'
import { Secret } from '../../src/app/secret.ts'
import { note } from '../../src/message/phrases.ts'
import { manualClock } from '../../src/time/manual.ts'
import { bareApp } from '../fixture/bare-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { hookStandIn } from './hook-stand-in.ts'
import { mailStandIn } from './mail-stand-in.ts'
import { telegramStandIn } from './telegram-stand-in.ts'

const token = '4242424242:canary-token-AAAAAAAAAAAAAAAAAAAAAAA'
const password = 'canary-password-77'
const chatId = '-100777'
const hour = 3_600_000

const cause = { key: 'backup-failed', severity: 'critical', note: note('check.no-databases') } as const
const mild = { key: 'drill-overdue', severity: 'warning', note: note('check.drill-overdue', { ageMs: null }) } as const

function appWith(folder: string, alerts: Partial<AlertConfig>, nowMs = Date.parse('2025-08-02T12:00:00+07:00')) {
  const clock = manualClock(nowMs)
  const config = { alerts: { ...defaultConfig().alerts, ...alerts } }
  return { app: bareApp(folder, { clock, config }), clock }
}

const telegramTo = (apiRoot: string, secret = token) => ({ token: new Secret(secret), chatId, apiRoot })

const mailTo = (port: number, secret = password) => ({
  ...{ host: '127.0.0.1', port, secure: null, user: 'bot', password: new Secret(secret) },
  ...{ from: 'pulih@example.org', to: ['operator@example.org'] },
})

describe('telegram', () => {
  test('one cause is one message, its end another, and nothing is said twice', async () => {
    using folder = tempFolder()
    await using bot = await telegramStandIn(token, chatId)
    const { app } = appWith(folder.path, { telegram: telegramTo(bot.root), order: ['telegram'] })
    await Promise.all([raise(app, cause), raise(app, cause), raise(app, cause)])
    await deliver(app)
    assert.equal(bot.texts.length, 1)
    assert.match(bot.texts[0] ?? '', /🔴 .*critical[\s\S]*pulih doctor/)
    await settle(app, cause.key)
    await deliver(app)
    assert.equal(bot.texts.length, 2)
    assert.match(bot.texts[1] ?? '', /✅/)
  })

  test('a server that asks to wait is obeyed within the time of the channel', async () => {
    using folder = tempFolder()
    await using bot = await telegramStandIn(token, chatId)
    const { app } = appWith(folder.path, { telegram: telegramTo(bot.root), order: ['telegram'] })
    bot.mood = { retryAfter: 1 }
    await raise(app, cause)
    assert.equal(bot.texts.length, 1)
    assert.equal(bot.calls, 2)
  })

  test('one that asks for a minute is asked again on the next run, not before', async () => {
    using folder = tempFolder()
    await using bot = await telegramStandIn(token, chatId)
    const { app } = appWith(folder.path, { telegram: telegramTo(bot.root), order: ['telegram'] })
    bot.mood = { retryAfter: 60 }
    await raise(app, cause)
    assert.deepEqual([bot.texts.length, bot.calls], [0, 1])
    await deliver(app)
    assert.equal(bot.texts.filter((text) => text.includes('pulih doctor')).length, 1)
  })

  test('a long text goes in pieces that the server takes, none of it lost', () => {
    const text = Array.from({ length: 900 }, (_, n) => `line ${n} 🟢`).join('\n')
    const pieces = split(text)
    assert.ok(pieces.length > 1 && pieces.every((piece) => piece.length <= 4096))
    assert.equal(pieces.join('\n'), text)
    assert.ok(split('🟢'.repeat(4000)).every((piece) => !/[\ud800-\udbff]$/.test(piece)))
  })
})

describe('the next channel', () => {
  for (const mood of ['blocked', 'hang-up'] as const)
    test(`takes over when the first is ${mood}, and the failure is an alert that closes when it works again`, async () => {
      using folder = tempFolder()
      await using bot = await telegramStandIn(token, chatId)
      await using hook = await hookStandIn()
      const webhook = { url: new Secret(`${hook.url}/in`), secret: new Secret('shared') }
      const { app } = appWith(folder.path, {
        ...{ telegram: telegramTo(bot.root), webhook, order: ['telegram', 'webhook'] },
      })
      bot.mood = mood
      await raise(app, cause)
      const keys = hook.hits.map(({ body }) => JSON.parse(body).key)
      assert.deepEqual(keys, ['backup-failed', 'channel-failed:telegram'])
      assert.equal(bot.calls, 1, 'passed over for the rest of the run')
      bot.mood = 'fine'
      await settle(app, cause.key)
      assert.deepEqual(await openAlerts(app), [])
      assert.ok(bot.texts.length >= 1)
    })

  test('is the mail: text and HTML, with the reason', async () => {
    using folder = tempFolder()
    await using mail = await mailStandIn(password)
    const { app } = appWith(folder.path, {
      ...{ telegram: telegramTo('http://127.0.0.1:1'), email: mailTo(mail.port), order: ['telegram', 'email'] },
    })
    await raise(app, cause)
    assert.deepEqual(
      mail.mails.map(({ subject }) => subject?.slice(0, 2)),
      ['🔴', '🟡'],
    )
    assert.match(mail.mails[0]?.text ?? '', /pulih doctor/)
    assert.match(String(mail.mails[0]?.html), /pulih doctor/)
  })

  test('may be a command, which gets the notice on its standard input', async () => {
    using folder = tempFolder()
    const { app } = appWith(folder.path, { command: 'cat >> notices.jsonl', order: ['command'] })
    await raise(app, cause)
    const { key, severity } = JSON.parse(readFileSync(folder.join('notices.jsonl'), 'utf8'))
    assert.deepEqual([key, severity], ['backup-failed', 'critical'])
  })
})

test('a webhook is JSON, signed so that its receiver can check it', async () => {
  using folder = tempFolder()
  await using hook = await hookStandIn()
  const webhook = { url: new Secret(`${hook.url}/in?k=1`), secret: new Secret('shared') }
  const { app } = appWith(folder.path, { webhook, order: ['webhook'] })
  await raise(app, cause)
  const [hit] = hook.hits
  assert.equal(hit?.path, '/in?k=1')
  const signature = createHmac('sha256', 'shared')
    .update(hit?.body ?? '')
    .digest('hex')
  assert.equal(hit?.headers['x-pulih-signature'], `sha256=${signature}`)
  const { event, text, content } = JSON.parse(hit?.body ?? '{}')
  assert.deepEqual([event, text], ['opened', content])
})

test('what no channel took is sent on the next run, once', async () => {
  using folder = tempFolder()
  await using hook = await hookStandIn()
  const webhook = { url: new Secret(hook.url), secret: null }
  const { app } = appWith(folder.path, { webhook, order: ['webhook'] })
  hook.status = 503
  await raise(app, cause)
  assert.equal(hook.hits.length, 1)
  hook.status = 204
  await deliver(app)
  await deliver(app)
  const events = hook.hits.slice(1).map(({ body }) => [JSON.parse(body).key, JSON.parse(body).event])
  assert.deepEqual(events, [['backup-failed', 'opened']])
})

test('an alert is repeated after remind_after, and escalates once', async () => {
  using folder = tempFolder()
  await using hook = await hookStandIn()
  const webhook = { url: new Secret(hook.url), secret: null }
  const { app, clock } = appWith(folder.path, { webhook, order: ['webhook'], remindAfterMs: 6 * hour })
  await raise(app, { ...cause, severity: 'warning' })
  await raise(app, cause)
  await clock.advance(5 * hour)
  await deliver(app)
  await clock.advance(hour)
  await deliver(app)
  assert.deepEqual(
    hook.hits.map(({ body }) => JSON.parse(body).event),
    ['opened', 'escalated', 'reminder'],
  )
})

test('quiet hours hold warnings until morning, critical ones go out at once', async () => {
  using folder = tempFolder()
  await using hook = await hookStandIn()
  const webhook = { url: new Secret(hook.url), secret: null }
  const quietHours = { from: '22:00', to: '06:00' }
  const night = Date.parse('2025-08-02T23:30:00+07:00')
  const { app, clock } = appWith(folder.path, { webhook, quietHours, order: ['webhook'] }, night)
  await raise(app, mild)
  assert.equal(hook.hits.length, 0)
  await raise(app, cause)
  assert.equal(hook.hits.length, 1)
  await clock.advance(6.5 * hour)
  await deliver(app)
  assert.ok(hook.hits.some(({ body }) => JSON.parse(body).key === 'drill-overdue'))
})

test('a self-test reports each channel, and a wrong token is an alert until it is right', async () => {
  using folder = tempFolder()
  await using bot = await telegramStandIn(token, chatId)
  await using mail = await mailStandIn(password)
  const alerts = { telegram: telegramTo(bot.root, `${token}x`), email: mailTo(mail.port) }
  const { app } = appWith(folder.path, { ...alerts, order: ['telegram', 'email'] })
  const results = await testChannels(app)
  assert.deepEqual(
    results.map(({ channel, ok, error }) => [channel, ok, error]),
    [
      ['telegram', false, '401 Unauthorized'],
      ['email', true, null],
    ],
  )
  assert.deepEqual(
    (await openAlerts(app)).map(({ key }) => key),
    ['channel-failed:telegram'],
  )
  const right = appWith(folder.path, { telegram: telegramTo(bot.root), order: ['telegram'] }).app
  await testChannels(right)
  assert.deepEqual(await openAlerts(right), [])
})

test('no secret is in the state, the log or an alert, whatever goes wrong on the way', async () => {
  using folder = tempFolder()
  await using bot = await telegramStandIn(token, chatId)
  await using mail = await mailStandIn('another')
  const closed = await hookStandIn()
  await closed[Symbol.asyncDispose]()
  const failing: readonly Partial<AlertConfig>[] = [
    { telegram: telegramTo(closed.url), order: ['telegram'] },
    { telegram: telegramTo('http://127.0.0.1:1'), order: ['telegram'] },
    { telegram: telegramTo('http://no-such-host.invalid'), order: ['telegram'] },
    { telegram: telegramTo(bot.root, `${token}-wrong`), order: ['telegram'] },
    { telegram: telegramTo('https://127.0.0.1:1/%zz'), order: ['telegram'] },
    { email: mailTo(mail.port), order: ['email'] },
    { email: mailTo(1), order: ['email'] },
    {
      webhook: { url: new Secret(`http://127.0.0.1:1/${password}`), secret: new Secret(password) },
      order: ['webhook'],
    },
    { webhook: { url: new Secret(`not a url ${password}`), secret: null }, order: ['webhook'] },
    { command: `echo ${password}; exit 3`, order: ['command'] },
  ]
  for (const alerts of failing) {
    const { app } = appWith(folder.path, alerts)
    await raise(app, cause)
    const known = (await readAlerts(app)).alerts.find(({ key }) => key === cause.key)
    assert.equal(known?.told.severity, null)
  }
  const app: App = appWith(folder.path, {}).app
  const texts = filesIn(app.folders.backups).map((path) => readFileSync(path, 'latin1'))
  assert.ok(texts.some((text) => text.includes('ECONNREFUSED')))
  for (const canary of [token, password])
    assert.ok(
      texts.every((text) => !text.includes(canary)),
      canary,
    )
})

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
}
