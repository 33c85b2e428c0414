import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Dice } from '../../bench/dice.ts'
import { pulih } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type ActName, acts, makeStage, type Scene } from './acts.ts'
import { checkAftermath } from './aftermath.ts'
import { failpointsIn, failpointsWithoutTest } from './failpoints.ts'

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

/** Kills the act at every pass of one fail point in turn; answers how often it came by. */
async function killAtEvery(act: ActName, name: string, prepare?: (scene: Scene) => Disposable): Promise<number> {
  for (let pass = 1; ; pass++) {
    let killed = false
    await onStage(act, async (scene) => {
      using _prepared = prepare?.(scene)
      const ended = await pulih(scene.words, { env: { PULIH_FAILPOINT: `${name}:${pass}` } })
      killed = ended.signal === 'SIGKILL'
      if (killed) await checkAftermath(scene, `${act} killed at ${name}:${pass}`)
      else assert.ok(ended.code === 0 || ended.code === 3, `${act}: exit ${ended.code}\n${ended.stderr}`)
    })
    if (!killed) return pass - 1
  }
}

/** Fail points of the parts an act walks through. Recovery, vault and daemon kill themselves in tests of their own. */
const passed = {
  backup: failpointsIn('disk', 'source', 'capture', 'archive', 'verify', 'catalogue', 'backup'),
  prune: failpointsIn('retention'),
}

describe('killed after every durable step in turn, an act leaves the old state or the new', () => {
  for (const [act, names] of Object.entries(passed) as [ActName, readonly string[]][]) {
    for (const name of names) {
      test(`${act}: ${name}`, async () => {
        // A copy takes the place of a move only where the archive folder is on another disk.
        const kills = await killAtEvery(act, name, name === 'prune.archive-copied' ? withArchivesElsewhere : undefined)
        assert.ok(kills > 0, `${act} does not pass the fail point ${name}`)
      })
    }
  }

  test('no fail point of another part is without a test there', () => {
    const others = failpointsIn('.').filter((name) => !Object.values(passed).flat().includes(name))
    assert.deepEqual(failpointsWithoutTest(others), [])
  })
})

/** Puts the archive folder on the file system of `/dev/shm`; disposing takes it away. */
function withArchivesElsewhere({ app }: Scene): Disposable {
  const elsewhere = mkdtempSync('/dev/shm/pulih-test-')
  assert.notEqual(statSync(elsewhere).dev, statSync(app.path).dev, '/dev/shm must be another file system')
  rmSync(join(app.path, 'backups/archives'), { recursive: true, force: true })
  symlinkSync(elsewhere, join(app.path, 'backups/archives'))
  return { [Symbol.dispose]: () => rmSync(elsewhere, { recursive: true }) }
}

describe('killed at any moment, an act leaves the old state or the new', () => {
  const dice = new Dice(20)
  for (const act of acts) {
    test(act, async () => {
      for (let i = 0; i < 10; i++) {
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
