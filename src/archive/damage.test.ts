import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeArchive, pagesLike } from '../../test/fixture/archive.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { isPulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'
import { findingOf } from './damage.ts'
import { openArchive } from './read.ts'

async function small(folder: string): Promise<Buffer> {
  const files = {
    'src/bot.py': Buffer.from('print(1)\n'.repeat(50)),
    '.env': Buffer.from('TOKEN=x'),
    empty: Buffer.alloc(0),
  }
  const { path } = await makeArchive(folder, 'whole', { databases: { 'f.db': pagesLike(40, 1) }, files })
  return readFileSync(path)
}

/** Everything that opening and reading back says about these bytes. */
async function findingsOf(path: string, bytes: Uint8Array): Promise<readonly Finding[]> {
  writeFileSync(path, bytes)
  try {
    await using reader = await openArchive(path)
    return await reader.readBack()
  } catch (error) {
    const finding = findingOf(error, null)
    if (finding === null) throw error
    return [finding]
  }
}

/** A fixed sequence of numbers below 1. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

test('one turned bit anywhere in an archive is always found', async () => {
  using folder = tempFolder()
  const whole = await small(folder.path)
  const next = sequence(7)
  const positions = new Set(Array.from({ length: 400 }, () => Math.floor(next() * whole.length)))
  // The last part holds headers, manifest, directory and end close together: look at it more closely.
  for (let index = 0; index < 800; index++) positions.add(whole.length - 1 - Math.floor(next() * 3000))
  for (const position of positions) {
    const bytes = Buffer.from(whole)
    bytes[position]! ^= 1 << Math.floor(next() * 8)
    const found = await findingsOf(folder.join('a.zip'), bytes)
    assert.notDeepEqual(found, [], `byte ${position} of ${whole.length}`)
  }
  assert.deepEqual(await findingsOf(folder.join('a.zip'), whole), [])
})

test('an archive cut off anywhere is never taken for one', async () => {
  using folder = tempFolder()
  const whole = await small(folder.path)
  const next = sequence(11)
  const lengths = new Set([0, 1, 3, 4, 29, 30, whole.length - 1, whole.length - 22, whole.length - 23])
  for (let index = 0; index < 300; index++) lengths.add(Math.floor(next() * whole.length))
  for (let back = 1; back < 1500; back += 7) lengths.add(whole.length - back)
  for (const length of lengths) {
    writeFileSync(folder.join('a.zip'), whole.subarray(0, length))
    await assert.rejects(
      openArchive(folder.join('a.zip')),
      (error: unknown) =>
        isPulihError(error, 'archive.unreadable') && (length < 4 || error.facts.kind === 'archive-truncated'),
      `${length} of ${whole.length}`,
    )
  }
})

test('a lost, doubled or zeroed stretch is found', async () => {
  using folder = tempFolder()
  const whole = await small(folder.path)
  const next = sequence(3)
  for (let round = 0; round < 100; round++) {
    const from = Math.floor(next() * whole.length)
    const to = Math.min(whole.length, from + 1 + Math.floor(next() * 5000))
    const [before, piece, after] = [whole.subarray(0, from), whole.subarray(from, to), whole.subarray(to)]
    const hurt = [
      Buffer.concat([before, after]),
      Buffer.concat([before, piece, piece, after]),
      Buffer.concat([before, Buffer.alloc(piece.length), after]),
    ]
    for (const bytes of hurt) {
      if (!bytes.equals(whole)) assert.notDeepEqual(await findingsOf(folder.join('a.zip'), bytes), [], `${from}-${to}`)
    }
  }
})
