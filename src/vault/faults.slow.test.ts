import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fakeDatabase, foundRepository, password, saveFiles } from '../../test/interop/vault-fixture.ts'
import { MemoryBackend } from '../backend/memory/memory.ts'
import { type Fault, FaultyBackend } from '../backend/wrap/faulty.ts'
import { RetryingBackend } from '../backend/wrap/retry.ts'
import { type Clock, systemClock } from '../time/clock.ts'
import { BlobIndex } from './blobs.ts'
import { type CheckResult, checkVault } from './check.ts'
import { pruneVault } from './prune.ts'
import { Repository } from './repository.ts'
import { restoreSnapshot } from './restore.ts'
import { findSnapshot, readSnapshots } from './snapshots.ts'

const quick: Clock = { ...systemClock, sleep: async () => undefined }

const files = {
  'finance_bot.db': fakeDatabase(20, 1),
  'src/bot.py': Buffer.from('print(1)\n'),
  '.env': Buffer.alloc(0),
}

async function filledVault(): Promise<MemoryBackend> {
  const backend = new MemoryBackend()
  await saveFiles(await foundRepository(backend), files)
  return backend
}

async function check(backend: MemoryBackend): Promise<CheckResult> {
  return checkVault(await Repository.open(backend, password), { data: 'all' })
}

async function restoreLatest(t: TestContext, backend: MemoryBackend): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-vault-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const repository = await Repository.open(backend, password)
  const snapshot = findSnapshot(await readSnapshots(repository), 'latest')
  await restoreSnapshot(repository, await BlobIndex.load(repository), snapshot, join(folder, 'out'))
}

/** Tells whether the fault was reached: past the last call of an act there is nothing left to try. */
function once(): { readonly hit: (kind: Fault) => Fault; readonly wasHit: () => boolean } {
  let reached = false
  const hit = (kind: Fault) => {
    reached = true
    return kind
  }
  return { hit, wasHit: () => reached }
}

test('whatever call fails during a save, nothing half-made is listed and the next save completes it', async (t) => {
  const before = { ...files, 'finance_bot.db': fakeDatabase(20, 3) }
  for (const kind of ['fail', 'lost', 'short', 'lie'] as const) {
    for (let at = 1; ; at++) {
      const { hit, wasHit } = once()
      const backend = await filledVault()
      const faulty = new FaultyBackend(backend, (_call, _file, count) => (count === at ? hit(kind) : null))
      const retrying = new RetryingBackend(faulty, { clock: quick, tries: 3 })
      const failure = await attempt(async () => {
        await saveFiles(await Repository.open(retrying, password), before, { time: '2026-03-01T00:00:00Z' })
      })
      if (!wasHit()) break
      const result = await check(backend)
      assert.deepEqual(result.problems, [], `${kind} at call ${at}`)
      if (failure !== null)
        await saveFiles(await Repository.open(backend, password), before, { time: '2026-03-01T00:00:00Z' })
      if (at % 13 === 0) await restoreLatest(t, backend)
    }
  }
})

async function attempt(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act()
    return null
  } catch (error) {
    return error
  }
}

test('whatever call fails during a prune, every snapshot stays whole and the next prune completes it', async () => {
  for (const kind of ['fail', 'lost', 'short'] as const) {
    for (let at = 1; ; at++) {
      const { hit, wasHit } = once()
      const backend = await filledVault()
      const repository = await Repository.open(backend, password)
      await saveFiles(
        repository,
        { 'old.db': fakeDatabase(30, 99), '.env': files['.env'] },
        { time: '2025-01-01T00:00:00Z' },
      )
      const forget = (all: Awaited<ReturnType<typeof readSnapshots>>) =>
        all.filter(({ timeMs }) => timeMs < Date.UTC(2025, 6))
      const faulty = new FaultyBackend(backend, (_call, _file, count) => (count === at ? hit(kind) : null))
      await attempt(async () => pruneVault(await Repository.open(faulty, password), { clock: quick, forget }))
      if (!wasHit()) break
      assert.deepEqual((await check(backend)).problems, [], `${kind} at call ${at}`)
      for (const path of [...backend.files.keys()].filter((path) => path.startsWith('locks/')))
        backend.files.delete(path)
      await pruneVault(await Repository.open(backend, password), { clock: quick, forget })
      const after = await check(backend)
      assert.deepEqual([after.problems, after.hints, after.snapshots], [[], [], 1], `${kind} at call ${at}`)
    }
  }
})
