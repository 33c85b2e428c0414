import assert from 'node:assert/strict'
import { renameSync, rmSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { pulih } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { acts, makeStage } from './acts.ts'
import { checkAftermath, listOf } from './aftermath.ts'
import { DiskModel } from './disk-model.ts'
import { type Call, readCalls, recording } from './recorded.ts'

const folder = tempFolder()
let stage: Awaited<ReturnType<typeof makeStage>>
before(async () => {
  stage = await makeStage(folder.path)
})
after(() => folder[Symbol.dispose]())

/** Where a power cut may leave something else than just before. */
const turning: readonly Call['kind'][] = ['sync', 'rename', 'link', 'unlink', 'rmdir', 'mkdir']

describe('after a power cut at any moment, what was fsynced is the old state or the new', () => {
  for (const act of acts) {
    test(act, async (t) => {
      if (!requireTool(t, 'strace')) return
      const path = folder.join(act)
      const scene = await stage(act, path)
      const model = new DiskModel(path)
      const log = folder.join(`${act}.strace`)
      const ended = await pulih(scene.words, { under: recording(log) })
      assert.ok(ended.code === 0 || ended.code === 3, ended.stderr)
      const listed = await listOf(scene.app)
      renameSync(path, folder.join(`${act}.done`))

      const seen = new Set<string>()
      for (const [i, call] of readCalls(log, path).entries()) {
        model.apply(call)
        if (!turning.includes(call.kind)) continue
        for (const mode of ['strict', 'eager'] as const) {
          const print = model.fingerprint(mode)
          if (seen.has(print)) continue
          seen.add(print)
          model.layOut(path, mode)
          await checkAftermath(scene, `${act}, power cut (${mode}) after call ${i}: ${call.kind}`, { begun: false })
          rmSync(path, { recursive: true })
        }
      }
      assert.ok(seen.size > 3, `only ${seen.size} states`)
      t.diagnostic(`${seen.size} states`)

      // What the act told its caller is done has reached the disk.
      model.layOut(path, 'strict')
      const names = (await listOf(scene.app)).map((one) => [one.name, one.state])
      assert.deepEqual(
        names,
        listed.map((one) => [one.name, one.state]),
      )
    })
  }
})
