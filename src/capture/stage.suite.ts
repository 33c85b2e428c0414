import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { readBooks, startBookkeeper, type WriterOptions } from '../../test/fixture/writer.ts'
import type { Work } from '../snapshot/progress.ts'
import { type CaptureRequest, capture, type Staged } from './capture.ts'

/** An app's folder and a scratch folder outside of it. */
export function stage() {
  const folder = tempFolder()
  mkdirSync(folder.join('app'))
  mkdirSync(folder.join('scratch'))
  const app = bareApp(folder.join('app'))
  const defaults = { scratch: folder.join('scratch'), databases: [], files: [], leftOut: [], previous: null }
  return {
    in: (...names: string[]) => folder.join('app', ...names),
    scratch: () => readdirSync(folder.join('scratch')),
    capture: (request: Partial<CaptureRequest & Work>) => capture(app, { ...defaults, ...request }),
    listing: () => listingOf(folder.join('app')),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** Everything that would show a touch: names, inodes, sizes, times of content and of metadata, modes, and the folder's own. */
function listingOf(folder: string): string[] {
  const names = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].sort()
  return names.map((name) => {
    const { ino, size, mtimeNs, ctimeNs, mode } = statSync(join(folder, name), { bigint: true })
    return [name, ino, size, mtimeNs, ctimeNs, mode].join(' ')
  })
}

export function stagedBooks(staged: Staged, index = 0): number {
  return readBooks(staged.databases[index]?.stagedPath as string)
}

/** Captures again and again beside a writer that checkpoints in every way, vacuums and rolls back. */
export async function captureInTheWild(kind: WriterOptions, rounds: number): Promise<void> {
  using app = stage()
  await using writer = await startBookkeeper(app.in('bot.db'), { autoCheckpoint: 30, ...kind, wild: true })
  await writer.reaches(30)
  for (let i = 0; i < rounds; i++) {
    const before = writer.committed()
    // Time passes between the pages and the log.
    const progress = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, (i % 7) * 9)
    await using staged = await app.capture({ databases: ['bot.db'], progress })
    const held = stagedBooks(staged)
    assert.ok(held >= before, `round ${i}: holds ${held}, ${before} were committed before`)
  }
  assert.equal((await writer.stop()).refused, 0)
}
