import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pulih } from '../fixture/pulih.ts'
import { makeScene, type Scene, smokeTest } from './scene.ts'

const golden = join(import.meta.dirname, '../golden/scenario')

let scene: Scene
let empty: string

before(async () => {
  const service = { start: 'systemctl start bot', stop: 'systemctl stop bot', smoke_test: smokeTest }
  scene = await makeScene({ app: service })
  empty = scene.join('new')
  mkdirSync(empty)
  await scene.json(0, 'scenario', 'update', 'v2.0.0')
  await scene.json(0, 'scenario', 'migration', 'add_new_asset_fields')
  await scene.json(0, 'scenario', 'maintenance')
  await pulih(['scenario', 'disaster', '--from', join(scene.app, 'backups')], { cwd: empty })
})

after(() => scene[Symbol.asyncDispose]())

const plans = ['rollback_v2.0.0', 'migration_add_new_asset_fields', 'maintenance_checklist', 'EMERGENCY_RECOVERY']

for (const name of plans) {
  for (const language of ['id', 'en'] as const) {
    test(`${name} reads in ${language} as test/golden/scenario/${name}.${language}.txt`, async () => {
      const cwd = name === 'EMERGENCY_RECOVERY' ? empty : scene.app
      const { code, stdout } = await pulih(['plan', 'show', name, '--lang', language], {
        cwd,
        env: { NO_COLOR: '1' },
      })
      assert.equal(code, 0)
      const file = join(golden, `${name}.${language}.txt`)
      const said = withoutPlaces(stdout)
      if (process.env.PULIH_GOLDEN === 'write') writeFileSync(file, said)
      assert.equal(said, readFileSync(file, 'utf8'))
    })
  }
}

/** Paths, times and names of this run -> words that stay the same. */
function withoutPlaces(text: string): string {
  return text
    .replaceAll(/\S*\/bin\/pulih /g, 'pulih ')
    .replaceAll(scene.app, 'APP')
    .replaceAll(empty, 'NEW')
    .replaceAll(/\d{8}_\d{6}(-\d+)?/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d\.\d+[+-]\d\d:\d\d)?/g, 'TIME')
}
