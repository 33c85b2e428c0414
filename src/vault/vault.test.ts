import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { cheapCost, fakeDatabase, foundRepository, password, saveFiles } from '../../test/interop/vault-fixture.ts'
import { MemoryBackend } from '../backend/memory/memory.ts'
import { type Fault, FaultyBackend } from '../backend/wrap/faulty.ts'
import { isPulihError } from '../error.ts'
import { type Clock, systemClock } from '../time/clock.ts'
import { BlobIndex } from './blobs.ts'
import { type CheckResult, checkVault } from './check.ts'
import { changePassword, listKeys, removeKey, storeKey } from './keys.ts'
import { VaultLock } from './lock.ts'
import { pruneVault } from './prune.ts'
import { readContent, readTreeBlob } from './read.ts'
import { Repository } from './repository.ts'
import { restoreSnapshot } from './restore.ts'
import { findSnapshot, readSnapshots } from './snapshots.ts'

const quick: Clock = { ...systemClock, sleep: async () => undefined }

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-vault-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const failsWith = (code: Parameters<typeof isPulihError>[1]) => (error: unknown) => isPulihError(error, code)

async function check(backend: MemoryBackend): Promise<CheckResult> {
  return checkVault(await Repository.open(backend, password), { data: 'all' })
}

async function restoreLatest(backend: MemoryBackend, to: string) {
  const repository = await Repository.open(backend, password)
  const snapshot = findSnapshot(await readSnapshots(repository), 'latest')
  return restoreSnapshot(repository, await BlobIndex.load(repository), snapshot, to)
}

const files = {
  'finance_bot.db': fakeDatabase(60, 1),
  'src/bot.py': Buffer.from('print(1)\n'),
  'src/deep/er/odd "name".txt': Buffer.from('x'),
  '.env': Buffer.alloc(0),
}

async function filledVault(): Promise<MemoryBackend> {
  const backend = new MemoryBackend()
  await saveFiles(await foundRepository(backend), files)
  return backend
}

test('what was saved comes back equal, with modes and times, and the vault checks clean', async (t) => {
  const backend = await filledVault()
  const to = join(await scratch(t), 'out')
  const result = await restoreLatest(backend, to)
  for (const [path, bytes] of Object.entries(files)) {
    assert.ok(bytes.equals(await readFile(join(to, path))), path)
    const { mode, mtimeMs } = await stat(join(to, path))
    assert.equal(mode & 0o777, 0o640)
    assert.equal(mtimeMs, Date.UTC(2026, 0, 1, 2, 3, 4, 500))
  }
  assert.equal(result.restored.length, 4)
  const checked = await check(backend)
  assert.deepEqual(checked.problems, [])
  assert.deepEqual(checked.hints, [])
  assert.ok(checked.bytesRead > 10_000)
})

test('nothing of the content can be seen in what is stored', async () => {
  const backend = new MemoryBackend()
  await saveFiles(await foundRepository(backend), { 'canary-name.txt': Buffer.from('canary-content '.repeat(50)) })
  for (const bytes of backend.files.values()) assert.ok(!bytes.includes('canary'))
})

test('saving the same again adds a snapshot and not one blob', async () => {
  const backend = await filledVault()
  const before = [...backend.files.keys()].filter((path) => path.startsWith('data/'))
  const again = await saveFiles(await Repository.open(backend, password), files, { time: '2026-01-03T03:04:05Z' })
  assert.equal(again.storedBytes, 0)
  assert.deepEqual(
    [...backend.files.keys()].filter((path) => path.startsWith('data/')),
    before,
  )
})

test('a changed page costs its piece, not the database', async () => {
  const backend = await filledVault()
  const changed = Buffer.from(files['finance_bot.db'])
  changed.writeUInt32LE(12345, 3 * 4096 + 100)
  const again = await saveFiles(await Repository.open(backend, password), { ...files, 'finance_bot.db': changed })
  assert.ok(again.storedBytes < 8000, `${again.storedBytes} bytes`)
})

test('a range of a file is read without the rest', async () => {
  const backend = await filledVault()
  const repository = await Repository.open(backend, password)
  const index = await BlobIndex.load(repository)
  const [snapshot] = await readSnapshots(repository)
  const nodes = await readTreeBlob(repository, index, snapshot!.snapshot.tree)
  const content = nodes.find((node) => Buffer.from(node.name).toString() === 'finance_bot.db')?.content ?? []
  for (const [offset, length] of [
    [0, 10],
    [4090, 20],
    [100_000, 70_000],
    [60 * 4096 - 5, 100],
  ] as const) {
    const parts = await Array.fromAsync(readContent(repository, index, content, { offset, length }))
    const wanted = files['finance_bot.db'].subarray(offset, offset + length)
    assert.ok(Buffer.concat(parts).equals(wanted))
  }
})

