import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { startDaemon } from '../fixture/daemon.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

const checkout = join(import.meta.dirname, '../..')
const command = `${process.execPath} ${join(checkout, 'src/cli/main.ts')}`

function makeBot(path: string): string {
  const { path: dir } = makeApp(path, { mb: 0.1 })
  mkdirSync(join(dir, 'scripts'))
  cpSync(join(checkout, 'package/python/auto_backup.py'), join(dir, 'scripts/auto_backup.py'))
  return dir
}

/** Runs Python in the bot's folder; what it printed as JSON. */
function python<T>(dir: string, code: string, env: Record<string, string> = { PULIH_COMMAND: command }): T {
  writeFileSync(join(dir, 'probe.py'), code)
  const out = execFileSync('python3', ['probe.py'], {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })
  return JSON.parse(out) as T
}

const imports = `
import asyncio, json
from scripts.auto_backup import create_backup_decorator, AutoBackupIntegration, BackupGateClosed
`

async function types(dir: string): Promise<string[]> {
  const { backups } = await pulihJson<{ backups: { type: string; state: string }[] }>(['list', '--dir', dir])
  assert.ok(backups.every((one) => one.state === 'proven'))
  return backups.map((one) => one.type)
}

test('the decorator keeps name, docstring, result and errors; a coroutine function stays one', async () => {
  using folder = tempFolder()
  const dir = makeBot(folder.join('bot'))
  const seen = python<Record<string, unknown>>(
    dir,
    `${imports}
@create_backup_decorator("critical_operation")
def bulk_delete_assets(user_id):
    "Deletes."
    if user_id < 0: raise KeyError("its own error")
    return user_id * 2
@create_backup_decorator("critical_operation")
async def later(user_id):
    return user_id * 3
try: bulk_delete_assets(-1)
except KeyError as error: raised = str(error)
print(json.dumps({"name": bulk_delete_assets.__name__, "doc": bulk_delete_assets.__doc__,
  "result": bulk_delete_assets(7), "coroutine": asyncio.iscoroutinefunction(later), "later": asyncio.run(later(7)), "raised": raised}))
`,
  )
  assert.deepEqual(seen, {
    name: 'bulk_delete_assets',
    doc: 'Deletes.',
    result: 14,
    coroutine: true,
    later: 21,
    raised: "'its own error'",
  })
  assert.deepEqual(await types(dir), Array(3).fill('critical_operation'))
})

test('the event loop goes on while a coroutine waits for its backup', () => {
  using folder = tempFolder()
  const dir = makeBot(folder.join('bot'))
  const ticks = python<number>(
    dir,
    `${imports}
ticks = 0
async def tick():
    global ticks
    while True:
        ticks += 1
        await asyncio.sleep(0.01)
@create_backup_decorator("critical_operation")
async def later():
    return ticks
async def both():
    task = asyncio.ensure_future(tick())
    seen = await later()
    task.cancel()
    return seen
print(asyncio.run(both()))
`,
  )
  assert.ok(ticks > 5, `${ticks} ticks`)
})

test("the predecessor's methods return the backup's name", async () => {
  using folder = tempFolder()
  const dir = makeBot(folder.join('bot'))
  const names = python<string[]>(
    dir,
    `${imports}
auto = AutoBackupIntegration()
print(json.dumps([auto.backup_before_asset_operation("sell", 7), auto.backup_before_bot_restart(), auto.scheduled_backup()]))
`,
  )
  assert.match(names.join(), /^backup_asset_operation_\d{8}_\d{6}\S*,backup_before_restart_\S+,backup_scheduled_\S+$/)
  assert.deepEqual((await types(dir)).sort(), ['asset_operation', 'before_restart', 'scheduled'])
})

test('a failed backup, or no pulih at all, closes the gate with a reason and the function never runs', async () => {
  using folder = tempFolder()
  const dir = makeBot(folder.join('bot'))
  await pulihJson(['backup', '--dir', dir])
  rmSync(join(dir, 'data/assets.db'))
  const code = `${imports}
ran = []
@create_backup_decorator("critical_operation")
def risky(): ran.append(1)
try: risky()
except BackupGateClosed as error: print(json.dumps([isinstance(error, RuntimeError), error.code, len(error.hint) > 0, ran]))
`
  assert.deepEqual(python(dir, code), [true, 'source.missing', true, []])
  const without = python<unknown[]>(dir, code, { PULIH_COMMAND: '/nowhere/pulih' })
  assert.deepEqual(without, [true, 'gate.no-pulih', true, []])
})

