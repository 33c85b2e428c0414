import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { makeArchive } from '../../test/fixture/archive.ts'
import { requireTool } from '../../test/fixture/peer.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { openArchive } from './read.ts'

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e9 })
  assert.equal(status, 0, `${command}: ${stdout.slice(-2000)}${stderr}`)
  return stdout
}

const count = `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(len(z.infolist()), sum(i.file_size for i in z.infolist() if i.filename.startswith(('code/', 'databases/'))))`

test('more than 65,535 entries need zip64 and are read by everybody', async (t) => {
  if (!requireTool(t, 'unzip') || !requireTool(t, '7z') || !requireTool(t, 'python3')) return
  using folder = tempFolder()
  const files = Object.fromEntries(Array.from({ length: 66_000 }, (_, n) => [`d${n % 100}/f${n}`, Buffer.from(`${n}`)]))
  const { path } = await makeArchive(folder.path, 'many', { files })
  await using reader = await openArchive(path)
  assert.deepEqual(await reader.readBack(), [])
  assert.equal(reader.entries.length, 66_002)
  assert.match(run('unzip', ['-tq', path]), /No errors detected/)
  assert.match(run('7z', ['t', path]), /Everything is Ok/)
  assert.match(run('python3', ['-c', count, path]), /^66002 /)
})

test('an entry over 4 GiB, and entries behind 4 GiB, come back through every tool, in bounded memory', async (t) => {
  if (!requireTool(t, 'unzip') || !requireTool(t, '7z') || !requireTool(t, 'python3')) return
  using folder = tempFolder()
  const bytes = 2 ** 32 + 300_000
  const file = openSync(folder.join('zeros'), 'w')
  ftruncateSync(file, bytes)
  writeSync(file, 'near the end', bytes - 20)
  closeSync(file)
  let peak = 0
  const before = process.memoryUsage.rss()
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20)
  const { path } = await makeArchive(folder.path, 'huge', {
    databases: { 'f.db': folder.join('zeros') },
    files: { a: Buffer.from('a') },
  })
  await using reader = await openArchive(path)
  assert.deepEqual(await reader.readBack(), [])
  const entry = reader.find('databases/f.db')!
  assert.equal(entry.bytes, bytes)
  assert.equal((await reader.hash(entry)).sha256, reader.record(entry)?.sha256)
  clearInterval(watch)
  assert.ok(peak - before < 250e6, `${peak - before} bytes more`)
  assert.match(run('unzip', ['-tq', path]), /No errors detected/)
  assert.match(run('7z', ['t', path]), /Everything is Ok/)
  assert.match(run('python3', ['-c', count, path]), new RegExp(`^4 ${bytes + 1}`))
})

test('entries behind 4 GiB of stored bytes are found again', async (t) => {
  if (!requireTool(t, 'unzip') || !requireTool(t, 'python3')) return
  using folder = tempFolder()
  // Noise does not compress, so the archive itself passes 4 GiB; one block of it, again and again, is enough.
  const bytes = 2 ** 32 + 2 ** 20
  const noise = Buffer.from(Array.from({ length: 2 ** 20 }, () => Math.random() * 256))
  const file = openSync(folder.join('noise'), 'w')
  for (let at = 0; at < bytes; at += noise.length) writeSync(file, noise, 0, noise.length, at)
  closeSync(file)
  const { path } = await makeArchive(folder.path, 'far', {
    databases: { 'f.db': folder.join('noise') },
    files: { a: Buffer.from('a') },
  })
  assert.ok(statSync(path).size > 2 ** 32)
  await using reader = await openArchive(path)
  assert.deepEqual(await reader.readBack(), [])
  assert.equal((await reader.hash(reader.find('code/a')!)).sha256, reader.record(reader.find('code/a')!)?.sha256)
  assert.match(run('unzip', ['-tq', path, 'code/a']), /No errors detected/)
  assert.match(run('python3', ['-c', count, path]), new RegExp(`^4 ${bytes + 1}`))
})
