import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from './config-file.ts'
import { type Id, idOf } from './id.ts'
import { readIndex } from './index-file.ts'
import { openKeyFile, parseKeyFile } from './key-file.ts'
import { headerLength, openBlob, readHeader } from './pack.ts'
import { Sealer } from './seal.ts'
import { readSnapshot } from './snapshot-file.ts'
import { readTree, type TreeNode, writeTree } from './tree.ts'
import { openJson } from './unpacked.ts'
import { stockFiles, stockRepository } from './vectors/example.ts'

/** Every blob of a stock repository after all its files were opened and compared with each other. */
async function readAll(version: 1 | 2) {
  const repository = stockRepository(version)
  const [keyFile] = stockFiles(repository, 'keys')
  const keys = await openKeyFile(parseKeyFile(keyFile?.[1].toString() ?? ''), repository.password)
  const sealer = new Sealer(keys)
  const config = readConfig(sealer, repository.files.get('config') as Buffer)
  const packs = new Map(stockFiles(repository, 'data'))
  const indexed = stockFiles(repository, 'index').flatMap(([, stored]) =>
    readIndex(openJson(sealer, version, stored), version),
  )
  const blobs = new Map<Id, Buffer>()
  for (const pack of indexed) {
    const bytes = packs.get(pack.id) as Buffer
    assert.equal(idOf(bytes), pack.id)
    const header = headerLength(bytes.subarray(-4), bytes.length)
    const listed = readHeader(sealer, version, bytes.subarray(bytes.length - 4 - header, -4), bytes.length)
    assert.deepEqual(new Set(listed), new Set(pack.blobs))
    for (const blob of listed) {
      const plain = openBlob(sealer, blob, bytes.subarray(blob.offset, blob.offset + blob.length))
      assert.equal(idOf(plain), blob.id)
      blobs.set(blob.id, plain)
    }
  }
  const snapshots = stockFiles(repository, 'snapshots').map(([, stored]) =>
    readSnapshot(openJson(sealer, version, stored)),
  )
  return { config, blobs, snapshots }
}

function walk(blobs: ReadonlyMap<Id, Buffer>, tree: Id): readonly TreeNode[] {
  const blob = blobs.get(tree) as Buffer
  const nodes = readTree(blob)
  assert.equal(writeTree(nodes).toString(), blob.toString())
  return nodes.flatMap((node) => [node, ...(node.subtree === null ? [] : walk(blobs, node.subtree))])
}

for (const version of [1, 2] as const) {
  test(`everything restic wrote in version ${version} opens, agrees and re-encodes to the same bytes`, async () => {
    const { config, blobs, snapshots } = await readAll(version)
    assert.equal(config.version, version)
    assert.equal(snapshots.length, version)
    for (const snapshot of snapshots) {
      assert.equal(snapshot.hostname, 'server')
      const nodes = walk(blobs, snapshot.tree)
      const byName = new Map(nodes.map((node) => [Buffer.from(node.name).toString('latin1'), node]))
      const database = byName.get('finance_bot.db')
      assert.equal(database?.size, 5000)
      const content = Buffer.concat((database?.content ?? []).map((id) => blobs.get(id) as Buffer))
      assert.equal(content.toString(), 'hello'.repeat(1000))
      assert.equal(byName.get('pipe')?.type, 'fifo')
      assert.equal(byName.get('link')?.linkTarget, 'sub/finance_bot.db')
      assert.ok(byName.has('latin\xe9.txt') && byName.has('nl\nx') && byName.has('ff\x0cx'))
      assert.deepEqual(byName.get('empty.txt')?.content, [])
    }
    assert.ok(snapshots.some((snapshot) => snapshot.tags.join() === 'one,two'))
  })
}
