import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { openPlain } from '../../src/backend/all.ts'
import { backendSuite, fileOf } from '../../src/backend/backend.suite.ts'
import { type Backend, configFile } from '../../src/backend/backend.ts'
import { sendByFetch } from '../../src/backend/rest/send.ts'
import { S3Backend } from '../../src/backend/s3/s3.ts'
import { isPulihError } from '../../src/error.ts'
import { systemClock } from '../../src/time/clock.ts'
import { BlobIndex } from '../../src/vault/blobs.ts'
import { checkVault } from '../../src/vault/check.ts'
import { pruneVault } from '../../src/vault/prune.ts'
import { Repository } from '../../src/vault/repository.ts'
import { restoreSnapshot } from '../../src/vault/restore.ts'
import { readSnapshots } from '../../src/vault/snapshots.ts'
import { accessKey, secretKey, startCeph } from './vault-ceph.ts'
import { fakeDatabase, foundRepository, password, saveFiles } from './vault-fixture.ts'
import { missing, run, type Server } from './vault-servers.ts'

const skip = missing('radosgw', 'ceph-mon ceph-osd radosgw ceph-common')
let started: Promise<Server> | undefined
let count = 0

function ceph(): Promise<Server> {
  started ??= startCeph()
  return started
}

after(async () => {
  await (await started)?.[Symbol.asyncDispose]()
})

async function open(path = `bucket-${++count}/pre fix`, env: Readonly<Record<string, string>> = {}): Promise<Backend> {
  const server = await ceph()
  return openPlain(`${server.url}/${path}`, { ...server.env, ...env }, '/')
}

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-s3-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

backendSuite('s3 on Ceph RGW', { open, skip })

test('of ten who found a repository at once in S3, one does', { skip }, async () => {
  await using backend = await open('race')
  await backend.create()
  const racers = Array.from({ length: 10 }, (_, at) =>
    backend.put(configFile, Buffer.from(`${at}`), { exclusive: true }),
  )
  const results = await Promise.allSettled(racers)
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  const lost = results.filter((one) => one.status === 'rejected')
  assert.ok(lost.every(({ reason }) => isPulihError(reason, 'backend.exists')))
})

test('more objects than one page are all listed', { skip }, async () => {
  await using backend = await open('pages')
  await backend.create()
  const files = Array.from({ length: 1105 }, () => randomBytes(8))
  for (let at = 0; at < files.length; at += 40)
    await Promise.all(files.slice(at, at + 40).map((bytes) => backend.put(fileOf('index', bytes), bytes)))
  const listed = await Array.fromAsync(backend.list('index'))
  assert.equal(new Set(listed.map(({ name }) => name)).size, 1105)
})

test('wrong keys, a wrong bucket and a wrong clock are told apart', { skip }, async () => {
  const server = await ceph()
  await using wrong = await open('bucket-1', { AWS_SECRET_ACCESS_KEY: 'no' })
  await assert.rejects(Array.fromAsync(wrong.list('keys')), (error) => isPulihError(error, 'backend.denied'))
  await using absent = await open('there-is-no-such-bucket')
  await assert.rejects(Array.fromAsync(absent.list('keys')), (error) => isPulihError(error, 'backend.bucket'))
  const late = new S3Backend({
    place: 's3',
    endpoint: server.url.slice('s3:'.length),
    bucket: 'bucket-1',
    prefix: '',
    region: 'us-east-1',
    virtualHost: false,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: undefined },
    send: (request, signal) => sendByFetch(request, signal),
  })
  const now = Date.now
  Date.now = () => now() - 3_600_000
  const real = globalThis.Date
  class Slow extends real {
    constructor(...args: [] | [number]) {
      super(args.length === 0 ? now() - 3_600_000 : args[0])
    }
  }
  globalThis.Date = Slow as DateConstructor
  try {
    await assert.rejects(Array.fromAsync(late.list('keys')), (error) => isPulihError(error, 'backend.clock'))
  } finally {
    globalThis.Date = real
    Date.now = now
  }
})

test('a vault in S3: saved, checked, pruned and restored by us, checked and restored by restic', {
  skip: skip || missing('restic', 'restic'),
}, async (t) => {
  const server = await ceph()
  const folder = await scratch(t)
  await using backend = await open('vault/bots')
  const repository = await foundRepository(backend)
  const files = { 'finance_bot.db': fakeDatabase(800, 1), '.env': Buffer.from('A=1\n') }
  await saveFiles(repository, { 'finance_bot.db': fakeDatabase(800, 2) }, { time: '2025-01-01T00:00:00Z' })
  await saveFiles(repository, files)
  const env = { ...process.env, ...server.env, RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: join(folder, 'cache') }
  await run('restic', ['-r', `${server.url}/vault/bots`, 'check', '--read-data'], { env })
  await run('restic', ['-r', `${server.url}/vault/bots`, 'restore', 'latest', '--target', join(folder, 'theirs')], {
    env,
  })
  assert.ok(files['finance_bot.db'].equals(await readFile(join(folder, 'theirs', 'finance_bot.db'))))
  await pruneVault(repository, { clock: systemClock, forget: (all) => all.slice(1) })
  assert.deepEqual((await checkVault(repository, { data: 'all' })).problems, [])
  await run('restic', ['-r', `${server.url}/vault/bots`, 'check', '--read-data'], { env })
  const again = await Repository.open(backend, password)
  const [latest] = await readSnapshots(again)
  await restoreSnapshot(again, await BlobIndex.load(again), latest!, join(folder, 'ours'))
  assert.ok(files['finance_bot.db'].equals(await readFile(join(folder, 'ours', 'finance_bot.db'))))
})
