import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { talk } from '../cli/talk.ts'
import { change, content, makeScene, type Scene, statuses } from './scene.ts'

let scene: Scene

before(async () => {
  scene = await makeScene()
})

after(() => scene[Symbol.asyncDispose]())

/** Answers, one a line, piped into `menu scenarios`. */
function choose(language: 'id' | 'en', lines: readonly string[], cwd = scene.app) {
  return talk(['menu', 'scenarios', '--lang', language], { cwd, input: lines.map((line) => `${line}\n`).join('') })
}

describe('the five scenarios by their numbers', () => {
  for (const [language, question, version] of [
    ['id', /Versi update/, 'v1.0.0'],
    ['en', /Version of the update/, 'v1.1.0'],
  ] as const) {
    test(`1 asks for the version and prepares the update (${language})`, async () => {
      const { code, stdout } = await choose(language, ['1', version, '6'])
      assert.equal(code, 0)
      assert.match(stdout, question)
      assert.match(stdout, new RegExp(`pulih scenario update ${version} --lang ${language}`))
      assert.match(stdout, new RegExp(`backup_pre_deployment_${version}_\\d{8}_\\d{6}`))
      assert.equal(scene.plan(`rollback_${version}`).status, 'ready')
    })
  }

  for (const [language, name, command, ended] of [
    ['id', /Nama migrasi/, /Perintah/, 'selesai dan sudah diperiksa'],
    ['en', /Migration name/, /command/, 'is done and checked'],
  ] as const) {
    test(`2 asks for the name and the command, and runs the migration (${language})`, async () => {
      const line = `sqlite3 finance_bot.db 'CREATE TABLE tag_${language} (n)'`
      const { code, stdout } = await choose(language, ['2', `add_tag_${language}`, line, '6'])
      assert.equal(code, 0)
      assert.match(stdout, name)
      assert.match(stdout, command)
      assert.ok(stdout.includes(ended), stdout)
      assert.equal(scene.plan(`migration_add_tag_${language}`).outcome, 'migrated')
    })
  }

  test('2 with an empty command prepares only', async () => {
    await choose('en', ['2', 'later', '', '6'])
    assert.equal(scene.plan('migration_later').status, 'ready')
  })

  for (const language of ['id', 'en'] as const) {
    test(`4 prepares the maintenance and says how to do it (${language})`, async () => {
      const { code, stdout } = await choose(language, ['4', '6'])
      assert.equal(code, 0)
      assert.match(stdout, new RegExp(`pulih scenario maintenance --lang ${language}`))
      assert.match(stdout, /pulih plan run maintenance_checklist/)
      assert.equal(scene.plan('maintenance_checklist').status, 'ready')
    })
  }

  for (const [language, question, yes] of [
    ['id', /Folder berisi backup/, 'ya'],
    ['en', /Folder with backups/, 'yes'],
  ] as const) {
    test(`5 asks for the folder and rebuilds after a yes, nothing after a no (${language})`, async () => {
      const backup = await scene.json(0, 'backup')
      const zips = scene.join(`zips_${language}`)
      const empty = scene.join(`new_${language}`)
      for (const folder of [zips, empty]) mkdirSync(folder)
      copyFileSync(backup.path, join(zips, basename(backup.path)))
      const declined = await choose(language, ['5', zips, 'n', '6'], empty)
      assert.equal(declined.code, 0)
      assert.match(declined.stdout, question)
      assert.ok(declined.stdout.includes(`pulih scenario disaster --from ${zips} --lang ${language}`))
      assert.equal(existsSync(join(empty, 'finance_bot.db')), false)
      const { code, stdout } = await choose(language, ['5', zips, yes, '6'], empty)
      assert.equal(code, 0, stdout)
      assert.equal(content(join(empty, 'finance_bot.db')), content(scene.money))
      const plan = JSON.parse(readFileSync(join(empty, 'backups/EMERGENCY_RECOVERY.json'), 'utf8'))
      assert.equal(plan.status, 'done')
      assert.equal(statuses(plan).restore, 'done')
    })
  }

  test('a migration that fails from the menu is rolled back, told, and the menu goes on', async () => {
    const before = content(scene.money)
    const line = `sqlite3 finance_bot.db 'UPDATE dompet SET saldo = saldo + 1'`
    const { code, stdout } = await choose('en', ['2', 'bad', line, '9', '6'])
    assert.equal(code, 0)
    assert.match(stdout, /the migration bad failed \(.*newly broken.*\); everything is as it was before it/)
    assert.match(stdout, /"9" is not on the menu/)
    assert.equal(content(scene.money), before)
    change(scene.money, 'UPDATE pengguna SET nama = nama')
  })
})
