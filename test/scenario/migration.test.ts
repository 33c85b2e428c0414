import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Writer } from '../../src/demo/writer.ts'
import { change, content, count, makeScene, statuses, step } from './scene.ts'

const addColumn = `
import sqlite3
db = sqlite3.connect("finance_bot.db", timeout=10)
db.execute("ALTER TABLE dompet ADD COLUMN warna TEXT")
db.execute("CREATE TABLE tag (id INTEGER PRIMARY KEY, nama TEXT)")
db.execute("INSERT INTO tag (nama) VALUES ('makan'), ('gaji')")
db.commit()
print("two tags")
`

describe('scenario migration', { concurrency: 2 }, () => {
  test('a migration that goes well beside a live writer: its output, and what it changed in schema and rows', async () => {
    await using scene = await makeScene()
    writeFileSync(join(scene.app, 'migrate.py'), addColumn)
    await using writer = await Writer.start(scene.app, { pauseMs: 50 })
    const made = await scene.json(0, 'scenario', 'migration', 'add_tags', '--', 'python3', 'migrate.py')
    assert.match(made.backup, /^backup_pre_migration_add_tags_\d{8}_\d{6}$/)
    assert.equal(made.plan, join(scene.app, 'backups/migration_add_tags.json'))
    assert.deepEqual([made.scenario, made.status, made.outcome], ['migration', 'done', 'migrated'])
    const log = scene.plan('migration_add_tags')
    assert.deepEqual(statuses(log), { backup: 'done', migrate: 'done', check: 'done', rollback: 'skipped' })
    assert.equal(step(log, 'migrate').evidence?.output, 'two tags')
    assert.match(readFileSync(String(log.log), 'utf8'), /two tags/)
    const { schema, rows } = made.difference
    const told = schema.map((one: Record<string, unknown>) => `${one.change} ${one.name} ${one.columnsAdded}`)
    assert.deepEqual(told.sort(), ['added tag id INTEGER,nama TEXT', 'changed dompet warna TEXT'])
    assert.deepEqual(rows['finance_bot.db'].tag, { before: null, after: 2, change: 2 })
    assert.ok(rows['finance_bot.db'].transaksi.after >= rows['finance_bot.db'].transaksi.before)
    assert.deepEqual((await writer.stop()).errors, [])
    assert.equal((await scene.json(1, 'plan', 'run', 'migration_add_tags')).error.code, 'migration.once')
  })

  const failures: readonly (readonly [string, string, RegExp])[] = [
    ['exits non-zero', 'sqlite3 finance_bot.db "DROP TABLE kategori"; echo sorry; exit 3', /exit code 3/],
    ['breaks a rule of the app', 'sqlite3 finance_bot.db "UPDATE dompet SET saldo = saldo + 1"', /newly broken/],
    ['deletes a database', 'rm asset_data.db*', /asset_data\.db.*gone/],
    [
      'damages a database',
      'sqlite3 finance_bot.db "PRAGMA wal_checkpoint(truncate)"; dd if=/dev/zero of=finance_bot.db bs=4096 seek=3 count=8 conv=notrunc',
      /damaged|cannot be read/,
    ],
    ['does not exist', 'no_such_migration_tool', /exit code 127/],
  ]
  for (const [what, line, reason] of failures) {
    test(`a migration that ${what} is rolled back by itself`, async () => {
      await using scene = await makeScene({ language: 'en' })
      const before = [content(scene.money), content(scene.assets)]
      const made = await scene.json(1, 'scenario', 'migration', 'bad', '--', 'sh', '-c', line)
      assert.deepEqual([made.status, made.outcome], ['failed', 'rolled back'])
      assert.match(made.reason.en, reason)
      const log = scene.plan('migration_bad')
      assert.equal(log.status, 'failed')
      assert.equal(log.outcome, 'rolled back')
      assert.ok(Array.isArray((log.difference as { schema: unknown }).schema))
      assert.equal(step(log, 'rollback').status, 'done')
      assert.deepEqual([content(scene.money), content(scene.assets)], before)
      const { acts } = await scene.json(0, 'history')
      assert.equal(acts.find((one: { act: string }) => one.act === 'migration').outcome, 'failed')
    })
  }

  test('without a command it prepares; checkpoints are proven backups to go back to; then to its beginning', async () => {
    await using scene = await makeScene()
    const prepared = await scene.json(0, 'scenario', 'migration', 'by_hand')
    assert.deepEqual([prepared.status, prepared.outcome], ['ready', null])
    change(scene.assets, 'DELETE FROM log_pesan WHERE id = 12')
    const first = await scene.json(0, 'checkpoint', 'by_hand', 'one')
    assert.match(first.backup, /^backup_checkpoint_by_hand_one_/)
    assert.equal((await scene.json(0, 'verify', first.backup)).results[0].state, 'proven')
    assert.equal((await scene.json(1, 'checkpoint', 'by_hand', 'one')).error.code, 'migration.checkpoint-taken')
    change(scene.assets, 'DELETE FROM log_pesan WHERE id = 11')
    const numbered = await scene.json(0, 'checkpoint', 'by_hand')
    assert.equal(numbered.label, '2')
    assert.deepEqual(
      (scene.plan('migration_by_hand').checkpoints as { label: string }[]).map(({ label }) => label),
      ['one', '2'],
    )
    assert.equal(
      (await scene.json(1, 'rollback', 'by_hand', '--to', 'x', '--yes')).error.code,
      'rollback.no-checkpoint',
    )
    await scene.json(0, 'rollback', 'by_hand', '--to', 'one', '--yes')
    assert.equal(count(scene.assets, 'SELECT count(*) FROM log_pesan'), 249)
    await scene.json(0, 'rollback', 'by_hand', '--yes')
    assert.equal(count(scene.assets, 'SELECT count(*) FROM log_pesan'), 250)
    const log = scene.plan('migration_by_hand')
    assert.deepEqual([log.status, log.outcome, log.rolledBackTo], ['failed', 'rolled back', prepared.backup])
  })

  test('what cannot be rolled back because somebody holds the database is told, and plan resume does it later', async () => {
    await using scene = await makeScene({ language: 'en' })
    const marks = "SELECT count(*) FROM sqlite_schema WHERE name = 'mark'"
    await using writer = await Writer.start(scene.app, { pauseMs: 50 })
    const line = 'sqlite3 -cmd ".timeout 5000" finance_bot.db "CREATE TABLE mark (n)"; exit 9'
    const ended = await scene.run('scenario', 'migration', 'held', '--', 'sh', '-c', line)
    assert.equal(ended.code, 1)
    assert.match(ended.stdout, /could NOT be rolled back/)
    assert.match(ended.stdout, new RegExp(String(writer.pid)))
    assert.equal(scene.plan('migration_held').outcome, 'rollback failed')
    await writer.stop()
    assert.equal(count(scene.money, marks), 1)
    await scene.json(1, 'plan', 'resume', 'migration_held')
    assert.deepEqual(
      [scene.plan('migration_held').status, scene.plan('migration_held').outcome],
      ['failed', 'rolled back'],
    )
    assert.equal(count(scene.money, marks), 0)
  })

  test('--dry-run makes no backup, writes no log and starts no command', async () => {
    await using scene = await makeScene()
    const dry = await scene.json(0, 'scenario', 'migration', 'dry', '--dry-run', '--', 'touch', 'ran')
    assert.deepEqual([dry.command, dry.dryRun, dry.backup], ['touch ran', true, null])
    assert.deepEqual((await scene.json(0, 'list')).backups, [])
    assert.throws(() => readFileSync(join(scene.app, 'ran')))
  })
})
