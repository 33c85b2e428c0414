import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

import { type DaemonPlace, readPlace } from '../../src/daemon/place.ts'
import { type Answer, parseAnswer, parseAsk } from '../../src/daemon/protocol.ts'
import { startDaemon } from '../fixture/daemon.ts'
import { pulih } from '../fixture/pulih.ts'
import { archivesOf, makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

/** Sends one line and answers with the last word on it. */
async function ask(place: DaemonPlace, line: string): Promise<Answer> {
  const socket = createConnection(place.socket)
  socket.write(`${line}\n`)
  for await (const said of createInterface({ input: socket })) {
    const answer = parseAnswer(said)
    if (answer === null || answer.answer === 'accepted' || answer.answer === 'still') continue
    socket.destroy()
    return answer
  }
  throw new Error('the line ended without an answer')
}

function gate(name: string): string {
  return JSON.stringify({ version: 1, id: 'g', ask: 'trigger', name })
}

test('fifty gate calls at once share a few backups, each proven and begun after its call', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.2 })
  await using daemon = await startDaemon(app)
  const calls = Array.from({ length: 50 }, async () => {
    const askedMs = Date.now()
    return { askedMs, answer: await ask(daemon.place, gate('bulk_delete')) }
  })
  for (const { askedMs, answer } of await Promise.all(calls)) {
    assert.ok(answer.answer === 'open' && answer.state === 'proven', JSON.stringify(answer))
    assert.ok(Date.parse(answer.captured ?? '') >= askedMs)
  }
  assert.ok(archivesOf(app).size <= 4, `${archivesOf(app).size} backups`)
})

test("the socket is its user's alone; nonsense is answered, and the daemon lives on", async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  await using daemon = await startDaemon(app)
  assert.equal(statSync(daemon.place.socket).mode & 0o777, 0o600)
  for (const line of ['{', '{"version":2,"id":"g","ask":"status"}', '{"version":1,"id":"g","ask":"trigger"}']) {
    const answer = await ask(daemon.place, line)
    assert.ok(answer.answer === 'closed' && answer.error.code === 'daemon.bad-ask', line)
  }
  await assert.rejects(ask(daemon.place, 'x'.repeat(100_000)))
  const status = await ask(daemon.place, '{"version":1,"id":"g","ask":"status"}')
  assert.ok(status.answer === 'status' && status.pid === daemon.process.pid)
})

test('a second daemon exits 5; stopped, the first leaves no address and exits 0', async () => {
  using folder = tempFolder()
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  await using daemon = await startDaemon(app)
  assert.equal((await pulih(['daemon', '--dir', app.path])).code, 5)
  const ended = once(daemon.process, 'exit')
  daemon.process.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
  assert.equal(await readPlace(join(app.path, 'backups/.pulih')), null)
})

test("the lines of the protocol's page are understood", () => {
  const page = readFileSync(join(import.meta.dirname, '../../doc/protocol-daemon.md'), 'utf8')
  const lines = page.split('\n').filter((line) => line.startsWith('{"version": 1, "id"'))
  assert.ok(lines.length >= 8)
  for (const line of lines) {
    if (line.includes('"ask"')) parseAsk(line)
    else assert.notEqual(parseAnswer(line), null, line)
  }
})
