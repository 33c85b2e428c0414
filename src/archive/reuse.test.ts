import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import { makeArchive, pagesLike } from '../../test/fixture/archive.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { Draft } from '../disk/draft.ts'
import { isPulihError } from '../error.ts'
import { blockBytes } from '../format/zip/deflate-blocks.ts'
import { type ArchiveReader, openArchive } from './read.ts'
import { ArchiveWriter } from './write.ts'

/** Turns one stored bit of an entry, in the middle of its data. */
function damage(reader: ArchiveReader, name: string): void {
  const entry = reader.entries.find((one) => one.name === name)!
  const at = entry.dataOffset! + (entry.storedBytes >> 1)
  const byte = readFileSync(reader.path)[at]!
  const file = openSync(reader.path, 'r+')
  writeSync(file, Buffer.of(byte ^ 4), 0, 1, at)
  closeSync(file)
}

async function storedBytes(reader: ArchiveReader, name: string): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of reader.readStored(reader.find(name)!)) parts.push(part)
  return Buffer.concat(parts)
}

test('only changed blocks are compressed again, and the result is one ordinary deflate stream', async () => {
  using folder = tempFolder()
  const first = pagesLike(3000, 1)
  const a = await makeArchive(folder.path, 'a', { databases: { 'f.db': first } })
  const second = Buffer.concat([first, pagesLike(20, 2)])
  for (const block of [0, 7, 8, 100]) second[block * blockBytes + 5000]! ^= 1
  await using reader = await openArchive(a.path)
  const b = await makeArchive(folder.path, 'b', { databases: { 'f.db': second }, reuse: reader })
  const blocks = Math.ceil(second.length / blockBytes)
  // The last block of the first one was short, so it changed too; the rest is new.
  assert.equal(b.written.get('f.db')?.copiedBlocks, Math.floor(first.length / blockBytes) - 4)
  await using again = await openArchive(b.path)
  assert.deepEqual(await again.readBack(), [])
  assert.ok(inflateRawSync(await storedBytes(again, 'databases/f.db')).equals(second))
  assert.equal(Buffer.from(b.manifest.databases[0]!.blocks.lengths, 'base64').length, blocks * 4)
  await again.extract(again.find('databases/f.db')!, folder.join('out.db'))
  assert.ok(readFileSync(folder.join('out.db')).equals(second))
})

test('blocks that moved are found by their content', async () => {
  using folder = tempFolder()
  const [x, y] = [pagesLike(160, 1), pagesLike(320, 2)]
  const a = await makeArchive(folder.path, 'a', { databases: { 'f.db': Buffer.concat([x, y]) } })
  await using reader = await openArchive(a.path)
  const b = await makeArchive(folder.path, 'b', { databases: { 'f.db': Buffer.concat([y, x, y]) }, reuse: reader })
  assert.equal(b.written.get('f.db')?.copiedBlocks, 50)
  await using again = await openArchive(b.path)
  await again.extract(again.find('databases/f.db')!, folder.join('out.db'))
  assert.ok(readFileSync(folder.join('out.db')).equals(Buffer.concat([y, x, y])))
})

test('a damaged earlier entry lends no block, so damage is never carried on', async () => {
  using folder = tempFolder()
  const a = await makeArchive(folder.path, 'a', { databases: { 'f.db': pagesLike(500, 1), 'g.db': pagesLike(100, 2) } })
  await using reader = await openArchive(a.path)
  damage(reader, 'databases/f.db')
  assert.equal(await reader.blockSource('f.db'), null)
  assert.notEqual(await reader.blockSource('g.db'), null)
  assert.equal(await reader.blockSource('none.db'), null)
})

test('nothing changed: every entry is copied as it lies, databases with their blocks', async () => {
  using folder = tempFolder()
  const files = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`src/m${n}.py`, Buffer.from(`${n}`.repeat(n * 9))]),
  )
  const a = await makeArchive(folder.path, 'a', { databases: { 'f.db': pagesLike(800, 1) }, files })
  await using reader = await openArchive(a.path)
  const b = await makeArchive(folder.path, 'b', { databases: { 'f.db': '' }, files, copy: reader })
  await using copy = await openArchive(b.path)
  assert.deepEqual(await copy.readBack(), [])
  assert.deepEqual(
    b.manifest.databases.map(({ blocks, stored }) => [blocks, stored]),
    a.manifest.databases.map(({ blocks, stored }) => [blocks, stored]),
  )
  assert.deepEqual(b.manifest.files, a.manifest.files)
})

test('copying a damaged entry fails, and the archive goes on as if it had not been tried', async () => {
  using folder = tempFolder()
  const data = pagesLike(2000, 1)
  const a = await makeArchive(folder.path, 'a', { databases: { 'f.db': data } })
  await using reader = await openArchive(a.path)
  damage(reader, 'databases/f.db')
  {
    await using draft = await Draft.open(folder.join('drafts'), 'b.zip')
    await using writer = await ArchiveWriter.create(draft, {})
    await assert.rejects(
      writer.copyEntry('databases/f.db', reader, reader.find('databases/f.db')!),
      (error: unknown) => isPulihError(error, 'archive.damaged') && error.facts.kind === 'entry-hash',
    )
    await writer.finish({ ...a.manifest, databases: [] })
    await draft.commit(folder.join('b.zip'))
  }
  await using b = await openArchive(folder.join('b.zip'))
  assert.deepEqual(await b.readBack(), [])
})
