import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { registry } from '../../src/cli/all.ts'
import type { Command } from '../../src/cli/command.ts'
import { version } from '../../src/version.ts'
import { talk } from './talk.ts'

const cwd = tmpdir()

describe('wrong usage', () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command', ['bakcup'], /no command "bakcup"; did you mean "backup"\?/],
    ['an unknown option', ['backup', '--lable=x'], /no option --lable here; did you mean "--label"\?/],
    ['a short option nobody knows', ['backup', '-x'], /no option -x here/],
    ['an option without its value', ['backup', '--label'], /--label needs a value: --label LABEL/],
    [
      'an option in the place of a value',
      ['backup', '--label', '--json'],
      /--label needs a value|"code": "usage.value-missing"/,
    ],
    ['a switch with a value', ['backup', '--quiet=yes'], /--quiet takes no value/],
    ['a word too many', ['backup', 'extra'], /"extra" is one word too many/],
    ['a missing word', ['completion'], /bash\|zsh\|fish is missing/],
    ['a wrong value', ['backup', '--until', 'soon'], /"soon" is not a value for --until/],
    ['a wrong duration', ['backup', '--wait', 'long'], /"long" is not a value for --wait/],
    ['an unknown language', ['backup', '--lang', 'fr'], /"fr" is not a value for --lang/],
    ['an unknown menu', ['menu', 'scenario'], /did you mean "menu scenarios"\?/],
  ]
  for (const [title, words, said] of wrong) {
    test(`${title} exits 2 with a message and a hint, two lines, on standard error`, async () => {
      const { code, stdout, stderr } = await talk(words, { cwd })
      assert.equal(code, 2)
      assert.match(stdout + stderr, said)
      if (!words.includes('--json')) {
        assert.equal(stdout, '')
        assert.equal(stderr.trimEnd().split('\n').length, 2, stderr)
      }
    })
  }

  test('with --json the error is exactly one document on standard output, wherever --json stands', async () => {
    for (const words of [
      ['--json', 'bakcup'],
      ['bakcup', '--json'],
      ['--json', '--lang', 'fr'],
      ['menu', 'x', '--json'],
    ]) {
      const { code, stdout, stderr } = await talk(words, { cwd })
      assert.equal(code, 2)
      const { error } = JSON.parse(stdout)
      assert.deepEqual(Object.keys(error), ['code', 'message', 'hint'])
      assert.match(error.code, /^usage\./)
      assert.equal(stderr, '')
    }
  })

  test('--json after -- is a word, not an option', async () => {
    const { stdout, stderr } = await talk(['bakcup', '--', '--json'], { cwd })
    assert.equal(stdout, '')
    assert.match(stderr, /no command/)
  })
})

describe('language', () => {
  test('--lang over LANG over English', async () => {
    const indonesian = /tidak ada perintah/
    const english = /there is no command/
    const said = async (words: readonly string[], env: Readonly<Record<string, string>>) =>
      (await talk(['xyzzy', ...words], { cwd, env })).stderr
    assert.match(await said([], { LANG: 'id_ID.UTF-8' }), indonesian)
    assert.match(await said([], { LANG: 'C' }), english)
    assert.match(await said([], { LANG: '' }), english)
    assert.match(await said(['--lang', 'en'], { LANG: 'id_ID.UTF-8' }), english)
    assert.match(await said(['--lang=id'], { LANG: 'en_US.UTF-8' }), indonesian)
  })
})

describe('help', () => {
  for (const [lang, words] of [
    ['en', ['Usage', 'Commands', 'Options of every command', 'Exit codes']],
    ['id', ['Cara pakai', 'Opsi untuk semua perintah', 'Kode keluar']],
  ] as const) {
    test(`the overview in ${lang} names every command`, async () => {
      const { code, stdout } = await talk(['--help', '--lang', lang], { cwd })
      assert.equal(code, 0)
      for (const verb of Object.keys(registry)) assert.match(stdout, new RegExp(`^  ${verb}  `, 'm'))
      for (const word of words.slice(2)) assert.ok(stdout.includes(word), word)
    })
  }

  test('without a terminal, bare pulih prints the overview and exits 0', async () => {
    const { code, stdout } = await talk([], { cwd })
    assert.equal(code, 0)
    assert.match(stdout, /Usage: pulih COMMAND/)
  })

  test('every command has a name, words in both languages, and examples that are understood', async () => {
    for (const [verb, load] of Object.entries(registry)) await checkCommand([verb], await load())
  })

  test('help wins over what is missing or wrong in the rest of the line', async () => {
    const { code, stdout } = await talk(['completion', '-h'], { cwd })
    assert.equal(code, 0)
    assert.match(stdout, /^pulih completion: /)
    assert.equal((await talk(['help', 'backup'], { cwd })).stdout, (await talk(['backup', '--help'], { cwd })).stdout)
  })
})

async function checkCommand(verb: readonly string[], command: Command): Promise<void> {
  const { parse } = await import('../../src/cli/parse.ts')
  assert.equal(command.name, verb.at(-1))
  assert.notEqual(command.summary.en(), command.summary.id())
  for (const [name, option] of Object.entries(command.options)) {
    assert.notEqual(option.summary.en(), option.summary.id(), `${verb.join(' ')} --${name}`)
    assert.ok(option.type === 'boolean' || option.value !== undefined, `${verb.join(' ')} --${name} names no value`)
  }
  for (const example of command.examples) {
    assert.ok(example.startsWith('pulih '), example)
    const parsed = await parse(shellWords(example).slice(1), registry)
    assert.equal(parsed.command?.name, command.commands === undefined ? command.name : parsed.command?.name, example)
  }
  assert.ok(command.examples.length > 0 || (command.commands ?? []).length > 0, `${verb.join(' ')} has no example`)
  for (const below of command.commands ?? []) await checkCommand([...verb, below.name], below)
}

/** Words of an example as the shell would cut them; quotes keep spaces. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain!)
}

describe('version', () => {
  test('--version prints it, alone, also as JSON', async () => {
    assert.equal((await talk(['--version'], { cwd })).stdout, `${version}\n`)
    assert.deepEqual(JSON.parse((await talk(['--version', '--json'], { cwd })).stdout), { version })
  })
})
