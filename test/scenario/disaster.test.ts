import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pulih, runProgram } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type Answer, change, content, makeScene, type Scene, smokeTest, statuses, step } from './scene.ts'

let scene: Scene
/** What is left after the fire: two zips on a stick, nothing else. */
let older: string
let newer: string
let truth: readonly string[]

before(async () => {
  scene = await makeScene({ app: { smoke_test: smokeTest } })
  older = (await scene.json(0, 'backup')).path
  change(scene.assets, 'DELETE FROM log_pesan WHERE id = 1')
  newer = (await scene.json(0, 'backup')).path
  truth = [content(scene.money), content(scene.assets)]
})

after(() => scene[Symbol.asyncDispose]())

interface Ruins extends Disposable {
  readonly zips: string
  readonly empty: string
  plan(): Answer
  run(...words: string[]): Promise<{ code: number | null; answer: Answer }>
}

function ruins(...zips: readonly string[]): Ruins {
  const folder = tempFolder()
  mkdirSync(folder.join('stick of zips'))
  mkdirSync(folder.join('new'))
  for (const path of zips) copyFileSync(path, join(folder.join('stick of zips'), path.split('/').at(-1) ?? ''))
  const empty = folder.join('new')
  return {
    zips: folder.join('stick of zips'),
    empty,
    plan: () => JSON.parse(readFileSync(join(empty, 'backups/EMERGENCY_RECOVERY.json'), 'utf8')),
    async run(...words) {
      const ended = await pulih([...words, '--json'], { cwd: empty })
      return { code: ended.code, answer: JSON.parse(ended.stdout) }
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

const rebuilt = (folder: string): string[] =>
  ['finance_bot.db', 'asset_data.db'].map((name) => content(join(folder, name)))

describe('scenario disaster', { concurrency: 2 }, () => {
  test('in an empty folder with one folder of zips: a plan whose commands, run as written by sh, rebuild the app', async () => {
    using place = ruins(older, newer)
    const { code, answer } = await place.run('scenario', 'disaster', '--from', place.zips)
    assert.equal(code, 0)
    assert.deepEqual([answer.scenario, answer.status], ['disaster', 'ready'])
    assert.equal(answer.plan, join(place.empty, 'backups/EMERGENCY_RECOVERY.json'))
    assert.equal(`${answer.backup}.zip`, newer.split('/').at(-1))
    assert.deepEqual(readdirSync(place.empty), ['backups'])
    const lines = place.plan().steps.flatMap(({ command }: Answer) => (command === null ? [] : [command]))
    assert.ok(lines.includes(smokeTest))
    for (const line of lines) {
      const ended = await runProgram('sh', ['-c', line], { cwd: place.empty })
      assert.ok(ended.code === 0 || ended.code === 3, `${line}\n${ended.stdout}\n${ended.stderr}`)
    }
    assert.deepEqual(rebuilt(place.empty), truth)
    assert.equal(statSync(join(place.empty, '.env')).mode & 0o777, 0o600)
    assert.equal(readFileSync(join(place.empty, 'main.py'), 'utf8'), readFileSync(join(scene.app, 'main.py'), 'utf8'))
  })

  test('--yes rebuilds and runs the smoke test; then a backup of the new app is proven', async () => {
    using place = ruins(older, newer)
    const { code, answer } = await place.run('scenario', 'disaster', '--from', place.zips, '--yes')
    assert.equal(code, 0)
    assert.equal(answer.status, 'done')
    const plan = place.plan()
    assert.equal(plan.status, 'done')
    assert.deepEqual(statuses(plan), {
      ...{ assess: 'done', stop: 'skipped', fetch: 'done', restore: 'done', check: 'done' },
      ...{ start: 'skipped', 'smoke-test': 'done', watch: 'skipped' },
    })
    assert.equal(step(plan, 'smoke-test').evidence?.output, 'saldo cocok')
    assert.deepEqual(rebuilt(place.empty), truth)
    assert.equal((await place.run('backup')).answer.state, 'proven')
    assert.equal((await place.run('plan', 'list')).answer.plans[0].status, 'done')
  })

  test('a damaged newest zip is passed over, whatever its mark says; one zip file is a source too', async () => {
    using place = ruins(older, newer)
    const name = newer.split('/').at(-1) ?? ''
    const bytes = readFileSync(newer)
    const middle = bytes.length >> 1
    bytes.fill(0, middle, middle + 200)
    writeFileSync(join(place.zips, name), bytes)
    const { code, answer } = await place.run('scenario', 'disaster', '--from', place.zips)
    assert.equal(code, 0)
    assert.equal(`${answer.backup}.zip`, older.split('/').at(-1))
    const one = await place.run('scenario', 'disaster', '--from', older)
    assert.equal(`${one.answer.backup}.zip`, older.split('/').at(-1))
  })

  test('in the ruins of the app its own archives are found, and the assessment says what is gone and what is damaged', async () => {
    using place = ruins()
    const app = join(place.empty, '../left')
    mkdirSync(join(app, 'backups'), { recursive: true })
    copyFileSync(newer, join(app, 'backups', newer.split('/').at(-1) ?? ''))
    writeFileSync(join(app, 'finance_bot.db'), Buffer.concat([readFileSync(scene.money).subarray(0, 5000)]))
    writeFileSync(join(app, 'main.py'), '# half\n')
    const ended = await pulih(['scenario', 'disaster', '--yes', '--json'], { cwd: app })
    assert.equal(ended.code, 0, ended.stdout + ended.stderr)
    const parts = Object.fromEntries(JSON.parse(ended.stdout).assessment.map((one: Answer) => [one.part, one.status]))
    assert.equal(parts['database finance_bot.db'], 'damaged')
    assert.equal(parts['database asset_data.db'], 'missing')
    assert.equal(parts.code, 'missing')
    assert.equal(parts.configuration, 'missing')
    assert.equal(parts.backups, 'healthy')
    assert.deepEqual(rebuilt(app), truth)
    const quarantined = readdirSync(join(app, 'backups/.pulih/quarantine'), { recursive: true }).map(String)
    assert.ok(
      quarantined.some((path) => path.includes('finance_bot.db')),
      String(quarantined),
    )
  })

  test('a smoke test that fails: the data is in place, the plan is failed, exit 1', async () => {
    using place = ruins(newer)
    await place.run('scenario', 'disaster', '--from', place.zips)
    const plan = place.plan()
    const steps = plan.steps.map((one: Answer) => (one.id === 'smoke-test' ? { ...one, command: 'exit 7' } : one))
    writeFileSync(join(place.empty, 'backups/EMERGENCY_RECOVERY.json'), JSON.stringify({ ...plan, steps }))
    const { code, answer } = await place.run('plan', 'run', 'EMERGENCY_RECOVERY')
    assert.deepEqual([code, answer.status, step(answer, 'smoke-test').status], [1, 'failed', 'failed'])
    assert.deepEqual(rebuilt(place.empty), truth)
  })

  for (const how of ['--yes', 'plan run', 'sh'] as const) {
    test(`a damaged configuration does not hinder the recovery: it is set aside (${how})`, async () => {
      using place = ruins(newer)
      const config = join(place.empty, 'config/backup_config.json')
      mkdirSync(join(place.empty, 'config'))
      writeFileSync(config, '{"backup_config": {')
      const words = ['scenario', 'disaster', '--from', place.zips]
      const { code, answer } = await place.run(...words, ...(how === '--yes' ? ['--yes'] : []))
      assert.equal(code, 0, JSON.stringify(answer))
      assert.equal(answer.assessment.find((one: Answer) => one.part === 'configuration').status, 'damaged')
      if (how === 'plan run') assert.equal((await place.run('plan', 'run', 'EMERGENCY_RECOVERY')).code, 0)
      if (how === 'sh') {
        for (const { command } of place.plan().steps) {
          if (command === null) continue
          const ended = await runProgram('sh', ['-c', command], { cwd: place.empty })
          assert.ok(ended.code === 0 || ended.code === 3, `${command}\n${ended.stdout}\n${ended.stderr}`)
        }
      }
      assert.deepEqual(rebuilt(place.empty), truth)
      assert.equal(readFileSync(`${config}.damaged`, 'utf8'), '{"backup_config": {')
      assert.equal(readFileSync(config, 'utf8'), readFileSync(join(scene.app, 'config/backup_config.json'), 'utf8'))
    })
  }

  test('nothing to recover from, or only damaged zips: exit 1, nothing made', async () => {
    using place = ruins()
    const nothing = await place.run('scenario', 'disaster', '--from', place.zips, '--yes')
    assert.deepEqual([nothing.code, nothing.answer.error.code], [1, 'disaster.nothing'])
    writeFileSync(join(place.zips, 'backup_manual_20250101_000000.zip'), readFileSync(newer).subarray(0, 9000))
    const damaged = await place.run('scenario', 'disaster', '--from', place.zips, '--yes')
    assert.deepEqual([damaged.code, damaged.answer.error.code], [1, 'disaster.nothing'])
    assert.equal(existsSync(join(place.empty, 'finance_bot.db')), false)
    const nowhere = await place.run('scenario', 'disaster', '--from', join(place.zips, 'none'))
    assert.deepEqual([nowhere.code, nowhere.answer.error.code], [2, 'disaster.no-folder'])
  })

  test('the recovery card is one page in the language asked for, tells places and commands, and no secret', async () => {
    const { card } = await scene.json(0, 'scenario', 'disaster', '--card', '--lang', 'id')
    const [text, html] = [readFileSync(card.text, 'utf8'), readFileSync(card.html, 'utf8')]
    assert.ok(text.includes(join(scene.app, 'backups')))
    assert.match(text, /pulih scenario disaster --from .* --yes/)
    assert.match(html, /^<!doctype html>\n<html lang="id">/)
    assert.ok(text.split('\n').length < 60)
    const token = /BOT_TOKEN=(.*)/.exec(readFileSync(join(scene.app, '.env'), 'utf8'))?.[1] ?? ''
    assert.notEqual(token, '')
    for (const one of [text, html]) assert.equal(one.includes(token), false)
    for (const path of [card.text, card.html]) rmSync(path)
  })
})

test('a password in the address of the vault is in no plan and in no answer', async () => {
  await using own = await makeScene({
    vault: { repository: 'rest:http://bot:canary@pass@127.0.0.1:9/', password: 'canary-too' },
  })
  await own.run('backup', '--quiet')
  const { stdout, stderr } = await own.run('scenario', 'disaster', '--json')
  const plan = readFileSync(join(own.app, 'backups/EMERGENCY_RECOVERY.json'), 'utf8')
  assert.match(plan, /127\.0\.0\.1:9/)
  assert.doesNotMatch(`${stdout}${stderr}${plan}`, /canary|pass@/)
})