test('a wrong password, no vault, and a second founding are told apart and change nothing', async () => {
  const backend = await filledVault()
  const before = new Map(backend.files)
  await assert.rejects(Repository.open(backend, 'wrong'), failsWith('vault.password'))
  await assert.rejects(Repository.init(backend, 'new', 0, cheapCost), failsWith('vault.exists'))
  assert.deepEqual(backend.files, before)
  await assert.rejects(Repository.open(new MemoryBackend(), 'x'), failsWith('vault.absent'))
})

test('passwords are added, changed and removed; the one in use stays', async () => {
  const backend = await filledVault()
  const first = await Repository.open(backend, password)
  await storeKey(backend, first.key.keys, 'second', 0, cheapCost)
  const second = await Repository.open(backend, 'second')
  assert.equal((await listKeys(backend, second.key.id)).length, 2)
  await assert.rejects(removeKey(backend, second.key.id, second.key.id), failsWith('vault.key-in-use'))
  await assert.rejects(removeKey(backend, 'ffffffffffff', second.key.id), failsWith('vault.key-unknown'))
  await removeKey(backend, first.key.id.slice(0, 12), second.key.id)
  await assert.rejects(Repository.open(backend, password), failsWith('vault.password'))
  await changePassword(backend, second.key, 'third', 0, cheapCost)
  await assert.rejects(Repository.open(backend, 'second'), failsWith('vault.password'))
  await Repository.open(backend, 'third')
})

test('restore refuses a folder that holds something, and leaves it alone', async (t) => {
  const backend = await filledVault()
  const to = await scratch(t)
  await writeFile(join(to, 'mine.txt'), 'mine')
  await assert.rejects(restoreLatest(backend, to), failsWith('vault.target'))
  await assert.rejects(restoreLatest(backend, join(to, 'mine.txt')), failsWith('vault.target'))
  assert.deepEqual(await readdir(to), ['mine.txt'])
})

test('what a killed restore left in the target is replaced', async (t) => {
  const backend = await filledVault()
  const to = await scratch(t)
  await mkdir(join(to, '.pulih-restoring', 'half'), { recursive: true })
  await restoreLatest(backend, to)
  assert.deepEqual((await readdir(to)).sort(), ['.env', 'finance_bot.db', 'src'])
})

/** Every kind of damage, and what check must call it. */
const damages: readonly (readonly [string, (files: Map<string, Buffer>) => void, string])[] = [
  ['a flipped byte in a pack', (all) => flip(all, 'data/', 200), 'pack-damaged'],
  ['a flipped byte in the pack header', (all) => flip(all, 'data/', -20), 'pack-damaged'],
  ['a truncated pack', (all) => cut(all, 'data/'), 'pack-size'],
  ['a missing pack', (all) => drop(all, 'data/'), 'pack-missing'],
  ['a flipped byte in an index', (all) => flip(all, 'index/', 40), 'index-damaged'],
  ['a truncated snapshot', (all) => cut(all, 'snapshots/'), 'snapshot-damaged'],
  ['an empty snapshot', (all) => all.set(nth(all, 'snapshots/'), Buffer.alloc(0)), 'snapshot-damaged'],
  ['a missing index', (all) => drop(all, 'index/'), 'tree-damaged'],
]

function nth(all: Map<string, Buffer>, folder: string): string {
  const found = [...all].filter(([path]) => path.startsWith(folder)).sort(([, a], [, b]) => b.length - a.length)
  return found[0]![0]
}

function flip(all: Map<string, Buffer>, folder: string, at: number): void {
  const path = nth(all, folder)
  const bytes = Buffer.from(all.get(path)!)
  const place = at < 0 ? bytes.length + at : at
  bytes[place] = bytes[place]! ^ 4
  all.set(path, bytes)
}

function cut(all: Map<string, Buffer>, folder: string): void {
  const path = nth(all, folder)
  all.set(path, all.get(path)!.subarray(0, all.get(path)!.length >> 1))
}

function drop(all: Map<string, Buffer>, folder: string): void {
  all.delete(nth(all, folder))
}

for (const [title, damage, code] of damages) {
  test(`check finds ${title}; restore fails clean; prune refuses or keeps it`, async (t) => {
    const backend = await filledVault()
    damage(backend.files)
    const { problems } = await check(backend)
    assert.ok(
      problems.some((problem) => problem.code === code),
      JSON.stringify(problems),
    )
    const to = join(await scratch(t), 'out')
    if (code !== 'pack-damaged' || title.includes('in a pack')) {
      await assert.rejects(restoreLatest(backend, to), isPulihError)
      await assert.rejects(stat(to))
    }
    const before = [...backend.files.keys()].filter((path) => !path.startsWith('locks/')).sort()
    await assert.rejects(
      (async () => {
        const repository = await Repository.open(backend, password)
        await pruneVault(repository, { clock: quick, forget: () => [] })
        throw new Error('nothing to do')
      })(),
    )
    assert.deepEqual([...backend.files.keys()].sort(), before)
  })
}

