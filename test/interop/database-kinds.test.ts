import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { sqlite3 } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { kinds } from './database-kinds.ts'

interface Backup {
  readonly path: string
  readonly state: string
  readonly name: string
  readonly databases: readonly { readonly path: string }[]
}

describe('every kind of SQLite database comes back with equal content', () => {
  const folder = tempFolder()
  const app = folder.join('app')
  let backup: Backup

  before(async () => {
    for (const [name, statements] of Object.entries(kinds)) {
      mkdirSync(dirname(join(app, name)), { recursive: true })
      sqlite3(join(app, name), ...statements)
    }
    backup = await pulihJson<Backup>(['backup', '--dir', app], { exits: [0, 3] })
    mkdirSync(folder.join('stock'))
    execFileSync('unzip', ['-q', backup.path, '-d', folder.join('stock')])
    await pulihJson(['restore', backup.name, '--to', folder.join('ours'), '--dir', app], { exits: [0, 3] })
  })
  after(() => folder[Symbol.dispose]())

  test('all are found by their header and proven', () => {
    assert.equal(backup.state, 'proven')
    assert.deepEqual(backup.databases.map((one) => one.path).sort(), Object.keys(kinds).sort())
  })

  for (const name of Object.keys(kinds)) {
    test(name, (t) => {
      if (!requireTool(t, 'sqlite3')) return
      const live = facts(join(app, name))
      assert.deepEqual(facts(folder.join('stock', 'databases', name)), live, 'by unzip')
      assert.deepEqual(facts(folder.join('ours', name)), live, 'by restore --to')
    })
  }
})

/** Content and settings, as stock sqlite3 sees them. */
function facts(database: string): string {
  const settings = ['page_size', 'encoding', 'auto_vacuum', 'user_version', 'application_id', 'page_count']
  const questions = [...settings, 'integrity_check'].map((name) => `PRAGMA ${name}`)
  return sqlite3(database, '.sha3sum --schema', ...questions)
}
