import { test } from 'node:test'
import type { WriterOptions } from '../../test/fixture/writer.ts'
import { captureInTheWild } from './stage.suite.ts'

const kinds: readonly WriterOptions[] = [
  ...[512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].map((pageSize) => ({ pageSize })),
  ...[1, 5, 300, 1000].map((autoCheckpoint) => ({ autoCheckpoint })),
  { autoCheckpoint: 0, everyMs: 0 },
  { journal: 'delete' },
  { journal: 'truncate' },
  { journal: 'persist' },
]

for (const kind of kinds) {
  test(`fifty captures beside a writer without manners are sound and current (${JSON.stringify(kind)})`, () =>
    captureInTheWild(kind, 50))
}
