import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { sqlite3 } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

describe('a database just over 1 GiB, whose lock page is inside it, comes back with equal content', () => {
  for (const pageSize of [4096, 65_536]) {
    test(`pages of ${pageSize} bytes`, async (t) => {
      if (!requireTool(t, 'sqlite3') || !requireTool(t, 'unzip')) return
      using folder = tempFolder()
      const app = folder.join('app')
      mkdirSync(app)
      const database = folder.join('app', 'big.db')
      sqlite3(
        database,
        `PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = off; PRAGMA synchronous = off`,
        'CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)',
        "INSERT INTO t SELECT value, CAST(printf('%.*c', 99000, 'a' ) AS BLOB) || randomblob(1000) FROM generate_series(1, 10800)",
        'CREATE INDEX by_size ON t (length(data))',
      )
      assert.ok(statSync(database).size > 2 ** 30)
      const content = sqlite3(database, '.sha3sum')
      const made = await pulihJson<{ path: string; state: string }>(['backup', '--dir', app])
      assert.equal(made.state, 'proven')
      const out = folder.join('out')
      execFileSync('unzip', ['-q', made.path, '-d', out])
      rmSync(database)
      const copy = folder.join('out', 'databases', 'big.db')
      assert.equal(sqlite3(copy, 'PRAGMA integrity_check'), 'ok')
      assert.equal(sqlite3(copy, '.sha3sum'), content)
    })
  }
})
