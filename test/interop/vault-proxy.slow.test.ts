import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPlain } from '../../src/backend/all.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { RetryingBackend } from '../../src/backend/wrap/retry.ts'
import { isPulihError } from '../../src/error.ts'
import { type Clock, systemClock } from '../../src/time/clock.ts'
import { BlobIndex } from '../../src/vault/blobs.ts'
import { checkVault } from '../../src/vault/check.ts'
import { Repository } from '../../src/vault/repository.ts'
import { restoreSnapshot } from '../../src/vault/restore.ts'
import { readSnapshots } from '../../src/vault/snapshots.ts'
import { fakeDatabase, foundRepository, password, saveFiles } from './vault-fixture.ts'
import { freePort, missing, startRestServer } from './vault-servers.ts'

const skip = missing('rclone', 'rclone')
const quick: Clock = { ...systemClock, sleep: (ms) => systemClock.sleep(Math.min(ms, 5)) }

type Mischief = 'cut' | 'delay' | 'truncate' | '503' | 'lie' | 'lost answer'
const kinds: readonly Mischief[] = ['cut', 'delay', 'truncate', '503', 'lie', 'lost answer']

/** A proxy that does one thing wrong with the requests `when` names. */
async function startProxy(target: string, kind: Mischief, when: (count: number, method: string) => boolean) {
  const upstream = new URL(target)
  const port = await freePort()
  let count = 0
  const server = createServer((incoming, outgoing) => {
    const hit = when(++count, incoming.method ?? '')
    handle(incoming, outgoing, upstream, hit ? kind : null).catch(() => outgoing.destroy())
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `rest:http://127.0.0.1:${port}/`, count: () => count, [Symbol.asyncDispose]: close }
}

async function handle(incoming: IncomingMessage, outgoing: ServerResponse, upstream: URL, mischief: Mischief | null) {
  if (mischief === 'cut') return void incoming.socket.destroy()
  const body = Buffer.concat(await incoming.toArray())
  if (mischief === '503') return void outgoing.writeHead(503).end('try later')
  if (mischief === 'lie') return void outgoing.writeHead(200, { 'content-length': '2' }).end('[]')
  if (mischief === 'delay') await systemClock.sleep(120)
  const { method = 'GET', url = '/', headers } = incoming
  const forwarded = request({ host: upstream.hostname, port: upstream.port, path: url, method, headers })
  forwarded.end(mischief === 'truncate' && method === 'POST' ? Buffer.alloc(body.length, 1) : body)
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage]
  const answered = Buffer.concat(await answer.toArray())
  if (mischief === 'lost answer') return void incoming.socket.destroy()
  outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
  if (mischief !== 'truncate' || answered.length < 2) return void outgoing.end(method === 'HEAD' ? undefined : answered)
  outgoing.write(answered.subarray(0, answered.length >> 1))
  await systemClock.sleep(5)
  outgoing.destroy()
}

const first = { 'finance_bot.db': fakeDatabase(20, 1), '.env': Buffer.from('a') }
const second = { ...first, 'finance_bot.db': fakeDatabase(20, 2) }

async function open(url: string): Promise<Backend> {
  return new RetryingBackend(await openPlain(url, {}, '/'), { clock: quick, tries: 3 })
}

async function assertRestores(backend: Backend): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-proxy-'))
  const repository = await Repository.open(backend, password)
  const [latest] = await readSnapshots(repository)
  await restoreSnapshot(repository, await BlobIndex.load(repository), latest!, join(folder, 'out'))
  await rm(folder, { recursive: true })
}

for (const kind of kinds) {
  test(`one request in turn meets "${kind}": nothing half-made is listed, and it is retried or reported`, {
    skip,
  }, async () => {
    for (let at = 1; ; at++) {
      await using server = await startRestServer()
      await using direct = await open(server.url)
      await saveFiles(await foundRepository(direct), first)
      await using proxy = await startProxy(server.url.slice('rest:'.length), kind, (count) => count === at)
      await using through = await open(proxy.url)
      let failure: unknown = null
      try {
        await saveFiles(await Repository.open(through, password), second, { time: '2026-02-01T00:00:00Z' })
      } catch (error) {
        failure = error
      }
      if (proxy.count() < at) return
      const title = `${kind} at request ${at}`
      assert.ok(failure === null || isPulihError(failure), `${title}: ${failure}`)
      const repository = await Repository.open(direct, password)
      assert.equal((await readSnapshots(repository)).length, failure === null ? 2 : 1, title)
      const { problems } = await checkVault(repository, { data: 'all' })
      assert.deepEqual(problems, [], title)
      await assertRestores(direct)
    }
  })
}

for (const kind of ['lie', '503', 'cut'] as const) {
  test(`a server that answers every upload with "${kind}" is reported, and nothing is listed`, { skip }, async () => {
    await using server = await startRestServer()
    await using direct = await open(server.url)
    await saveFiles(await foundRepository(direct), first)
    await using proxy = await startProxy(server.url.slice('rest:'.length), kind, (_count, method) => method === 'POST')
    await using through = await open(proxy.url)
    const save = async () => saveFiles(await Repository.open(through, password), second)
    const code = kind === 'lie' ? 'backend.unkept' : kind === '503' ? 'backend.failed' : 'backend.unreachable'
    await assert.rejects(save(), (error) => isPulihError(error, code))
    const repository = await Repository.open(direct, password)
    assert.equal((await readSnapshots(repository)).length, 1)
    assert.deepEqual((await checkVault(repository, { data: 'all' })).problems, [])
  })
}
