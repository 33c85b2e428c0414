import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bot, backUp, everythingIn, lifeGoesOn, makeBot, restoreBot, rowsOf } from '../../test/fixture/recovery.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { findHolders } from './holders.ts'
import { prepareRestore } from './plan.ts'
import { runRestore } from './restore.ts'

/** Holds bot.db open, idle, and notes its pid; `once` more each time it starts. */
const program = `
import os, sqlite3, time
db = sqlite3.connect("bot.db")
db.execute("select count(*) from tx").fetchall()
open("pid.tmp", "w").write(str(os.getpid()))
os.rename("pid.tmp", "pid")
open("starts", "a").write("x")
time.sleep(60)
`

const start = 'rm -f pid; exec python3 -c "$(cat ../program.py)"'
const stop = 'kill $(cat pid); rm pid'

async function runningBot(path: string, commands: { start?: string; stop?: string }): Promise<Bot> {
  const bot = await makeBot(join(path, 'bot'), { config: { app: commands } })
  writeFileSync(join(path, 'program.py'), program)
  await backUp(bot)
  lifeGoesOn(bot)
  const { startApp } = await import('./service.ts')
  assert.equal(await startApp(bot.app, start), null)
  await until(() => existsSync(join(bot.path, 'pid')))
  return bot
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 200, 'not within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Ends the bot of this test, by the number it wrote down itself. */
function endBot(bot: Bot): void {
  const pid = Number(readFileSync(join(bot.path, 'pid'), 'utf8'))
  assert.ok(pid > 1)
  process.kill(pid, 'SIGKILL')
}

function starts(bot: Bot): number {
  return readFileSync(join(bot.path, 'starts'), 'utf8').length
}

test('with app.stop and app.start set, the app is stopped as a step of the plan and runs again afterwards', async () => {
  using folder = tempFolder()
  const bot = await runningBot(folder.path, { start, stop })
  await using prepared = await prepareRestore(bot.app, { name: 'latest', only: ['bot.db', 'main.py'] })
  const { plan } = prepared
  assert.deepEqual(
    plan.steps.map(({ id }) => id),
    ['fetch', 'stop', 'safety', 'swap', 'check', 'start'],
  )
  assert.equal(plan.holders[0]?.pid, Number(readFileSync(join(bot.path, 'pid'), 'utf8')))
  const result = await runRestore(bot.app, prepared, {})
  assert.deepEqual(result.service, { stopped: true, started: true })
  await until(() => existsSync(join(bot.path, 'pid')))
  try {
    assert.equal(starts(bot), 2)
    assert.deepEqual(rowsOf(bot.db), [500])
    assert.equal(findHolders([{ path: 'bot.db', absolute: bot.db }]).holders.length, 1)
  } finally {
    endBot(bot)
  }
})

test('when the restore fails after the app was stopped, the app is started again all the same', async () => {
  using folder = tempFolder()
  const bot = await runningBot(folder.path, { start, stop })
  await using prepared = await prepareRestore(bot.app, { name: 'latest', only: ['bot.db', 'main.py'] })
  // Something that the plan did not see: a folder in the place of a file.
  const plan = { ...prepared.plan, stop: `${stop}; rm main.py; mkdir main.py` }
  await assert.rejects(runRestore(bot.app, { ...prepared, plan }, {}), { code: 'restore.in-the-way' })
  await until(() => existsSync(join(bot.path, 'pid')))
  try {
    assert.equal(starts(bot), 2)
    assert.deepEqual(rowsOf(bot.db), [502])
  } finally {
    endBot(bot)
  }
})

test('a stop command that fails changes nothing, and says how it ended', async () => {
  using folder = tempFolder()
  const bot = await runningBot(folder.path, { stop: 'echo no; exit 7' })
  try {
    const before = everythingIn(bot.path)
    await assert.rejects(restoreBot(bot, { name: 'latest', only: ['bot.db'] }), {
      code: 'restore.stop-failed',
      message: /exit code 7/,
    })
    assert.deepEqual(everythingIn(bot.path), before)
    assert.match(readFileSync(join(bot.app.folders.logs, 'app-stop.log'), 'utf8'), /no/)
  } finally {
    endBot(bot)
  }
})

test('an app that dies right after its start is a warning with its output kept; the data is restored', async () => {
  using folder = tempFolder()
  const bot = await runningBot(folder.path, { stop, start: 'echo broken settings; exit 3' })
  const result = await restoreBot(bot, { name: 'latest', only: ['bot.db'] })
  assert.deepEqual(result.service, { stopped: true, started: false })
  assert.deepEqual(
    result.warnings.map(({ code }) => code),
    ['not-started'],
  )
  assert.match(readFileSync(join(bot.app.folders.logs, 'app-start.log'), 'utf8'), /broken settings/)
  assert.deepEqual(rowsOf(bot.db), [500])
})
