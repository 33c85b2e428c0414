import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openPlain } from '../../src/backend/all.ts'
import type { Backend } from '../../src/backend/backend.ts'
import { LocalBackend } from '../../src/backend/local/local.ts'
import { isPulihError } from '../../src/error.ts'
import { systemClock } from '../../src/time/clock.ts'
import { BlobIndex } from '../../src/vault/blobs.ts'
import { checkVault } from '../../src/vault/check.ts'
import { unlock, VaultLock } from '../../src/vault/lock.ts'
import { pruneVault } from '../../src/vault/prune.ts'
import { Repository } from '../../src/vault/repository.ts'
import { restoreSnapshot } from '../../src/vault/restore.ts'
import { findSnapshot, readSnapshots } from '../../src/vault/snapshots.ts'
import { fakeDatabase, foundRepository, password, saveFiles } from './vault-fixture.ts'
import { missing, run, startRestServer, startSshd } from './vault-servers.ts'

const skip = missing('restic', 'restic')

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-interop-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Stock restic with its cache aside; throws with its own words when it fails. */
async function restic(repository: string, args: readonly string[], options: { cwd?: string; env?: object } = {}) {
  const env = {
    ...process.env,
    RESTIC_PASSWORD: password,
    RESTIC_CACHE_DIR: join(tmpdir(), 'pulih-restic-cache'),
    ...options.env,
  }
  const { stdout } = await run('restic', ['-r', repository, ...args], {
    env,
    maxBuffer: 64 << 20,
    ...(options.cwd ? { cwd: options.cwd } : {}),
  })
  return stdout
}

const files = {
  'finance_bot.db': fakeDatabase(300, 1),
  'src/bot.py': Buffer.from('print(1)\n'.repeat(3)),
  'src/an odd <name> & "more" ü.txt': Buffer.from('x'),
  '.env': Buffer.from('TOKEN=1\n'),
  'empty.log': Buffer.alloc(0),
}

async function assertFiles(folder: string): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) assert.ok(bytes.equals(await readFile(join(folder, path))), path)
}

async function restoreWithOurs(backend: Backend, wanted: string, to: string) {
  const repository = await Repository.open(backend, password)
  const snapshot = findSnapshot(await readSnapshots(repository), wanted)
  return restoreSnapshot(repository, await BlobIndex.load(repository), snapshot, to)
}

async function checkOurs(backend: Backend): Promise<void> {
  const { problems } = await checkVault(await Repository.open(backend, password), { data: 'all' })
  assert.deepEqual(problems, [])
}

test('restic checks, lists and restores byte-equal what we wrote', { skip }, async (t) => {
  const folder = await scratch(t)
  const place = join(folder, 'vault')
  const repository = await foundRepository(new LocalBackend(place))
  await saveFiles(repository, files, { tags: ['pulih', 'name:one'] })
  await saveFiles(repository, { ...files, 'finance_bot.db': fakeDatabase(300, 2) }, { time: '2026-01-03T00:00:00Z' })
  await restic(place, ['check', '--read-data'])
  const listed = JSON.parse(await restic(place, ['snapshots', '--json'])) as readonly Record<string, unknown>[]
  assert.equal(listed.length, 2)
  assert.equal(listed[0]?.hostname, 'server')
  await restic(place, ['restore', '--tag', 'pulih', 'latest', '--target', join(folder, 'out')])
  await assertFiles(join(folder, 'out'))
  assert.equal((await lstat(join(folder, 'out', '.env'))).mode & 0o777, 0o640)
  assert.match(await restic(place, ['dump', '--tag', 'pulih', 'latest', '/src/bot.py']), /^print/)
})

test('a repository of ours takes backups by restic, and neither disturbs the other', { skip }, async (t) => {
  const folder = await scratch(t)
  const place = join(folder, 'vault')
  const backend = new LocalBackend(place)
  await saveFiles(await foundRepository(backend), files)
  await mkdir(join(folder, 'other'))
  await writeFile(join(folder, 'other', 'a.txt'), 'by restic')
  await restic(place, ['backup', '--host', 'other', '.'], { cwd: join(folder, 'other') })
  await saveFiles(await Repository.open(backend, password), files, { time: '2026-02-01T00:00:00Z' })
  await checkOurs(backend)
  await restic(place, ['check', '--read-data'])
  await restic(place, ['key', 'list'])
  assert.equal((await readSnapshots(await Repository.open(backend, password))).length, 3)
})

/** Odd names, links, pipes, set-id, invalid UTF-8. */
async function makeOddTree(folder: string): Promise<void> {
  await mkdir(join(folder, 'deep/er'), { recursive: true })
  for (const name of ['a<b>&c', 'na"me', 'back\\slash', 'ta\tb', 'nl\nx', 'nb\u00a0sp', '\u{1f600}', 'bom\ufeff'])
    await writeFile(join(folder, name), name)
  await writeFile(Buffer.concat([Buffer.from(`${folder}/latin`), Buffer.from([0xe9])]), 'latin')
  await writeFile(join(folder, 'deep/er/finance.db'), fakeDatabase(700, 5))
  await writeFile(join(folder, 'run.sh'), 'exit', { mode: 0o755 })
  await symlink('deep/er/finance.db', join(folder, 'link'))
  await symlink('/nowhere', join(folder, 'dangling'))
  await run('mkfifo', [join(folder, 'pipe')])
}

