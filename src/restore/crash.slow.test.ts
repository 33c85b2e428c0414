import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { type Ended, pulih } from '../../test/fixture/pulih.ts'
import { type Bot, backUp, everythingIn, holdOpen, killWriter, makeBot } from '../../test/fixture/recovery.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'

/**
 * Killed after each durable step in turn, over databases with a WAL full of rows and a hot journal beside them. Then the
 * app is opened as it lies there: each database must be whole, old or new. And the next command must bring all of it to
 * one state.
 */
const folder = tempFolder()
let stage: Bot
let name: string
let old: Record<string, string>
let scenes = 0

before(async () => {
  stage = await makeBot(folder.join('stage'))
  name = await backUp(stage)
  await killWriter(stage.db, 'wal')
  await killWriter(stage.log, 'delete')
  writeFileSync(join(stage.path, 'main.py'), 'broken')
  rmSync(join(stage.path, 'src'), { recursive: true })
  old = exactly(stage.path)
})
after(() => folder[Symbol.dispose]())

/** The -shm apart: SQLite makes it anew. */
function exactly(path: string): Record<string, string> {
  return everythingIn(path, ['backups', 'bot.db-shm', 'data/log.db-shm', 'pid', 'starts'])
}

async function onScene(play: (path: string) => Promise<void>): Promise<void> {
  const path = folder.join(`scene-${scenes++}`)
  cpSync(stage.path, path, { recursive: true, preserveTimestamps: true })
  await play(path)
  rmSync(path, { recursive: true })
}

const run = (words: readonly string[], path: string, failpoint = ''): Promise<Ended> =>
  pulih([...words, '--dir', path], { env: { PULIH_FAILPOINT: failpoint } })