test('a damaged copy of a blob is made good by a second one', async (t) => {
  const backend = await filledVault()
  const other = await filledVault()
  // The same blobs in other packs, under the same keys: as after an interrupted prune.
  const again = new MemoryBackend(new Map([...backend.files].filter(([path]) => /^(config|keys)/.test(path))))
  await saveFiles(await Repository.open(again, password), files)
  for (const [path, bytes] of again.files) if (/^(data|index)/.test(path)) backend.files.set(path, bytes)
  assert.notDeepEqual(other.files, backend.files)
  flip(backend.files, 'data/', 200)
  const to = join(await scratch(t), 'out')
  await restoreLatest(backend, to)
  assert.ok(files['finance_bot.db'].equals(await readFile(join(to, 'finance_bot.db'))))
})

test('check reads the data in parts that make the whole', async () => {
  const backend = await filledVault()
  for (let day = 0; day < 6; day++)
    await saveFiles(await Repository.open(backend, password), { 'a.db': fakeDatabase(10, day + 7) })
  const repository = await Repository.open(backend, password)
  const whole = await checkVault(repository, { data: 'all' })
  let packs = 0
  for (let part = 1; part <= 3; part++) packs += (await checkVault(repository, { data: { part, of: 3 } })).packsRead
  assert.equal(packs, whole.packsRead)
  assert.equal((await checkVault(repository, { data: 'none' })).bytesRead, 0)
})

test('prune keeps every snapshot that stays whole and removes what only the forgotten ones needed', async (t) => {
  const backend = await filledVault()
  const repository = await Repository.open(backend, password)
  await saveFiles(repository, { 'old.db': fakeDatabase(400, 99) }, { time: '2025-01-01T00:00:00Z' })
  const before = [...backend.files.values()].reduce((sum, { length }) => sum + length, 0)
  const forget = (all: Awaited<ReturnType<typeof readSnapshots>>) =>
    all.filter(({ timeMs }) => timeMs < Date.UTC(2025, 6))
  const dry = await pruneVault(repository, { clock: quick, forget, dryRun: true })
  assert.equal(dry.forgotten.length, 1)
  assert.equal((await readSnapshots(repository)).length, 2)
  const done = await pruneVault(repository, { clock: quick, forget })
  const after = [...backend.files.values()].reduce((sum, { length }) => sum + length, 0)
  assert.ok(before - after > 300_000, `${before} -> ${after}`)
  assert.equal(done.kept, 1)
  const checked = await check(backend)
  assert.deepEqual([checked.problems, checked.hints], [[], []])
  await restoreLatest(backend, join(await scratch(t), 'out'))
})

test('many small packs are merged', async (t) => {
  const backend = await filledVault()
  for (let day = 0; day < 14; day++)
    await saveFiles(
      await Repository.open(backend, password),
      { 'a.db': fakeDatabase(10, day) },
      { time: `2026-02-${day + 10}T00:00:00Z` },
    )
  const repository = await Repository.open(backend, password)
  await pruneVault(repository, { clock: quick, forget: () => [] })
  const packs = [...backend.files.keys()].filter((path) => path.startsWith('data/'))
  assert.equal(packs.length, 2)
  const checked = await check(backend)
  assert.deepEqual([checked.problems, checked.hints, checked.snapshots], [[], [], 15])
  await restoreLatest(backend, join(await scratch(t), 'out'))
})

test('a prune that would leave no snapshot, and one over a list that hides some, are refused', async () => {
  const backend = await filledVault()
  const repository = await Repository.open(backend, password)
  await assert.rejects(pruneVault(repository, { clock: quick, forget: (all) => all }), failsWith('vault.prune-refused'))
  let lists = 0
  const plan = (call: string, file: unknown): Fault =>
    call === 'list' && file === 'snapshots' && ++lists === 1 ? 'lie' : null
  const liar = await Repository.open(new FaultyBackend(backend, plan), password)
  await assert.rejects(pruneVault(liar, { clock: quick, forget: () => [] }), failsWith('vault.prune-refused'))
  assert.deepEqual((await check(backend)).problems, [])
})

test('shared locks go together; an exclusive one goes with none, and all are gone afterwards', async () => {
  const backend = await filledVault()
  const repository = await Repository.open(backend, password)
  const lock = (exclusive: boolean) => VaultLock.acquire(repository, { exclusive, clock: quick })
  {
    await using _one = await lock(false)
    await using _two = await lock(false)
    await assert.rejects(lock(true), failsWith('vault.busy'))
  }
  {
    await using _only = await lock(true)
    await assert.rejects(lock(false), failsWith('vault.busy'))
    await assert.rejects(lock(true), failsWith('vault.busy'))
  }
  assert.deepEqual(await Array.fromAsync(backend.list('locks')), [])
})
