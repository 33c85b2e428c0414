import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { isPulihError } from '../error.ts'
import { type Backend, configFile, type FileKind, type FileName } from './backend.ts'

export interface SuiteOptions {
  /** A fresh, empty place. */
  readonly open: () => Promise<Backend>
  readonly skip?: string | false
}

/** What every backend must hold, whatever it is made of; see the contract in `backend.ts`. */
export function backendSuite(title: string, options: SuiteOptions): void {
  const claim = (text: string, check: (backend: Backend) => Promise<void>) =>
    test(`${title}: ${text}`, { skip: options.skip ?? false }, async () => {
      await using backend = await options.open()
      await backend.create()
      await check(backend)
    })

  claim('creating twice is harmless, and everything is empty', async (backend) => {
    await backend.create()
    for (const kind of ['keys', 'locks', 'snapshots', 'index', 'data'] as const)
      assert.deepEqual(await names(backend, kind), [])
  })

  claim('what was put is read whole, by range and by size', async (backend) => {
    const bytes = randomBytes(200_001)
    const file = fileOf('data', bytes)
    await backend.put(file, bytes)
    assert.equal(await backend.size(file), bytes.length)
    assert.ok(bytes.equals(await backend.read(file, null)))
    for (const [offset, length] of [
      [0, 1],
      [199_999, 2],
      [1000, 100_000],
      [0, 200_001],
      [5, 0],
    ] as const)
      assert.ok(bytes.subarray(offset, offset + length).equals(await backend.read(file, { offset, length })))
  })

  claim('a range past the end is an error, never a short answer', async (backend) => {
    const bytes = randomBytes(100)
    await backend.put(fileOf('data', bytes), bytes)
    await assert.rejects(backend.read(fileOf('data', bytes), { offset: 90, length: 11 }), isPulihError)
    await assert.rejects(backend.read(fileOf('data', bytes), { offset: 200, length: 10 }), isPulihError)
  })

  claim('a missing file is missing; removing it succeeds', async (backend) => {
    const file = fileOf('snapshots', randomBytes(8))
    await assert.rejects(backend.read(file, null), isMissing)
    await assert.rejects(backend.size(file), isMissing)
    await assert.rejects(backend.size(configFile), isMissing)
    await backend.remove(file)
  })

  claim('lists show each kind with sizes, and removed files no more', async (backend) => {
    const files = Array.from({ length: 12 }, (_, at) => randomBytes(10 + at))
    for (const bytes of files) await backend.put(fileOf('data', bytes), bytes)
    await backend.put(fileOf('index', Buffer.from('i')), Buffer.from('i'))
    const listed = await Array.fromAsync(backend.list('data'))
    const wanted = files.map((bytes) => `${fileOf('data', bytes).name} ${bytes.length}`).sort()
    assert.deepEqual(listed.map(({ name, bytes }) => `${name} ${bytes}`).sort(), wanted)
    await backend.remove(fileOf('data', files[0] as Buffer))
    assert.equal((await names(backend, 'data')).length, 11)
    assert.equal((await names(backend, 'index')).length, 1)
  })

  claim('putting the same name again keeps the bytes', async (backend) => {
    const bytes = randomBytes(5000)
    for (let time = 0; time < 2; time++) await backend.put(fileOf('index', bytes), bytes)
    assert.ok(bytes.equals(await backend.read(fileOf('index', bytes), null)))
  })

  claim('an exclusive put happens once', async (backend) => {
    await backend.put(configFile, Buffer.from('first'), { exclusive: true })
    await assert.rejects(backend.put(configFile, Buffer.from('second'), { exclusive: true }), (error) =>
      isPulihError(error, 'backend.exists'),
    )
    assert.equal((await backend.read(configFile, null)).toString(), 'first')
  })

  claim('many puts and reads at once do not mix', async (backend) => {
    const files = Array.from({ length: 20 }, () => randomBytes(70_000))
    await Promise.all(files.map((bytes) => backend.put(fileOf('data', bytes), bytes)))
    const back = await Promise.all(files.map((bytes) => backend.read(fileOf('data', bytes), null)))
    assert.ok(back.every((bytes, at) => bytes.equals(files[at] as Buffer)))
  })

  claim('a megabyte and an empty file arrive whole', async (backend) => {
    for (const bytes of [randomBytes(3_000_000), Buffer.alloc(0)]) {
      await backend.put(fileOf('data', bytes), bytes)
      assert.ok(bytes.equals(await backend.read(fileOf('data', bytes), null)))
    }
  })

  claim('a cancelled put shows nothing', async (backend) => {
    const bytes = randomBytes(1000)
    await assert.rejects(backend.put(fileOf('data', bytes), bytes, { signal: AbortSignal.abort() }))
    assert.deepEqual(await names(backend, 'data'), [])
  })

  claim('sweeping takes nothing that counts', async (backend) => {
    const bytes = randomBytes(100)
    await backend.put(fileOf('data', bytes), bytes)
    await backend.sweep()
    assert.equal((await names(backend, 'data')).length, 1)
  })
}

export function fileOf(kind: FileKind, bytes: Uint8Array): FileName {
  return { kind, name: hash('sha256', bytes, 'hex') }
}

async function names(backend: Backend, kind: FileKind): Promise<readonly string[]> {
  return (await Array.fromAsync(backend.list(kind))).map(({ name }) => name)
}

function isMissing(error: unknown): boolean {
  return isPulihError(error, 'backend.missing')
}
