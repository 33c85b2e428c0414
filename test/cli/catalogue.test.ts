import assert from 'node:assert/strict'
import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { bareApp } from '../fixture/bare-app.ts'
import { keepArchive } from '../fixture/kept.ts'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { makeApp, type ScratchApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Entry {
  readonly name: string
  readonly state: string
  readonly pinned: boolean
}

describe('looking at backups, keeping and removing them', () => {
  const folder = tempFolder()
  let app: ScratchApp
  let names: string[]
  const at = (...words: string[]): string[] => [...words, '--dir', app.path]
  const list = async (): Promise<Entry[]> => (await pulihJson<{ backups: Entry[] }>(at('list'))).backups

  before(async () => {
    app = makeApp(folder.join('app'), {
      config: { retention_policy: { daily_backups: 0, weekly_backups: 0, monthly_backups: 0 } },
    })
  })
  after(() => folder[Symbol.dispose]())

  test('before the first backup every look says so, names the next command, and makes nothing', async () => {
    const listed = await pulih(at('list'))
    assert.equal(listed.code, 0)
    assert.match(listed.stdout, /no backup .* yet[\s\S]*pulih backup/)
    assert.match((await pulih(at('list', '--lang', 'id'))).stdout, /belum ada backup[\s\S]*pulih backup/)
    assert.deepEqual(await list(), [])
    assert.deepEqual((await pulihJson<{ acts: [] }>(at('history'))).acts, [])
    assert.match((await pulih(at('history'))).stdout, /nothing is on record/)
    const shown = await pulih(at('show', 'latest'))
    assert.equal(shown.code, 1)
    assert.match(shown.stderr, /no proven backup[\s\S]*pulih backup/)
    assert.match((await pulih(at('prune', '--dry-run'))).stdout, /there are no backups/)
    assert.ok(!readdirSync(app.path).includes('backups'))
  })

  test('list names every backup, newest first, with exactly what the contract promises at least', async () => {
    for (const reason of ['one', 'two', 'three']) await pulihJson(at('backup', '--reason', reason))
    const { backups } = await pulihJson<{ backups: Record<string, unknown>[] }>(at('list'))
    names = backups.map((one) => String(one.name))
    assert.deepEqual(
      backups.map((one) => one.sequence),
      [3, 2, 1],
    )
    const keys = ['name', 'type', 'label', 'state', 'created', 'sequence', 'bytes', 'path', 'pinned', 'legacy']
    for (const key of keys) assert.ok(key in backups[0]!, key)
    const { stdout } = await pulih(at('list'))
    for (const name of names) assert.ok(stdout.includes(name))
    assert.match(stdout, /3 backups, 3 proven/)
    assert.match((await pulih(at('list', '--lang', 'id'))).stdout, /3 backup, 3 terbukti/)
    assert.equal((await pulih(at('list', '--quiet'))).stdout.trim(), names.join('\n'))
  })

  test('show gives the manifest with its state and copies, without block tables and without secrets', async () => {
    const shown = await pulihJson<Record<string, unknown> & { databases: object[]; copies: object[] }>(
      at('show', names[0]!),
    )
    assert.deepEqual(
      [shown.name, shown.state, shown.format, shown.copies.length],
      [names[0], 'proven', 'pulih-archive', 1],
    )
    assert.equal(shown.databases.length, 2)
    for (const database of shown.databases) assert.ok(!('blocks' in database) && 'sha256' in database)
    const { stdout } = await pulih(at('show', `${names[0]}.zip`))
    assert.match(stdout, /finance_bot\.db[\s\S]*data\/assets\.db|data\/assets\.db[\s\S]*finance_bot\.db/)
    assert.match(stdout, /three/)
    assert.ok(!stdout.includes('not-a-real-token'))
    assert.match((await pulih(at('show', 'latest', '--lang', 'id'))).stdout, /terbukti[\s\S]*alasan/)
  })

  test('a mistyped name exits 1 and names the nearest; with --json the error is the one document', async () => {
    const wrong = names[0]!.replace('manual', 'manul')
    const ended = await pulih(at('show', wrong))
    assert.equal(ended.code, 1)
    assert.ok(ended.stderr.includes(names[0]!) && !/\bat .*\.ts:/.test(ended.stderr), ended.stderr)
    const { error } = await pulihJson<{ error: { code: string; hint: string } }>(at('pin', 'nothing-like-it'), {
      exits: [1],
    })
    assert.equal(error.code, 'backup.unknown')
    assert.match(error.hint, /pulih list/)
  })

  test('what is pinned stays; the dry run and the run agree; removals are in the history', async () => {
    assert.deepEqual(await pulihJson(at('pin', names[2]!, '--reason', 'audit')), {
      name: names[2],
      pinned: true,
      reason: 'audit',
    })
    await pulihJson(at('backup'))
    configure({ max_backups: 1 })
    interface Plan {
      kept: { name: string; reasons: string[] }[]
      removed: { name: string; reason: string }[]
    }
    const planned = await pulihJson<Plan>(at('prune', '--dry-run'))
    assert.deepEqual(planned.removed, [{ name: names[1], reason: 'superseded' }])
    assert.deepEqual(planned.kept.at(-1), { name: names[2], reasons: ['pinned'] })
    assert.equal((await list()).length, 4)
    const { stdout } = await pulih(at('prune', '--dry-run', '--lang', 'id'))
    assert.match(stdout, /akan dihapus: 1[\s\S]*digantikan/)
    const done = await pulihJson<Plan>(at('prune', '--yes'))
    assert.deepEqual([done.kept, done.removed], [planned.kept, planned.removed])
    assert.deepEqual(
      (await list()).map(({ name }) => name),
      planned.kept.map(({ name }) => name),
    )
    const { acts } = await pulihJson<{ acts: { act: string; outcome: string; facts: object }[] }>(at('history'))
    assert.deepEqual(acts[0]?.facts, { remove: [names[1]], archive: [], removed: [names[1]], archived: [] })
    assert.deepEqual(await pulihJson(at('unpin', names[2]!)), { name: names[2], pinned: false, reason: null })
    assert.equal((await list()).find(({ name }) => name === names[2])?.pinned, false)
  })

  test('a failed backup is in no list, but in the history with its reason in both languages', async () => {
    configure({ max_backups: 10 })
    rmSync(`${app.path}/data/assets.db`)
    assert.equal((await pulih(at('backup'))).code, 1)
    assert.equal((await list()).length, 3)
    const english = await pulih(at('history', '--limit', '1'))
    assert.match(english.stdout, /failed[\s\S]*assets\.db/)
    const indonesian = await pulih(at('history', '--limit', '1', '--lang', 'id'))
    assert.match(indonesian.stdout, /gagal[\s\S]*assets\.db/)
    assert.notEqual(lineWith(english.stdout, 'assets.db'), lineWith(indonesian.stdout, 'assets.db'))
    const { acts } = await pulihJson<{ acts: { outcome: string; error: { code: string } }[] }>(at('history'))
    assert.equal(acts[0]?.outcome, 'failed')
    assert.match(String(acts[0]?.error.code), /^source\./)
    assert.equal((await pulih(at('history', '--limit', 'x'))).code, 2)
  })

  test('forget-source ends the missing of a database that is gone on purpose, however its path is written', async () => {
    assert.equal((await pulih(at('forget-source', 'data/other.db'))).code, 1)
    const forgot = await pulihJson<{ path: string; expected: string[] }>(at('forget-source', './data/assets.db'))
    assert.deepEqual([forgot.path, forgot.expected], ['data/assets.db', ['finance_bot.db']])
    await pulihJson(at('backup'), { exits: [0, 3] })
    assert.equal((await list())[0]?.state, 'proven')
  })

  test('a damaged archive is shown as damaged, with the reason and what to do', async () => {
    const [, second] = await pulihJson<{ backups: { path: string; name: string }[] }>(at('list')).then(
      (one) => one.backups,
    )
    truncateSync(second!.path, 1000)
    const listed = await pulih(at('list'))
    assert.match(listed.stdout, /damaged[\s\S]*1 damaged[\s\S]*pulih show/)
    const shown = await pulih(at('show', second!.name))
    assert.equal(shown.code, 0)
    assert.match(shown.stdout, /counts for nothing[\s\S]*pulih list/)
  })

  function configure(backup_config: object): void {
    const retention_policy = { daily_backups: 0, weekly_backups: 0, monthly_backups: 0 }
    writeFileSync(`${app.path}/config/backup_config.json`, JSON.stringify({ backup_config, retention_policy }))
  }
})

function lineWith(text: string, part: string): string | undefined {
  return text.split('\n').find((line) => line.includes(part))
}

test('critical backups that retention moves are reported as kept, archived, and stay in list', async () => {
  using folder = tempFolder()
  const app = bareApp(folder.path)
  for (let sequence = 1; sequence <= 3; sequence++) await keepArchive(app, { sequence, type: 'emergency' })
  for (let sequence = 4; sequence <= 15; sequence++) await keepArchive(app, { sequence })
  const { kept } = await pulihJson<{ kept: { name: string; reasons: string[] }[] }>(['prune', '--dir', folder.path])
  assert.deepEqual(kept.at(-1), { name: 'backup_emergency_1', reasons: ['archived'] })
  const { backups } = await pulihJson<{ backups: (Entry & { path: string })[] }>(['list', '--dir', folder.path])
  const moved = backups.find(({ name }) => name === 'backup_emergency_1')
  assert.deepEqual([moved?.state, moved?.path], ['proven', `${app.folders.archives}/backup_emergency_1.zip`])
})
