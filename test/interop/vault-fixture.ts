import { hash } from 'node:crypto'
import type { Backend } from '../../src/backend/backend.ts'
import { systemClock } from '../../src/time/clock.ts'
import { BlobIndex } from '../../src/vault/blobs.ts'
import { Repository } from '../../src/vault/repository.ts'
import { type SavedSnapshot, type SnapshotSource, saveSnapshot } from '../../src/vault/save.ts'
import { BlobStore } from '../../src/vault/store.ts'

export const password = 'kata sandi ü'
/** Cheap to compute; both programs read it. */
export const cheapCost = { N: 1024, r: 8, p: 1 }

export function foundRepository(backend: Backend): Promise<Repository> {
  return Repository.init(backend, password, Date.UTC(2026, 0, 2), cheapCost)
}

export interface FixtureOptions {
  readonly time?: string
  readonly tags?: readonly string[]
  readonly host?: string
  readonly paths?: readonly string[]
}

/** A snapshot of these files, straight from memory. */
export async function saveFiles(
  repository: Repository,
  files: Readonly<Record<string, Uint8Array>>,
  options: FixtureOptions = {},
): Promise<SavedSnapshot> {
  const index = await BlobIndex.load(repository)
  await using store = new BlobStore(repository, index)
  const parts = { repository, index, store, known: new Map(), clock: systemClock }
  return await saveSnapshot(parts, sourceOf(files, options), null, {})
}

export function sourceOf(
  files: Readonly<Record<string, Uint8Array>>,
  { time = '2026-01-02T03:04:05.5+07:00', tags = [], host = 'server', paths = ['/app'] }: FixtureOptions = {},
): SnapshotSource {
  return {
    time,
    host,
    paths,
    tags,
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    files: Object.entries(files).map(([path, bytes]) => ({
      path,
      bytes: bytes.length,
      mode: 0o640,
      mtimeMs: Date.UTC(2026, 0, 1, 2, 3, 4, 500),
      sha256: hash('sha256', bytes, 'hex'),
      read: async function* () {
        for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
      },
    })),
  }
}

/** Pages as a SQLite file has them, with content that compresses a little; `seed` varies it. */
export function fakeDatabase(pages: number, seed: number): Buffer {
  const bytes = Buffer.alloc(pages * 4096)
  let state = seed
  for (let at = 0; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes.writeUInt32LE((state >>> 20) * 65_537, at)
  }
  for (let page = 0; page < pages; page++) bytes[page * 4096] = page % 5 === 3 ? 10 : 13
  bytes.write('SQLite format 3\0', 0, 'latin1')
  bytes.writeUInt16BE(4096, 16)
  return bytes
}
