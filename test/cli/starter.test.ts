import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { tempFolder } from '../fixture/temp-folder.ts'

test('the starter of a checkout runs its sources, also beside what an earlier build left; the package runs what was built', () => {
  using folder = tempFolder()
  const starter = folder.join('package/bin/pulih')
  const source = folder.join('src/cli/main.ts')
  const built = folder.join('package/dist/cli/main.js')
  for (const path of [starter, source, built]) mkdirSync(dirname(path), { recursive: true })
  copyFileSync(join(import.meta.dirname, '../../package/bin/pulih'), starter)
  writeFileSync(source, "console.log('source')")
  writeFileSync(built, "console.log('built')")
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
  const start = () => execFileSync(starter, { env, encoding: 'utf8' }).trim()
  assert.equal(start(), 'source')
  rmSync(source)
  assert.equal(start(), 'built')
})