async function compareTrees(a: string, b: string): Promise<void> {
  // Bytes as Latin-1: Node 24 cannot walk a tree by Buffers. Only files here have names beyond ASCII.
  const names = (await readdir(a, { recursive: true, encoding: 'latin1' }))
    .filter((name) => name !== 'pipe')
    .map((name) => Buffer.from(name, 'latin1'))
  assert.ok(names.length > 12)
  for (const name of names) {
    const [left, right] = [a, b].map((root) => Buffer.concat([Buffer.from(`${root}/`), name])) as [Buffer, Buffer]
    const [one, other] = [await lstat(left), await lstat(right)]
    assert.deepEqual(
      [one.mode, one.uid, one.size],
      [other.mode, other.uid, one.isDirectory() ? one.size : other.size],
      name.toString(),
    )
    if (!one.isDirectory()) assert.ok(Math.abs(one.mtimeMs - other.mtimeMs) < 1, name.toString())
    if (one.isSymbolicLink()) assert.equal(await readlink(left, 'utf8'), await readlink(right, 'utf8'))
    if (one.isFile()) assert.ok((await readFile(left)).equals(await readFile(right)), name.toString())
  }
}

for (const version of ['1', '2']) {
  test(`we list, check and restore what restic wrote in version ${version}`, { skip }, async (t) => {
    const folder = await scratch(t)
    const [place, app] = [join(folder, 'vault'), join(folder, 'app')]
    await mkdir(app)
    await makeOddTree(app)
    await restic(place, ['init', '--repository-version', version])
    await restic(place, ['backup', '.'], { cwd: app })
    await writeFile(join(app, 'deep/er/finance.db'), fakeDatabase(710, 6))
    await restic(place, ['backup', '.'], { cwd: app })
    const backend = new LocalBackend(place)
    await checkOurs(backend)
    const result = await restoreWithOurs(backend, 'latest', join(folder, 'out'))
    assert.deepEqual(result.skipped, ['pipe'])
    assert.equal(result.verified, false)
    await compareTrees(app, join(folder, 'out'))
    await saveFiles(await Repository.open(backend, password), files)
    await restic(place, ['check', '--read-data'])
  })
}

test('restic forgets, we prune; we forget, restic prunes; each checks the other', { skip }, async (t) => {
  const folder = await scratch(t)
  const place = join(folder, 'vault')
  const backend = new LocalBackend(place)
  const repository = await foundRepository(backend)
  for (let day = 1; day <= 6; day++)
    await saveFiles(repository, { 'finance_bot.db': fakeDatabase(120, day) }, { time: `2026-01-0${day}T00:00:00Z` })
  await restic(place, ['forget', '--keep-last', '4'])
  const pruned = await pruneVault(repository, { clock: systemClock, forget: () => [] })
  assert.ok(pruned.freedBytes > 100_000)
  await restic(place, ['check', '--read-data'])
  await restic(place, ['forget', '--keep-last', '2', '--prune', '--max-unused', '0'])
  await checkOurs(backend)
  await pruneVault(repository, { clock: systemClock, forget: (all) => all.slice(1) })
  await restic(place, ['check', '--read-data'])
  const out = join(folder, 'out')
  await restoreWithOurs(backend, 'latest', out)
  assert.ok(fakeDatabase(120, 6).equals(await readFile(join(out, 'finance_bot.db'))))
})

test('a running restic backup keeps our prune out and lets our save in; our exclusive lock keeps restic out', {
  skip,
}, async (t) => {
  const folder = await scratch(t)
  const place = join(folder, 'vault')
  const backend = new LocalBackend(place)
  const repository = await foundRepository(backend)
  await saveFiles(repository, files)
  const env = { ...process.env, RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: join(folder, 'cache') }
  const child = spawn('restic', ['-r', place, 'backup', '--stdin'], { env, stdio: ['pipe', 'ignore', 'ignore'] })
  t.after(() => child.kill('SIGKILL'))
  while ((await Array.fromAsync(backend.list('locks'))).length === 0) await systemClock.sleep(50)
  const busy = (error: unknown) => isPulihError(error, 'vault.busy')
  await assert.rejects(pruneVault(repository, { clock: systemClock, forget: () => [] }), busy)
  {
    await using _lock = await VaultLock.acquire(repository, { exclusive: false, clock: systemClock })
    await saveFiles(repository, files, { time: '2026-02-01T00:00:00Z' })
  }
  child.stdin.end('done')
  await once(child, 'exit')
  {
    await using _lock = await VaultLock.acquire(repository, { exclusive: true, clock: systemClock })
    await assert.rejects(restic(place, ['backup', folder, '--exclude', place]), /locked/)
  }
  await restic(place, ['check', '--read-data'])
  assert.equal((await readSnapshots(repository)).length, 3)
})

