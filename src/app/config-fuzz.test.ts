import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { it } from 'node:test'

it('two thousand damaged configurations give a configuration or a worded error, and tell no secret', () => {
  const target = join(import.meta.dirname, '../../fuzz/config.ts')
  const seed = String(Math.floor(Date.now() / 1000))
  const said = execFileSync(process.execPath, [target, '--runs', '2000', '--seed', seed], { encoding: 'utf8' })
  assert.match(said, /^config: \d+ runs/)
})