/** `old`, `new` or `absent`; anything else is a mixture. Looks at a copy, as an app that starts now would see it. */
function stateOf(database: string, table: string, rows: number): string {
  if (!existsSync(database)) return 'absent'
  const copy = join(mkdtempSync(folder.join('look-')), 'copy')
  for (const side of ['', '-wal', '-journal']) if (existsSync(database + side)) cpSync(database + side, copy + side)
  using db = new DatabaseSync(copy)
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  assert.equal(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n, rows)
  const filler = db.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name = 'filler'`).get()?.n
  return filler === 0 ? 'new' : 'old'
}

function requireWhole(path: string, where: string): void {
  const states = [stateOf(join(path, 'bot.db'), 'tx', 500), stateOf(join(path, 'data/log.db'), 'line', 1)]
  for (const state of states) assert.ok(['old', 'new', 'absent'].includes(state), `${where}: ${state}`)
  assert.ok(['broken', 'print("v1")\n'].includes(readFileSync(join(path, 'main.py'), 'utf8')), where)
}

function requireNew(path: string, where: string): void {
  assert.equal(stateOf(join(path, 'bot.db'), 'tx', 500), 'new', where)
  assert.equal(stateOf(join(path, 'data/log.db'), 'line', 1), 'new', where)
  assert.equal(readFileSync(join(path, 'main.py'), 'utf8'), 'print("v1")\n', where)
  assert.ok(existsSync(join(path, 'src/money.py')), where)
  assert.deepEqual(
    readdirSync(path).filter((one) => one.includes('.restore-')),
    [],
    where,
  )
}

function requireDone({ code, stderr }: Ended, where: string): void {
  assert.ok(code === 0 || code === 3, `${where}: exit ${code}\n${stderr}`)
}

const swapping = [
  ...['restore-fetched', 'restore-safe', 'restore-preparing', 'restore-prepared', 'restore-intent', 'restore-kept'],
  ...['restore-moved', 'restore-cleared', 'restore-placed', 'restore-in', 'restore-tidied', 'restore-done'],
]

/** Kills `words` at every pass of one fail point and plays what comes after; true when it was killed at all. */
async function killAtEvery(
  failpoint: string,
  words: (path: string) => Promise<readonly string[]>,
  afterwards: (path: string, where: string, pass: number) => Promise<void>,
): Promise<void> {
  let kills = 0
  for (let pass = 1, killed = true; killed; pass++) {
    await onScene(async (path) => {
      const where = `${failpoint}:${pass}`
      const ended = await run(await words(path), path, where)
      killed = ended.signal === 'SIGKILL'
      if (!killed) return requireDone(ended, where)
      kills++
      requireWhole(path, where)
      await afterwards(path, where, pass)
    })
  }
  assert.ok(kills > 0, `${failpoint} is never passed`)
}

describe('a restore killed at', () => {
  for (const failpoint of swapping) {
    test(`${failpoint} is settled by the next restore, or undone by --undo`, async () => {
      await killAtEvery(
        failpoint,
        async () => ['restore', name, '--yes'],
        async (path, where, pass) => {
          if (pass % 2 === 1) {
            requireDone(await run(['restore', name, '--yes'], path), `${where}, again`)
            requireNew(path, where)
          }
          const undone = await run(['restore', '--undo', '--yes'], path)
          // Killed before anything was touched: there is nothing to undo, and the old state stands.
          if (undone.code !== 1 || !undone.stderr.includes('no recovery to undo')) requireDone(undone, `${where}, undo`)
          assert.deepEqual(exactly(path), old, where)
        },
      )
    })
  }
})

describe('an undo killed at', () => {
  for (const failpoint of swapping.filter((one) => one !== 'restore-fetched')) {
    test(`${failpoint} is settled by the next undo, and nothing it held is lost`, async () => {
      await killAtEvery(
        failpoint,
        async (path) => {
          requireDone(await run(['restore', name, '--yes'], path), 'restore')
          return ['restore', '--undo', '--yes']
        },
        async (path, where) => {
          // At its very end the undo is over; one more would take it back.
          if (failpoint !== 'restore-done')
            requireDone(await run(['restore', '--undo', '--yes'], path), `${where}, again`)
          assert.deepEqual(exactly(path), old, where)
          requireDone(await run(['restore', '--undo', '--yes'], path), `${where}, and back`)
          requireNew(path, where)
        },
      )
    })
  }
})

describe('going back killed at', () => {
  for (const failpoint of ['restore-back-cleared', 'restore-back', 'restore-rolled-back', 'restore-settled']) {
    test(`${failpoint} goes back at the next run`, async () => {
      await killAtEvery(
        failpoint,
        async (path) => {
          // Halfway: the first database is new, the second is on its way.
          await run(['restore', name, '--yes'], path, 'restore-moved:2')
          return ['restore', name, '--yes']
        },
        async (path, where) => {
          requireDone(await run(['restore', name, '--yes'], path), `${where}, again`)
          requireNew(path, where)
          requireDone(await run(['restore', '--undo', '--yes'], path), `${where}, undo`)
          assert.deepEqual(exactly(path), old, where)
        },
      )
    })
  }
})

describe('with the app stopped for it, a restore killed at', () => {
  for (const failpoint of ['restore-stopping', 'restore-stopped', 'restore-intent', 'restore-moved', 'restore-done']) {
    test(`${failpoint} lets the next run start the app again`, async () => {
      await onScene(async (path) => {
        const app = { stop: 'touch stop; sleep 0.3', start: 'touch started; rm -f stop' }
        writeFileSync(
          join(path, 'config/backup_config.json'),
          JSON.stringify({ backup_config: { enabled: true }, app }),
        )
        const holder = await holdOpen(join(path, 'data/log.db'), 'select 1')
        const stopped = setInterval(() => existsSync(join(path, 'stop')) && void holder.stop(), 20)
        const words = [
          'restore',
          name,
          '--yes',
          '--only',
          'bot.db',
          '--only',
          'data',
          '--only',
          'main.py',
          '--only',
          'src',
        ]
        const ended = await run(words, path, failpoint)
        clearInterval(stopped)
        await holder.stop()
        assert.equal(ended.signal, 'SIGKILL', ended.stderr)
        requireWhole(path, failpoint)
        assert.ok(!existsSync(join(path, 'started')))
        requireDone(await run(words, path), failpoint)
        requireNew(path, failpoint)
        assert.ok(existsSync(join(path, 'started')), 'the app was started again')
      })
    })
  }
})

describe('laying out killed at', () => {
  for (const failpoint of ['restore-staged', 'restore-laid-out']) {
    test(`${failpoint} leaves the folder absent or whole, and can be done again`, async () => {
      await onScene(async (path) => {
        const to = folder.join(`to-${scenes}`)
        const words = ['restore', name, '--to', to]
        assert.equal((await run(words, path, failpoint)).signal, 'SIGKILL')
        if (failpoint === 'restore-laid-out') return requireNew(to, failpoint)
        assert.ok(!existsSync(to))
        requireDone(await run(words, path), failpoint)
        requireNew(to, failpoint)
        assert.deepEqual(
          readdirSync(folder.path).filter((one) => one.includes('pulih-restore')),
          [],
        )
      })
    })
  }
})
