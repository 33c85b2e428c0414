import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { type ArchiveContent, type MadeArchive, makeArchive, pagesLike } from '../../test/fixture/archive.ts'
import { runModule } from '../../test/fixture/child.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { Draft } from '../disk/draft.ts'
import { PulihError } from '../error.ts'
import { openArchive } from './read.ts'
import { ArchiveWriter } from './write.ts'

const meta = { mtimeMs: Date.UTC(2025, 7, 2), mode: 0o644 }

test('unsafe names are refused when writing, before a byte is written', async () => {
  using folder = tempFolder()
  await using draft = await Draft.open(folder.path, 'a.zip')
  await using writer = await ArchiveWriter.create(draft, {})
  for (const name of [
    'code/../x',
    '/x',
    'code\\x',
    'code/a\0',
    'code/',
    'code/a//b',
    'code/\ufffd',
    'C:x',
    'code/\ud800',
  ]) {
    await assert.rejects(writer.addFile(name, Buffer.from('x'), meta), { code: 'archive.unsafe-name' }, name)
  }
  assert.equal(statSync(draft.path).size, 0)
})

test('a manifest that does not name exactly what was written is a bug, not an archive', async () => {
  using folder = tempFolder()
  const files = { a: Buffer.from('x'), b: Buffer.from('y') }
  const shorter: ArchiveContent['change'] = (manifest) => ({ ...manifest, files: manifest.files.slice(1) })
  const other: ArchiveContent['change'] = (manifest) => ({
    ...manifest,
    files: manifest.files.map((one) => ({ ...one, sha256: '0' })),
  })
  await assert.rejects(makeArchive(folder.path, 'a', { files, change: shorter }), { code: 'bug' })
  await assert.rejects(makeArchive(folder.path, 'a', { files, change: other }), { code: 'bug' })
  assert.deepEqual(readdirSync(folder.join('drafts')), [])
})

test('a large file is streamed and comes back; what deflate cannot shrink is stored', async () => {
  using folder = tempFolder()
  const large = pagesLike(1200, 1)
  writeFileSync(folder.join('large.bin'), large)
  writeFileSync(folder.join('small.txt'), 'a'.repeat(5000))
  const files = {
    'large.bin': folder.join('large.bin'),
    'small.txt': folder.join('small.txt'),
    'x.png': pagesLike(1, 1).subarray(3000, 4000),
  }
  const made = await makeArchive(folder.path, 'a', { files })
  await using reader = await openArchive(made.path)
  assert.deepEqual(await reader.readBack(), [])
  assert.deepEqual(
    reader.items.map(({ entry }) => entry.method),
    [8, 8, 0],
  )
  assert.equal(made.written.get('large.bin')?.blocks, null)
  await reader.extract(reader.find('code/large.bin')!, folder.join('out'))
  assert.ok(readFileSync(folder.join('out')).equals(large))
})

test('a source that cannot be read leaves no trace: the archive goes on without it', async () => {
  using folder = tempFolder()
  const reader = await archiveAround(folder.path, async (writer) => {
    mkdirSync(folder.join('dir'))
    spawnSync('mkfifo', [folder.join('pipe')])
    for (const path of ['none', 'dir', 'pipe']) {
      await assert.rejects(writer.addFile(`code/${path}`, folder.join(path), meta), { code: 'disk.failed' }, path)
    }
    await assert.rejects(writer.addDatabase('databases/d', folder.join('none'), meta, null), { code: 'disk.failed' })
  })
  await using _ = reader
  assert.deepEqual(await reader.readBack(), [])
})

test('cancelling stops between pieces, with the code that says so', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('f'), pagesLike(3000, 1))
  for (const reason of [new PulihError('cancelled'), new Error('SIGINT')]) {
    const abort = new AbortController()
    await using draft = await Draft.open(folder.path, 'a.zip')
    await using writer = await ArchiveWriter.create(draft, { signal: abort.signal })
    const seen: number[] = []
    const adding = writer.addDatabase('databases/f', folder.join('f'), meta, null, (bytes) => {
      seen.push(bytes)
      if (bytes >= 2 ** 21) abort.abort(reason)
    })
    await assert.rejects(adding, { code: 'cancelled' })
    assert.deepEqual(seen, [2 ** 20, 2 ** 21])
    await assert.rejects(ArchiveWriter.create(draft, { signal: abort.signal }), { code: 'cancelled' })
  }
})

test('a full disk while writing is disk.full, leaves no draft, and the process lives on', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('f'), pagesLike(3000, 1))
  for (const limit of [0, 4096, 1_000_000, 3_000_000]) {
    await using child = runModule(`
      process.on('SIGXFSZ', () => {})
      const { makeArchive } = await import('${import.meta.resolve('../../test/fixture/archive.ts')}')
      const { spawnSync } = await import('node:child_process')
      spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=${limit}:${limit}'])
      const content = { databases: { 'f.db': '${folder.join('f')}' }, files: { a: Buffer.alloc(100) } }
      console.log(await makeArchive('${folder.path}', 'a', content).catch((error) => error.code))
    `)
    const { stdout, stderr } = await child.end()
    assert.equal(stdout.trim(), 'disk.full', stderr)
    assert.deepEqual(readdirSync(folder.join('drafts')), [])
  }
})

/** An archive of two files, with `between` called between them. */
async function archiveAround(folder: string, between: (writer: ArchiveWriter) => Promise<void>) {
  const { manifest, path } = await makeArchive(folder, 'model', {
    files: { a: Buffer.from('first'), b: Buffer.from('second') },
    ...meta,
  })
  await using draft = await Draft.open(folder, 'x.zip')
  await using writer = await ArchiveWriter.create(draft, {})
  await writer.addFile('code/a', Buffer.from('first'), meta)
  await between(writer)
  await writer.addFile('code/b', Buffer.from('second'), meta)
  await writer.finish(manifest as MadeArchive['manifest'])
  await draft.commit(`${path}.2`)
  return await openArchive(`${path}.2`)
}
