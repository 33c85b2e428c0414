import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { pulih } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type ActName, makeStage } from './acts.ts'
import { checkAftermath } from './aftermath.ts'

const folder = tempFolder()
let stage: Awaited<ReturnType<typeof makeStage>>
before(async () => {
  stage = await makeStage(folder.path)
})
after(() => folder[Symbol.dispose]())

interface Fault {
  readonly call: string
  readonly error: string
  /** At the first so many calls, each in a run of its own; then at every `stride`th until none is left. */
  readonly each: number
  readonly stride: number
}

const faults: readonly Fault[] = [
  { call: 'fsync', error: 'EIO', each: 12, stride: 7 },
  { call: 'rename', error: 'EIO', each: 12, stride: 7 },
  { call: 'unlink', error: 'EACCES', each: 4, stride: 7 },
  { call: 'pwrite64', error: 'ENOSPC', each: 6, stride: 23 },
  { call: 'openat', error: 'EMFILE', each: 0, stride: 61 },
  { call: 'pread64', error: 'EIO', each: 0, stride: 41 },
  { call: 'mkdir', error: 'ENOSPC', each: 3, stride: 5 },
]

/** Refuses the nth call of each thread; true when that call came. One pool thread, so that "nth" means something. */
async function refused(words: readonly string[], fault: Fault, nth: number, log: string) {
  const inject = `inject=${fault.call}:error=${fault.error}:when=${nth}`
  const under = ['strace', '-f', '-qq', '-o', log, '-e', `trace=${fault.call}`, '-e', inject, '-e', 'signal=none']
  const ended = await pulih(words, { under, env: { UV_THREADPOOL_SIZE: '1' } })
  return { ended, happened: readFileSync(log, 'latin1').includes('(INJECTED)') }
}

/** One scene with the nth call refused; false when the act does not make so many. */
async function play(act: ActName, fault: Fault, nth: number): Promise<boolean> {
  const path = folder.join(`${act}-${fault.call}-${nth}`)
  const scene = await stage(act, path)
  const { ended, happened } = await refused(scene.words, fault, nth, folder.join('strace.log'))
  const where = `${act}, ${fault.call} ${nth} answers ${fault.error}`
  assert.ok([0, 1, 2, 3].includes(ended.code ?? -1), `${where}: exit ${ended.code ?? ended.signal}\n${ended.stderr}`)
  assert.ok(ended.code === 0 || ended.stderr.trim() !== '', `${where}: failed in silence`)
  assert.doesNotMatch(ended.stderr, /\n\s+at .*:\d+:\d+/, `${where}: a stack trace`)
  await checkAftermath(scene, where, { begun: false })
  rmSync(path, { recursive: true })
  return happened
}

describe('when the system refuses a call, an act leaves the old state or the new and says so', () => {
  for (const act of ['backup', 'prune'] as const) {
    for (const fault of faults) {
      test(`${act}, ${fault.call} answers ${fault.error}`, async (t) => {
        if (!requireTool(t, 'strace')) return
        let nth = fault.each > 0 ? 1 : fault.stride
        while (await play(act, fault, nth)) nth += nth < fault.each ? 1 : fault.stride
      })
    }
  }
})
