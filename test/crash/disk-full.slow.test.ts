import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type ActName, makeStage, type Scene } from './acts.ts'
import { checkAftermath } from './aftermath.ts'

const folder = tempFolder()
let stage: Awaited<ReturnType<typeof makeStage>>
before(async () => {
  stage = await makeStage(folder.path)
})
after(() => folder[Symbol.dispose]())

/** A small file system of its own. */
function smallDisk(path: string, options: string): Disposable {
  mkdirSync(path, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
  return { [Symbol.dispose]: () => void execFileSync('umount', ['-l', path]) }
}

/** Containers often may not mount, also as root; the file size limit must do there. */
function requireMount(t: TestContext): boolean {
  const probe = folder.join('probe')
  mkdirSync(probe, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe])
  if (mounted.status === 0) execFileSync('umount', ['-l', probe])
  else t.skip('mounting a small disk needs root')
  return mounted.status === 0
}

/** Leaves so many bytes free. */
function fill(disk: string, freeBytes: number): string {
  const { bavail, bsize } = statfsSync(disk)
  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)))
  return ballast
}

async function attempt(scene: Scene, where: string, under: readonly string[] = []): Promise<boolean> {
  const ended = await pulih(scene.words, { under })
  const done = ended.code === 0 || ended.code === 3
  assert.ok(done || ended.code === 1, `${where}: exit ${ended.code ?? ended.signal}\n${ended.stderr}`)
  assert.ok(done || /no space|space left|disk/i.test(ended.stderr), `${where}: does not say why\n${ended.stderr}`)
  return done
}

/** A full disk is on record too: room for that is kept aside. A restore that could not even be planned never began. */
async function requireTold({ app, act }: Scene, where: string): Promise<void> {
  const { acts } = await pulihJson<{ acts: { act: string; outcome: string }[] }>(['history', '--dir', app.path])
  const newest = acts.find((past) => past.act === act)
  if (act === 'restore' && newest === undefined) return
  assert.equal(newest?.outcome, 'failed', `${where}: history`)
}

describe('with the disk full at any write, an act leaves the old state and says so', () => {
  const some: readonly ActName[] = ['backup', 'prune', 'restore']
  for (const act of some) {
    test(`${act}: free space from nothing to enough`, async (t) => {
      if (!requireMount(t)) return
      let failures = 0
      for (let freeKb = 0, done = false; !done; freeKb = freeKb * 2 + 100) {
        const disk = folder.join('disk')
        using _disk = smallDisk(disk, 'size=40m')
        const scene = await stage(act, join(disk, 'app'))
        const ballast = fill(disk, freeKb * 1024)
        const where = `${act} with ${freeKb} KB free`
        done = await attempt(scene, where)
        failures += done ? 0 : 1
        rmSync(ballast)
        if (!done) await requireTold(scene, where)
        await checkAftermath(scene, where, { begun: false })
      }
      // Removing needs next to no room: pruning a full disk works, as it should.
      assert.ok(act === 'prune' || failures > 4, `only ${failures} attempts met a full disk`)
    })

    test(`${act}: no room for one more file, from the first on`, async (t) => {
      if (!requireMount(t)) return
      let failures = 0
      for (let spare = 0, done = false; !done; spare = Math.ceil(spare * 1.5) + 1) {
        const disk = folder.join('inodes')
        using _disk = smallDisk(disk, 'size=40m,nr_inodes=1000')
        const scene = await stage(act, join(disk, 'app'))
        const { ffree } = statfsSync(disk)
        const stuffing = join(disk, 'stuffing')
        mkdirSync(stuffing)
        for (let i = 1; i < ffree - spare; i++) writeFileSync(join(stuffing, `${i}`), '')
        const where = `${act} with room for ${spare} files`
        done = await attempt(scene, where)
        failures += done ? 0 : 1
        rmSync(stuffing, { recursive: true })
        await checkAftermath(scene, where, { begun: false })
      }
      assert.ok(act === 'prune' || failures > 1, `only ${failures} attempts met a full disk`)
    })

    test(`${act}: no file may grow beyond a limit`, async () => {
      for (let limitKb = 8, done = false; !done; limitKb *= 2) {
        const path = folder.join(`limit-${act}-${limitKb}`)
        const scene = await stage(act, path)
        const where = `${act} with files of ${limitKb} KB at most`
        // Ignoring the signal turns it into EFBIG, as a file system's own limit does.
        const under = ['sh', '-c', `trap '' XFSZ; exec prlimit --fsize=${limitKb * 1024} "$@"`, 'sh']
        done = await attempt(scene, where, under)
        await checkAftermath(scene, where, { begun: false })
        rmSync(path, { recursive: true })
      }
    })
  }
})
