import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { tempFolder } from '../fixture/temp-folder.ts'
import { talk } from './talk.ts'

test('the demo checks every claim it makes, in under a minute, and leaves nothing behind', async () => {
  using folder = tempFolder()
  const env = { TMPDIR: folder.path }
  const { code, stdout, stderr } = await talk(['demo', '--json', '--lang', 'id'], { cwd: folder.path, env })
  const { passed, claims, seconds } = JSON.parse(stdout)
  assert.deepEqual(
    claims.filter((claim: { holds: boolean }) => !claim.holds),
    [],
  )
  assert.ok(passed && claims.length >= 14)
  assert.equal(code, 0)
  assert.ok(seconds < 60, `${seconds} s`)
  assert.match(stderr, /Bencana, bagian dua/)
  assert.deepEqual(readdirSync(folder.path), [])
})

test('a demo that is cancelled ends its bot and leaves nothing behind', async () => {
  using folder = tempFolder()
  const { code, stdout, stderr } = await talk(['demo'], {
    cwd: folder.path,
    env: { TMPDIR: folder.path },
    during: (child) => void sleep(2500).then(() => child.kill('SIGINT')),
  })
  assert.equal(code, 130)
  assert.doesNotMatch(stdout, /✘/)
  assert.match(stderr, /cancelled/)
  assert.deepEqual(readdirSync(folder.path), [])
})