test('a killed restic leaves its lock standing for us until unlock; a killed pulih leaves none that matters', {
  skip,
}, async (t) => {
  const folder = await scratch(t)
  const place = join(folder, 'vault')
  const backend = new LocalBackend(place)
  const repository = await foundRepository(backend)
  await saveFiles(repository, files)
  const env = { ...process.env, RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: join(folder, 'cache') }
  const child = spawn('restic', ['-r', place, 'backup', '--stdin'], { env, stdio: ['pipe', 'ignore', 'ignore'] })
  while ((await Array.fromAsync(backend.list('locks'))).length === 0) await systemClock.sleep(50)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const exclusive = { exclusive: true, clock: systemClock }
  await assert.rejects(VaultLock.acquire(repository, exclusive), (error) => isPulihError(error, 'vault.busy'))
  assert.equal((await unlock(repository, { all: false, nowMs: Date.now() })).removed, 1)
  const script = `
    import { LocalBackend } from ${JSON.stringify(join(import.meta.dirname, '../../src/backend/local/local.ts'))}
    import { Repository } from ${JSON.stringify(join(import.meta.dirname, '../../src/vault/repository.ts'))}
    import { VaultLock } from ${JSON.stringify(join(import.meta.dirname, '../../src/vault/lock.ts'))}
    import { systemClock } from ${JSON.stringify(join(import.meta.dirname, '../../src/time/clock.ts'))}
    const repository = await Repository.open(new LocalBackend(${JSON.stringify(place)}), ${JSON.stringify(password)})
    await VaultLock.acquire(repository, { exclusive: true, clock: systemClock })
    process.kill(process.pid, 'SIGKILL')`
  await assert.rejects(run(process.execPath, ['--input-type=module-typescript', '-e', script]))
  assert.equal((await Array.fromAsync(backend.list('locks'))).length, 1)
  await using lock = await VaultLock.acquire(repository, exclusive)
  assert.equal(lock.signal.aborted, false)
})

test('over SFTP with a real sshd restic reads what we wrote; an unknown and a changed host key stop us', {
  skip: skip || missing('sshd', 'openssh-server'),
}, async (t) => {
  await using server = await startSshd()
  const folder = await scratch(t)
  await using backend = await openPlain(server.url, server.env, '/')
  await saveFiles(await foundRepository(backend), files)
  await checkOurs(backend)
  await restic(join(server.folder, 'repository'), ['check', '--read-data'])
  await restoreWithOurs(backend, 'latest', join(folder, 'out'))
  await assertFiles(join(folder, 'out'))
  const refused = async (lines: string, state: string) => {
    const list = join(folder, `known-${state}`)
    await writeFile(list, lines)
    await using other = await openPlain(server.url, { ...server.env, PULIH_SFTP_KNOWN_HOSTS: list }, '/')
    await assert.rejects(
      other.create(),
      (error) => isPulihError(error, 'backend.host-key') && error.facts.state === state,
    )
  }
  await refused('', 'unknown')
  const user = (await readFile(join(server.folder, 'user.pub'), 'utf8')).split(' ').slice(0, 2).join(' ')
  await refused(`[127.0.0.1]:${server.port} ${user}\n`, 'changed')
})

test('over restic’s REST protocol both sides read each other', {
  skip: skip || missing('rclone', 'rclone'),
}, async (t) => {
  await using server = await startRestServer()
  const folder = await scratch(t)
  await using backend = await openPlain(server.url, {}, '/')
  await saveFiles(await foundRepository(backend), files)
  await restic(server.url, ['check', '--read-data'])
  await cp(join(import.meta.dirname, 'vault-fixture.ts'), join(folder, 'x', 'a.ts'))
  await restic(server.url, ['backup', '.'], { cwd: join(folder, 'x') })
  await checkOurs(backend)
  await restoreWithOurs(backend, 'latest', join(folder, 'out'))
  assert.deepEqual(await readdir(join(folder, 'out')), ['a.ts'])
})

test('an append-only server lets us save and keeps us from pruning', {
  skip: missing('rclone', 'rclone'),
}, async () => {
  await using server = await startRestServer(['--append-only'])
  await using backend = await openPlain(server.url, {}, '/')
  const repository = await foundRepository(backend)
  await saveFiles(repository, files)
  await saveFiles(repository, { 'a.db': fakeDatabase(9, 3) }, { time: '2025-01-01T00:00:00Z' })
  const forget = (all: Awaited<ReturnType<typeof readSnapshots>>) => all.slice(1)
  await assert.rejects(pruneVault(repository, { clock: systemClock, forget }), (error) =>
    isPulihError(error, 'backend.denied'),
  )
  assert.equal((await readSnapshots(repository)).length, 2)
  assert.deepEqual(await Array.fromAsync(backend.list('locks')), [])
})
