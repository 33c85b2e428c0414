import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isPulihError } from '../error.ts'
import type { Command } from './command.ts'
import { parse, type Registry, requirePositionals } from './parse.ts'

const words = { en: () => 'x', id: () => 'y' }
const outcome = { exit: 0, json: null, text: () => '' } as const
const make = (name: string, more: Partial<Command> = {}): Command => ({
  ...{ name, summary: words, positionals: [], options: {}, examples: [], run: async () => outcome },
  ...more,
})

const registry: Registry = {
  list: async () => make('list'),
  run: async () => make('run', { takesCommand: true }),
  restore: async () =>
    make('restore', {
      positionals: [{ name: 'NAME' }, { name: 'PATH', optional: true, many: true }],
      options: { only: { type: 'string', many: true, value: 'PATH', summary: words } },
    }),
  vault: async () => make('vault', { commands: [make('init'), make('restore', { positionals: [{ name: 'ID' }] })] }),
}

describe('a command line', () => {
  test('may have global options before and after its verb', async () => {
    for (const line of ['--json --dir /srv/bot list', 'list --json --dir=/srv/bot', '--json list --dir /srv/bot']) {
      const { verb, options } = await parse(line.split(' '), registry)
      assert.deepEqual([verb, options.json, options.dir], [['list'], true, '/srv/bot'])
    }
  })

  test('finds a verb below a verb, options between them too', async () => {
    const { verb, command, positionals } = await parse('vault --lang id restore 4f2a'.split(' '), registry)
    assert.deepEqual([verb, command?.name, positionals], [['vault', 'restore'], 'restore', ['4f2a']])
  })

  test('hands everything after -- to a command that takes a command line, untouched', async () => {
    const {
      words: line,
      positionals,
      options,
    } = await parse(['run', '--quiet', '--', 'node', 'bot.js', '--json'], registry)
    assert.deepEqual(
      [line, positionals, options.json, options.quiet],
      [['node', 'bot.js', '--json'], [], undefined, true],
    )
  })

  test('after -- a name may begin with a dash', async () => {
    assert.deepEqual((await parse(['restore', '--', '-odd'], registry)).positionals, ['-odd'])
  })

  test('gathers an option that may be given many times, and takes any value behind =', async () => {
    const { options } = await parse(['restore', 'x', '--only', 'a.db', '--only=-b'], registry)
    assert.deepEqual(options.only, ['a.db', '-b'])
  })

  test('does not take words of the prototype for verbs or options', async () => {
    for (const line of [['constructor'], ['toString'], ['list', '--constructor'], ['list', '--__proto__=x']])
      await assert.rejects(parse(line, registry), (error: unknown) => isPulihError(error) && error.exit === 2)
  })

  test('is asked for its positionals only when it runs', async () => {
    const refused = async (line: string, code: string) => {
      const parsed = await parse(line.split(' '), registry)
      assert.throws(
        () => requirePositionals(parsed),
        (error: unknown) => isPulihError(error) && error.code === code,
      )
    }
    await refused('restore', 'usage.missing')
    await refused('list extra', 'usage.extra')
    await refused('vault', 'usage.one-of')
    requirePositionals(await parse('restore a b c d'.split(' '), registry))
  })
})
