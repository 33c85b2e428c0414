import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

test('three seconds of damaged archives: each refused or with findings, nothing escapes, nothing hangs', () => {
  const target = join(import.meta.dirname, '../../fuzz/zip.ts')
  const seed = String(Math.floor(Date.now() / 1000))
  const said = execFileSync(process.execPath, [target, '--seconds', '3', '--seed', seed], { encoding: 'utf8' })
  assert.match(said, /^zip: [1-9]\d* runs/)
})
