import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { registry } from '../../src/cli/all.ts'
import { talk } from './talk.ts'

/** What bash offers after `line`, the last word being the one that is typed. */
async function offered(line: readonly string[]): Promise<readonly string[]> {
  const { stdout: script } = await talk(['completion', 'bash'])
  const words = line.map((word) => `'${word}'`).join(' ')
  const program = `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _pulih; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', program], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.split('\n').filter((word) => word !== '')
}

test('bash completes verbs, their options, and choices', async () => {
  const verbs = await offered(['pulih', ''])
  for (const verb of Object.keys(registry)) assert.ok(verbs.includes(verb), verb)
  assert.deepEqual(await offered(['pulih', 'back']), ['backup'])
  assert.deepEqual(await offered(['pulih', 'backup', '--lab']), ['--label'])
  assert.deepEqual(await offered(['pulih', '--dir', 'menu', 'back']), ['backup'])
  assert.deepEqual(await offered(['pulih', 'menu', 's']), ['scenarios'])
  assert.ok((await offered(['pulih', 'verify', 'some_name', '--al'])).includes('--all'))
})

test('an unknown shell is refused with the ones that are known', async () => {
  const { code, stderr } = await talk(['completion', 'tcsh'])
  assert.equal(code, 2)
  assert.match(stderr, /bash, zsh, fish/)
})

for (const shell of ['zsh', 'fish']) {
  test(`${shell}: the script names every verb`, async () => {
    const { stdout } = await talk(['completion', shell])
    for (const verb of Object.keys(registry)) assert.ok(stdout.includes(verb), verb)
  })
}
