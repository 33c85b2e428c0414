import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeArchive, pagesLike } from '../../test/fixture/archive.ts'
import { runModule } from '../../test/fixture/child.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { isPulihError } from '../error.ts'
import { openArchive } from './read.ts'

test('damage inside a database stops its recovery and leaves no file', async () => {
  using folder = tempFolder()
  const made = await makeArchive(folder.path, 'a', { databases: { 'f.db': pagesLike(2000, 1) } })
  const whole = readFileSync(made.path)
  for (const part of [0.1, 0.35, 0.5, 0.8, 0.99]) {
    const bytes = Buffer.from(whole)
    bytes[Math.floor((whole.length - 6000) * part)]! ^= 0x10
    writeFileSync(folder.join('b.zip'), bytes)
    await using reader = await openArchive(folder.join('b.zip'))
    const entry = reader.find('databases/f.db')!
    await assert.rejects(reader.extract(entry, folder.join('out')), { code: 'archive.damaged' })
    await assert.rejects(reader.hash(entry), { code: 'archive.damaged' })
    assert.ok(!existsSync(folder.join('out')))
  }
})

test('right bytes under a wrong recorded hash are refused: recovered-hash', async () => {
  using folder = tempFolder()
  const made = await makeArchive(folder.path, 'a', { files: { a: Buffer.from('x') } })
  // A manifest cannot be forged without its other hashes telling, so the open reader's record is changed.
  await using reader = await openArchive(made.path)
  const record = reader.manifest!.files[0] as { sha256: string }
  record.sha256 = '0'.repeat(64)
  await assert.rejects(
    reader.extract(reader.find('code/a')!, folder.join('out')),
    (error: unknown) => isPulihError(error, 'archive.damaged') && error.facts.kind === 'recovered-hash',
  )
  assert.ok(!existsSync(folder.join('out')))
})

test('folders on the way are made, modes are set as asked, bytes are told', async () => {
  using folder = tempFolder()
  const made = await makeArchive(folder.path, 'a', { files: { 'x/y/z': Buffer.from('x') }, mode: 0o755 })
  await using reader = await openArchive(made.path)
  const entry = reader.find('code/x/y/z')!
  const seen: number[] = []
  const root = folder.join('new', 'root')
  await reader.extract(entry, folder.join('new', 'root', 'x', 'y', 'z'), {
    root,
    mode: 0o600,
    sync: false,
    onBytes: (n) => seen.push(n),
  })
  assert.equal(statSync(folder.join('new', 'root', 'x', 'y', 'z')).mode & 0o777, 0o600)
  assert.deepEqual(seen, [1])
  await assert.rejects(reader.extract(entry, folder.join('no', 'parent')), { code: 'disk.failed' })
})

test('cancelling a recovery removes what was written of it', async () => {
  using folder = tempFolder()
  const made = await makeArchive(folder.path, 'a', { databases: { 'f.db': pagesLike(4000, 1) } })
  await using reader = await openArchive(made.path)
  const abort = new AbortController()
  const options = { signal: abort.signal, onBytes: (bytes: number) => bytes > 2e6 && abort.abort() }
  await assert.rejects(reader.extract(reader.find('databases/f.db')!, folder.join('out'), options), {
    code: 'cancelled',
  })
  assert.ok(!existsSync(folder.join('out')))
})

test('a full disk during recovery is disk.full, and nothing half-written stays', async () => {
  using folder = tempFolder()
  const made = await makeArchive(folder.path, 'a', { databases: { 'f.db': pagesLike(1000, 1) } })
  await using child = runModule(`
    process.on('SIGXFSZ', () => {})
    const { openArchive } = await import('${import.meta.resolve('./read.ts')}')
    const { spawnSync } = await import('node:child_process')
    const reader = await openArchive('${made.path}')
    spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=2000000:2000000'])
    const entry = reader.find('databases/f.db')
    console.log(await reader.extract(entry, '${folder.join('out', 'f.db')}', { root: '${folder.join('out')}' }).catch((error) => error.code))
  `)
  const { stdout, stderr } = await child.end()
  assert.equal(stdout.trim(), 'disk.full', stderr)
  assert.deepEqual(readdirSync(folder.join('out')), [])
})

test('an archive that shrinks while it is read is told as damage, not as a crash', async () => {
  using folder = tempFolder()
  const made = await makeArchive(folder.path, 'a', { databases: { 'f.db': pagesLike(3000, 1) } })
  await using reader = await openArchive(made.path)
  writeFileSync(made.path, readFileSync(made.path).subarray(0, 500_000))
  const found = await reader.readBack()
  assert.ok(
    found.some(({ code, path }) => code === 'entry-hash' && path === 'f.db'),
    JSON.stringify(found),
  )
  await assert.rejects(reader.extract(reader.find('databases/f.db')!, folder.join('out')), {
    code: 'archive.unreadable',
  })
})
