import { describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { underFire } from './under-fire.ts'

describe('backups under a writer that never stops balance to the cent and lose no act', () => {
  for (const journal of ['wal', 'delete'] as const) {
    test(`${journal}, hundreds`, async (t) => {
      if (requireTool(t, 'unzip') && requireTool(t, 'sqlite3')) await underFire({ journal, backups: 110, mb: 0.5 })
    })
    test(`${journal}, larger, so that the capture spans many commits`, async (t) => {
      if (requireTool(t, 'unzip') && requireTool(t, 'sqlite3')) await underFire({ journal, backups: 8, mb: 40 })
    })
  }
})
