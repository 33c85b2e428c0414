import { describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { underFire } from './under-fire.ts'

describe('backups under a writer that never stops balance to the cent and lose no act', () => {
  for (const journal of ['wal', 'delete'] as const)
    test(`${journal}, a few`, async (t) => {
      if (requireTool(t, 'unzip') && requireTool(t, 'sqlite3')) await underFire({ journal, backups: 5, mb: 2 })
    })
})
