import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { foundRepository } from '../../test/interop/vault-fixture.ts'
import { MemoryBackend } from '../backend/memory/memory.ts'
import { isPulihError, type PulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import { writeSnapshot } from '../format/restic/snapshot-file.ts'
import { BlobIndex } from './blobs.ts'
import type { Repository } from './repository.ts'
import { restoreSnapshot } from './restore.ts'
import { readSnapshots, writeTags } from './snapshots.ts'
import { BlobStore } from './store.ts'

/** A repository by somebody who knows its password and means harm. */
class Forger {
  readonly repository: Repository
  readonly #store: BlobStore

  private constructor(repository: Repository, store: BlobStore) {
    this.repository = repository
    this.#store = store
  }

  static async begin(): Promise<Forger> {
    const repository = await foundRepository(new MemoryBackend())
    return new Forger(repository, new BlobStore(repository, await BlobIndex.load(repository)))
  }

  data(text: string): Promise<Id> {
    return this.#store.add('data', Buffer.from(text))
  }

  /** Node texts as they shall stand; the common fields are filled in. */
  tree(nodes: readonly Readonly<Record<string, unknown>>[]): Promise<Id> {
    const time = '2026-01-02T03:04:05Z'
    const common = { mode: 420, mtime: time, atime: time, ctime: time, uid: 0, gid: 0, content: null }
    const all = nodes.map((node) => ({ ...common, ...node }))
    return this.#store.add('tree', Buffer.from(`${JSON.stringify({ nodes: all })}\n`))
  }

  async restore(
    t: TestContext,
    tree: Id,
    tags: readonly string[] = [],
  ): Promise<{ outside: string; error: PulihError | null }> {
    await this.#store.finish()
    const text = writeSnapshot({
      ...{ time: '2026-01-02T03:04:05Z', parent: null, tree, paths: ['/a'], hostname: 'h', username: '' },
      ...{ tags, programVersion: '', summary: null },
    })
    await this.repository.writeJson('snapshots', text)
    const outside = await mkdtemp(join(tmpdir(), 'pulih-hostile-'))
    t.after(() => rm(outside, { recursive: true, force: true }))
    const [snapshot] = await readSnapshots(this.repository)
    const index = await BlobIndex.load(this.repository)
    try {
      await restoreSnapshot(this.repository, index, snapshot!, join(outside, 'target'))
      return { outside, error: null }
    } catch (error) {
      assert.ok(isPulihError(error), String(error))
      return { outside, error }
    }
  }
}

const hostileNames = ['../evil', '..', '.', '/etc/evil', 'a/b', 'x\\x00y', 'n'.repeat(300)]

for (const name of hostileNames) {
  test(`a file named ${JSON.stringify(name.slice(0, 20))} is refused before anything is written`, async (t) => {
    const forger = await Forger.begin()
    const content = [await forger.data('evil')]
    const tree = await forger.tree([{ name, type: 'file', content, size: 4 }])
    const { outside, error } = await forger.restore(t, tree)
    assert.equal(error?.code, 'vault.unsafe')
    assert.deepEqual(await readdir(outside), [])
  })
}

test('a link and a folder of the same name are refused', async (t) => {
  const forger = await Forger.begin()
  const below = await forger.tree([{ name: 'evil', type: 'file', content: [await forger.data('evil')], size: 4 }])
  const tree = await forger.tree([
    { name: 'd', type: 'symlink', linktarget: '/tmp' },
    { name: 'd', type: 'dir', subtree: below },
  ])
  const { outside, error } = await forger.restore(t, tree)
  assert.equal(error?.code, 'vault.damaged')
  assert.deepEqual(await readdir(outside), [])
})

test('a link that leads outside is made last and nothing is written through it', async (t) => {
  const forger = await Forger.begin()
  const tree = await forger.tree([
    { name: 'out', type: 'symlink', linktarget: '..' },
    { name: 'z', type: 'file', content: [await forger.data('fine')], size: 4 },
  ])
  const { outside, error } = await forger.restore(t, tree)
  assert.equal(error, null)
  assert.deepEqual(await readdir(outside), ['target'])
})

test('folders that name each other without end are refused in bounded time and memory', async (t) => {
  const forger = await Forger.begin()
  let tree = await forger.tree([])
  for (let level = 0; level < 40; level++)
    tree = await forger.tree([
      { name: 'a', type: 'dir', subtree: tree },
      { name: 'b', type: 'dir', subtree: tree },
    ])
  const begun = performance.now()
  const { error } = await forger.restore(t, tree)
  assert.equal(error?.code, 'vault.unsafe')
  assert.ok(performance.now() - begun < 20_000)
})

test('a file that states more than the disk holds is refused before anything is written', async (t) => {
  const forger = await Forger.begin()
  const big = await forger.data('0'.repeat(1 << 20))
  const content = Array<Id>(2_000_000).fill(big)
  const { outside, error } = await forger.restore(t, await forger.tree([{ name: 'bomb', type: 'file', content }]))
  assert.equal(error?.code, 'disk.full')
  assert.deepEqual(await readdir(outside), [])
})

test('devices and sockets are named, not made', async (t) => {
  const forger = await Forger.begin()
  const tree = await forger.tree([
    { name: 'disk', type: 'dev', device: 2049 },
    { name: 'mem', type: 'chardev', device: 257 },
    { name: 'sock', type: 'socket' },
    { name: 'a', type: 'file', content: [] },
  ])
  const { outside, error } = await forger.restore(t, tree)
  assert.equal(error, null)
  assert.deepEqual(await readdir(join(outside, 'target')), ['a'])
})

test('a manifest that points outside, or is none, restores nothing', async (t) => {
  const tags = writeTags({ name: 'b', type: 'manual', sequence: 1, manifest: 'x', databases: 1, files: 0 })
  for (const text of [
    '{"format":"pulih-archive","version":1,"databases":[{"path":"../../etc/passwd"}],"files":[]}',
    '{"format":"pulih-archive"',
    '{"format":"pulih-archive","databases":7}',
  ]) {
    const forger = await Forger.begin()
    const folder = await forger.tree([{ name: 'backup_info.json', type: 'file', content: [await forger.data(text)] }])
    const tree = await forger.tree([{ name: '.pulih', type: 'dir', subtree: folder }])
    const { outside, error } = await forger.restore(t, tree, tags)
    assert.equal(error?.code, 'vault.damaged')
    assert.deepEqual(await readdir(outside), [])
  }
})

test('set-id bits and owners come back as recorded, other files keep what they were', async (t) => {
  const forger = await Forger.begin()
  const content = [await forger.data('x')]
  const tree = await forger.tree([{ name: 'tool', type: 'file', mode: 8389101, content, uid: 0, gid: 0 }])
  const { outside } = await forger.restore(t, tree)
  const { mode } = await stat(join(outside, 'target', 'tool'))
  assert.equal(mode & 0o7777, 0o4755)
  assert.equal(await readFile(join(outside, 'target', 'tool'), 'utf8'), 'x')
})
