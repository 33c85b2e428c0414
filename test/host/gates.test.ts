import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { placePath } from '../../src/daemon/place.ts'
import { startDaemon } from '../fixture/daemon.ts'
import { archivesOf, makeApp, type ScratchApp, sqlite3 } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type Answer, command, hosts, manyAtOnce, said, startHost } from './hosts.ts'

for (const [language, host] of Object.entries(hosts)) {
  suite(`a host in ${language}`, { concurrency: 4 }, () => {
    test('fifty calls at once: few backups, and every body behind one captured after its call', async () => {
      using folder = tempFolder()
      const app = makeApp(folder.join('bot'), { mb: 0.1 })
      await using _daemon = await startDaemon(app)
      const backups = await manyAtOnce(host, app, 50)
      assert.ok(backups <= 4, `${backups} backups`)
    })

    test('a daemon that hangs closes the gate in bounded time, naming its process', async () => {
      using folder = tempFolder()
      const app = makeApp(folder.join('bot'), { mb: 0.05 })
      await using daemon = await startDaemon(app)
      daemon.process.kill('SIGSTOP')
      const [{ ran, code, text, ms }, overridden] = await Promise.all([
        said<Answer>([...host, 'gate'], app),
        said<Answer>([...host, 'gate'], app, { PULIH_OVERRIDE: 'it hangs' }),
      ])
      assert.deepEqual([ran, code], [null, 'gate.silent'])
      assert.match(text, new RegExp(`process ${daemon.process.pid}.*kill ${daemon.process.pid}`))
      assert.ok(ms < 15_000, `${ms} ms`)
      assert.notEqual(overridden.ran, null, overridden.text)
    })

    test('a daemon killed before the call, or during it: the backup is made without one', async () => {
      using folder = tempFolder()
      const app = makeApp(folder.join('bot'), { mb: 2 })
      await using daemon = await startDaemon(app)
      await using during = startHost([...host, 'gate'], app)
      await new Promise((good) => setTimeout(good, 250))
      daemon.process.kill('SIGKILL')
      assert.notEqual((await during.hears<Answer>()).ran, null)
      const { ran, text } = await said<Answer>([...host, 'gate'], app)
      assert.ok(ran !== null && ran.stored.length > 0, text)
    })

    test('a daemon that hangs up before its answer is no answer: the backup is made without it', async () => {
      using folder = tempFolder()
      const app = makeApp(folder.join('bot'), { mb: 0.05 })
      await using standIn = await startStandIn(app, (socket) => {
        socket.write('nonsense\n{"version":1,"id":"x","answer":"accepted"}\n')
        socket.once('data', () => socket.end())
      })
      const { ran, text } = await said<Answer>([...host, 'gate'], app)
      assert.ok(ran !== null && ran.stored.length > 0, text)
      assert.ok(standIn.calls() > 0)
    })

    test('a daemon that takes nobody in any more counts as one that hangs', async () => {
      using folder = tempFolder()
      const app = makeApp(folder.join('bot'), { mb: 0.05 })
      await using deaf = startHost(['python3', '-c', fullQueue, socketOf(app)], app)
      writePlace(app, await deaf.hears<number>())
      const { ran, code } = await said<Answer>([...host, 'gate'], app)
      assert.deepEqual([ran, code], [null, 'gate.silent'])
      assert.equal(archivesOf(app).size, 0)
    })

    test('a damaged database, or no room for the backup, closes the gate with its reason', async () => {
      using folder = tempFolder()
      const app = makeApp(folder.join('bot'), { mb: 0.2 })
      const full = { PULIH_COMMAND: `prlimit --fsize=30000 ${command}` }
      // A host in TypeScript starts pulih itself: then the host has the limit.
      const limited = language === 'Python' ? host : ['prlimit', '--fsize=30000', ...host]
      const small = await said<Answer>([...limited, 'gate'], app, full)
      assert.deepEqual([small.ran, small.code], [null, 'disk.full'], small.text)
      damage(join(app.path, 'finance_bot.db'))
      const damaged = await said<Answer>([...host, 'gate'], app)
      assert.equal(damaged.ran, null)
      assert.match(damaged.text, /finance_bot\.db/)
      assert.equal(archivesOf(app).size, 0)
    })

    for (const journal of ['wal', 'delete'] as const) {
      for (const way of ['a daemon', 'a command']) {
        test(`its open ${journal} transaction keeps its locks over a gate by ${way}, and SIGKILL loses nothing committed`, async () => {
          using folder = tempFolder()
          const app = makeApp(folder.join('bot'), { mb: 0.05, journal })
          const database = join(app.path, 'finance_bot.db')
          await using _daemon = way === 'a daemon' ? await startDaemon(app) : null
          await using bot = startHost([...host, 'hold', 'finance_bot.db'], app)
          assert.equal(await bot.hears(), 'behind the gate')
          assert.throws(() => sqlite3(database, 'INSERT INTO held VALUES (99)'), /locked/)
          bot.process.stdin?.write('\n')
          assert.equal(await bot.hears(), 'committed')
          const ended = once(bot.process, 'exit')
          bot.process.kill('SIGKILL')
          await ended
          assert.equal(sqlite3(database, 'SELECT group_concat(n) FROM held', 'PRAGMA integrity_check'), '1,2\nok')
        })
      }
    }
  })
}

/** Listens for one caller, and is that caller itself: for the next there is no room. */
const fullQueue = `
import os, socket, sys
server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1]); server.listen(0)
callers = []
while True:
    caller = socket.socket(socket.AF_UNIX); caller.setblocking(False)
    try: caller.connect(sys.argv[1])
    except BlockingIOError: break
    callers.append(caller)
print(os.getpid(), flush=True)
sys.stdin.readline()`

function socketOf(app: ScratchApp): string {
  mkdirSync(join(app.path, 'backups/.pulih'), { recursive: true, mode: 0o700 })
  return join(app.path, 'backups/.pulih/daemon.sock')
}

function writePlace(app: ScratchApp, pid: number): void {
  const place = { version: 1, pid, process: `${pid}-0`, socket: socketOf(app), started: '2025-08-02T12:00:00+07:00' }
  writeFileSync(placePath(join(app.path, 'backups/.pulih')), JSON.stringify(place))
}

/** Where the daemon would listen, something that answers each caller in its own way. */
async function startStandIn(
  app: ScratchApp,
  answer: (socket: Socket) => void,
): Promise<AsyncDisposable & { calls: () => number }> {
  let calls = 0
  const server = createServer((socket) => {
    calls++
    answer(socket.on('error', () => undefined))
  })
  await once(server.listen(socketOf(app)), 'listening')
  writePlace(app, process.pid)
  return {
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      await once(server.close(), 'close')
    },
  }
}

/** Overwrites the middle of it. */
function damage(database: string): void {
  const file = openSync(database, 'r+')
  writeSync(file, Buffer.alloc(16_384, 0x5a), 0, 16_384, 40_960)
  closeSync(file)
}
