import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { Dice } from '../../bench/dice.ts'
import { pulih } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { acts, makeStage, type Scene } from './acts.ts'
import { checkAftermath } from './aftermath.ts'
import { failpointNames } from './failpoints.ts'

const folder = tempFolder()
let stage: Awaited<ReturnType<typeof makeStage>>
let scenes = 0

before(async () => {
  stage = await makeStage(folder.path)
})
after(() => folder[Symbol.dispose]())

async function onStage(act: (typeof acts)[number], play: (scene: Scene) => Promise<void>): Promise<void> {
  const path = folder.join(`scene-${scenes++}`)
  await play(await stage(act, path))
  // Only after success: a scene that failed stays for whoever reads the failure, until the end of the run.
  rmSync(path, { recursive: true })
}

describe('killed after every durable step in turn, an act leaves the old state or the new', () => {
  for (const name of failpointNames()) {
    test(name, async () => {
      let kills = 0
      for (const act of acts) {
        for (let pass = 1, killed = true; killed; pass++) {
          await onStage(act, async (scene) => {
            const ended = await pulih(scene.words, { env: { PULIH_FAILPOINT: `${name}:${pass}` } })
            killed = ended.signal === 'SIGKILL'
            if (!killed) assert.ok(ended.code === 0 || ended.code === 3, `${act}: exit ${ended.code}\n${ended.stderr}`)
            if (killed) await checkAftermath(scene, `${act} killed at ${name}:${pass}`)
            kills += killed ? 1 : 0
          })
        }
      }
      assert.ok(kills > 0, `no act passes the fail point ${name}`)
    })
  }
})

describe('killed at any moment, an act leaves the old state or the new', () => {
  const dice = new Dice(20)
  for (const act of acts) {
    test(act, async () => {
      for (let i = 0; i < 15; i++) {
        const killAfterMs = Math.round(40 + dice.next() * 700)
        await onStage(act, async (scene) => {
          const ended = await pulih(scene.words, { killAfterMs })
          if (ended.signal !== 'SIGKILL') return
          await checkAftermath(scene, `${act} killed after ${killAfterMs} ms`, { begun: false })
        })
      }
    })
  }
})
