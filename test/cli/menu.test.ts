import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { makeBot } from '../../src/demo/bot.ts'
import { readBooks } from '../../src/demo/money.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type Talk, talk } from './talk.ts'

const folder = tempFolder()
const app = folder.join('bot')

before(() => makeBot(app, { transactions: 1000 }))
after(() => folder[Symbol.dispose]())

/** Answers, one a line, as typed or piped. */
function answer(words: readonly string[], lines: readonly string[]): Promise<Talk> {
  return talk(words, { cwd: app, input: lines.map((line) => `${line}\n`).join('') })
}

describe('the founding document’s menus', () => {
  const numbers: readonly (readonly [string, 'en' | 'id', readonly string[]])[] = [
    [
      'backup',
      'id',
      [
        '1. Buat backup lengkap',
        '2. Backup sebelum migrasi',
        '3. Backup sebelum deployment',
        '4. List backup yang ada',
        '5. Restore backup',
        '6. Keluar',
      ],
    ],
    [
      'backup',
      'en',
      [
        '1. Make a full backup',
        '2. Backup before a migration',
        '3. Backup before a deployment',
        '4. List the backups',
        '5. Restore a backup',
        '6. Exit',
      ],
    ],
    [
      'scenarios',
      'id',
      [
        '1. Major Update',
        '2. Database Migration',
        '3. Data Corruption Recovery',
        '4. Scheduled Maintenance',
        '5. Disaster Recovery',
        '6. Keluar',
      ],
    ],
    [
      'scenarios',
      'en',
      [
        '1. Major update',
        '2. Database migration',
        '3. Data corruption',
        '4. Scheduled maintenance',
        '5. Disaster recovery',
        '6. Exit',
      ],
    ],
    [
      'monitor',
      'id',
      [
        '1. Jalankan health check',
        '2. Pemantauan otomatis',
        '3. Lihat status backup',
        '4. Periksa integritas database',
        '5. Keluar',
      ],
    ],
    [
      'monitor',
      'en',
      [
        '1. Run the health check',
        '2. Automated monitoring',
        '3. View backup status',
        '4. Check database integrity',
        '5. Exit',
      ],
    ],
  ]
  for (const [name, lang, lines] of numbers) {
    test(`${name} in ${lang} has its numbers, and the last one leaves`, async () => {
      const { code, stdout } = await answer(['menu', name, '--lang', lang], [String(lines.length)])
      assert.equal(code, 0)
      for (const line of lines) assert.ok(stdout.includes(`  ${line}`), line)
    })
  }

  test('a full backup asks for the reason and prints the command that does the same', async () => {
    const { code, stdout } = await answer(['menu', 'backup', '--lang', 'id'], ['1', 'harga baru', '6'])
    assert.equal(code, 0)
    assert.match(stdout, /Alasan backup/)
    assert.match(stdout, /sama dengan: pulih backup --reason 'harga baru' --lang id\n/)
    assert.match(stdout, /✅ backup berhasil: backup_manual_/)
  })

  test('before a deployment it asks for the version, before a migration for its name', async () => {
    const { stdout } = await answer(['menu', 'backup'], ['3', 'v2.0.0', '2', 'add_new_asset_fields', '6'])
    assert.match(stdout, /same as: pulih backup --type pre_deployment --label v2\.0\.0\n/)
    assert.match(stdout, /backup_pre_deployment_v2\.0\.0_\d{8}_\d{6}/)
    assert.match(stdout, /backup_pre_migration_add_new_asset_fields_\d{8}_\d{6}/)
  })

  test('list and restore: the picked backup comes back after an explicit yes', async () => {
    await answer(['menu', 'backup'], ['1', '', '6'])
    const money = join(app, 'finance_bot.db')
    const before = readBooks(money)
    {
      using db = new DatabaseSync(money)
      db.exec('UPDATE dompet SET saldo = 0')
    }
    const { code, stdout } = await answer(['menu', 'backup'], ['4', '5', '1', 'y', '6'])
    assert.equal(code, 0)
    assert.match(stdout, /same as: pulih list\n/)
    assert.match(stdout, /same as: pulih restore backup_manual_/)
    assert.deepEqual(readBooks(money), before)
  })

  test('the end of input is no yes: nothing is restored', async () => {
    const money = join(app, 'finance_bot.db')
    {
      using db = new DatabaseSync(money)
      db.exec('UPDATE dompet SET saldo = saldo + 1 WHERE id = 1')
    }
    const changed = readBooks(money)
    const { code } = await answer(['menu', 'backup'], ['5', '1'])
    assert.equal(code, 0)
    assert.deepEqual(readBooks(money), changed)
    using db = new DatabaseSync(money)
    db.exec('UPDATE dompet SET saldo = saldo - 1 WHERE id = 1')
  })

  test('a wrong answer and a failed choice are told, and the menu goes on', async () => {
    const { code, stdout } = await answer(['menu', 'backup'], ['9', 'x', '3', 'a/b', '5', 'no_such_backup', '6'])
    assert.equal(code, 0)
    assert.match(stdout, /"9" is not on the menu; a number from 1 to 6/)
    assert.match(stdout, /"a\/b" cannot be a label/)
    assert.match(stdout, /no backup named no_such_backup/)
  })

  test('scenarios ask for what they need, and say when it was not given', async () => {
    const { stdout } = await answer(['menu', 'scenarios'], ['1', '', '2', '', '6'])
    assert.match(stdout, /Version of the update[\s\S]*Migration name/)
    assert.equal(stdout.match(/nothing was entered/g)?.length, 2)
  })

  test('the top menu leads to the others and back', async () => {
    const { code, stdout } = await answer(['menu'], ['1', '6', '3', '5', '4', '7', '5'])
    assert.equal(code, 0)
    assert.match(stdout, /1\. Backup and restore[\s\S]*1\. Make a full backup[\s\S]*1\. Run the health check/)
    assert.match(stdout, /4\. Backups by themselves[\s\S]*3\. Start at boot/)
  })

  test('automatic backups: the service as it is and would be, and a gate by hand', async () => {
    const { stdout } = await answer(['menu', 'automatic'], ['1', '2', '5', 'bulk_delete_assets', '5', '', '7'])
    assert.match(stdout, /no service is installed[\s\S]*daemon --dir[\s\S]*same as: pulih trigger .*bulk_delete_assets/)
    assert.match(stdout, /backup_bulk_delete_assets_\d{8}_\d{6}/)
    assert.equal(stdout.match(/nothing was entered/g)?.length, 1)
  })

  test('--json: the menu talks on standard error and leaves one document of what was run', async () => {
    const { stdout, stderr } = await answer(['menu', 'backup', '--json'], ['1', 'x', '6'])
    const { menu, runs } = JSON.parse(stdout)
    assert.equal(menu, 'backup')
    assert.equal(runs[0].result.state, 'proven')
    assert.match(stderr, /1\. Make a full backup/)
  })

  test('what was said to the menu holds for its commands', async () => {
    const { stdout } = await talk(['menu', 'backup', '--dir', app], { cwd: folder.path, input: '1\n\n6\n' })
    assert.match(stdout, new RegExp(`same as: pulih backup --dir ${app}\n[\\s\\S]*backup made`))
  })
})
