import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Diffed {
  readonly same: boolean
  readonly databases: readonly {
    readonly path: string
    readonly status: string
    readonly tables: Readonly<Record<string, { inserted: number; deleted: number; changed: number }>>
  }[]
  readonly rows: readonly { table: string; change: string; key: object; before: object | null; after: object | null }[]
}

it('diff tells what changed since a backup and between two, as JSON, text and CSV', async () => {
  using place = tempFolder()
  const app = makeApp(place.path, { mb: 0.2 })
  const first = await pulihJson<{ name: string }>(['backup', '--dir', app.path])
  const now = await pulihJson<Diffed>(['diff', first.name, '--dir', app.path])
  assert.deepEqual([now.same, now.databases.map(({ status }) => status)], [true, ['same', 'same']])
  {
    using db = new DatabaseSync(join(app.path, 'finance_bot.db'))
    db.exec('UPDATE members SET full_name = \'Sari, "the first"\' WHERE id = (SELECT min(id) FROM members)')
  }
  const live = await pulihJson<Diffed>(['diff', first.name, 'live', '--rows', '--dir', app.path])
  const { members } = live.databases.find(({ path }) => path === 'finance_bot.db')?.tables ?? {}
  assert.deepEqual([members?.inserted, members?.deleted, members?.changed], [0, 0, 1])
  assert.deepEqual([live.rows.length, live.rows[0]?.after], [1, { full_name: 'Sari, "the first"' }])
  const second = await pulihJson<{ name: string }>(['backup', '--dir', app.path])
  const between = await pulihJson<Diffed>(['diff', first.name, second.name, '--table', 'members', '--dir', app.path])
  assert.deepEqual(Object.keys(between.databases.find(({ status }) => status === 'changed')?.tables ?? {}), ['members'])
  const csv = await pulih(['diff', first.name, second.name, '--csv', '--dir', app.path])
  const lines = csv.stdout.trimEnd().split('\n')
  assert.deepEqual([csv.code, lines.length, lines[0]], [0, 2, 'database,table,change,key,column,before,after'])
  assert.match(lines[1] ?? '', /^finance_bot\.db,members,changed,\d+,full_name,.*,"Sari, ""the first"""$/)
  const screen = await pulih(['diff', first.name, '--lang', 'id', '--dir', app.path])
  assert.match(screen.stdout, /members: 0 ditambah, 0 dihapus, 1 diubah \(full_name 1\)/)
})