test('PULIH_OVERRIDE opens the gate and is on record', async () => {
  using folder = tempFolder()
  const dir = makeBot(folder.join('bot'))
  await pulihJson(['backup', '--dir', dir])
  rmSync(join(dir, 'data/assets.db'))
  const seen = python<number>(
    dir,
    `${imports}
@create_backup_decorator("critical_operation")
def risky(): return 1
print(risky())
`,
    { PULIH_COMMAND: command, PULIH_OVERRIDE: 'the disk is being replaced' },
  )
  assert.equal(seen, 1)
  const { acts } = await pulihJson<{ acts: { act: string }[] }>(['history', '--dir', dir])
  assert.ok(acts.some((one) => one.act === 'override'))
})

test('without a daemon too the history says what the function changed', async () => {
  using folder = tempFolder()
  const dir = makeBot(folder.join('bot'))
  const removed = python<number>(
    dir,
    `${imports}
import sqlite3, threading
@create_backup_decorator("bulk_delete_assets")
def risky():
    with sqlite3.connect("data/assets.db") as bot:
        return bot.execute("DELETE FROM " + TABLE).rowcount
TABLE = sqlite3.connect("data/assets.db").execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()[0]
removed = risky()
for thread in threading.enumerate():
    if thread is not threading.main_thread(): thread.join()
print(removed)
`,
  )
  const { acts } = await pulihJson<{ acts: { act: string; facts: { changed: { rows: number }[] } }[] }>([
    'history',
    '--dir',
    dir,
  ])
  const guarded = acts.find((one) => one.act === 'guarded')
  assert.ok(removed > 0 && guarded?.facts.changed.some((one) => one.rows === -removed), JSON.stringify(acts))
})

test('without pulih the gate closes in the language of the app', () => {
  using folder = tempFolder()
  const dir = makeBot(folder.join('bot'))
  const code = `${imports}
try: AutoBackupIntegration().scheduled_backup()
except BackupGateClosed as error: print(json.dumps([error.code, str(error)]))
`
  const env = { PULIH_COMMAND: '/nowhere/pulih', LANG: 'id_ID.UTF-8' }
  assert.match(python<string[]>(dir, code, env).join(), /^gate\.no-pulih,.*tidak bisa dijalankan.*pasang/)
})

for (const language of ['en', 'id']) {
  test(`the Python of the page about hosts runs as it stands (${language})`, async () => {
    using folder = tempFolder()
    const dir = makeBot(folder.join('bot'))
    const page = readFileSync(join(checkout, `doc/${language}/hosts.md`), 'utf8')
    const [, code = ''] = /^```python\n([\s\S]*?)^```$/m.exec(page) ?? []
    python(dir, `${code}\nimport json\nprint(json.dumps(AutoBackupIntegration.__name__))\n`)
    assert.deepEqual((await types(dir)).sort(), [
      'asset_operation',
      'before_restart',
      'bulk_delete_assets',
      'scheduled',
    ])
  })
}

const pythons = globSync(
  [...(process.env.PATH ?? '').split(delimiter), `${homedir()}/.pyenv/versions/*/bin`].map((one) => `${one}/python3*`),
).filter((path) => /\/python3\.(8|9|\d\d)$/.test(path))

test('every Python from 3.8 on this machine: sync, async and the old methods behind real backups', async (context) => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  await using _daemon = await startDaemon(app)
  const env = { PULIH_DIR: app.path, PULIH_COMMAND: command, PATH: process.env.PATH }
  const seen = new Set<string>()
  for (const python of pythons) {
    const version = spawnSync(python, ['--version'], { encoding: 'utf8' }).stdout.trim()
    // A version manager's stand-in for a version that is not chosen here prints none.
    if (version === '' || seen.has(version)) continue
    seen.add(version)
    const strict = ['-B', '-W', 'error', join(import.meta.dirname, 'host.py'), 'every-kind']
    const { stdout, stderr } = spawnSync(python, strict, { encoding: 'utf8', env })
    const { names, later, ran } = JSON.parse(stdout || `{"names":[],"later":${JSON.stringify(stderr)}}`)
    assert.deepEqual([later, ran, names.length], [1, 0, 3], version)
    for (const name of names) assert.match(name, /^backup_(asset_operation|before_restart|scheduled)_/)
  }
  context.diagnostic([...seen].join(', '))
  assert.ok(seen.size > 0, 'no python3.8 or newer: apt-get install python3')
})
