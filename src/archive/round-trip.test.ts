import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { makeArchive, pagesLike } from '../../test/fixture/archive.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { openArchive } from './read.ts'

test('what goes in comes out: bytes, mode, mtime, and nothing is found against it', async () => {
  using folder = tempFolder()
  const database = pagesLike(1000, 1)
  const files = {
    'src/bot.py': Buffer.from('print(1)\n'),
    '.env': Buffer.from('TOKEN=x'),
    'data/ünï 🛡️.txt': Buffer.alloc(0),
  }
  const made = await makeArchive(folder.path, 'backup_manual_20250802_120000', {
    databases: { 'finance_bot.db': database },
    files,
  })
  await using reader = await openArchive(made.path)
  assert.deepEqual(reader.findings, [])
  assert.equal(reader.bytes, made.finished.bytes)
  assert.equal(reader.manifestSha256, made.finished.manifestSha256)
  assert.deepEqual(reader.manifest, JSON.parse(JSON.stringify(made.manifest)))
  assert.deepEqual(await reader.readBack(), [])
  for (const item of reader.items) {
    const target = folder.join('out', item.path)
    const { sha256 } = await reader.extract(item.entry, target, { root: folder.join('out') })
    assert.equal(sha256, item.record?.sha256)
    const expected = item.kind === 'database' ? database : files[item.path as keyof typeof files]
    assert.ok(readFileSync(target).equals(expected))
    assert.equal(statSync(target).mode & 0o777, 0o640)
    assert.equal(statSync(target).mtimeMs, Date.UTC(2025, 7, 2, 5, 0, 0))
  }
  assert.equal(reader.items.length, 4)
})
