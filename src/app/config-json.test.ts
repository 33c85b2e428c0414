import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isPulihError } from '../error.ts'
import type { SyntaxFault } from '../message/errors/config.ts'
import { type JsonNode, readJson } from './config-json.ts'

function plain(node: JsonNode): unknown {
  if (node.kind === 'object') return Object.fromEntries([...node.members].map(([key, member]) => [key, plain(member)]))
  if (node.kind === 'list') return node.items.map(plain)
  return node.kind === 'null' ? null : node.value
}

describe('readJson', () => {
  const good = [
    '{}',
    ' [1, -0.5, 1e3, "a\\n\\u00e9\\"", true, false, null, {"a": {"b": []}}] ',
    '{"é": "🦆", "__proto__": 1, "a.b": "\\\\"}',
    '"x"',
    '0',
    '[[[[]]]]',
  ]
  for (const text of good)
    it(`reads ${text} as JSON.parse does`, () => assert.deepEqual(plain(readJson(text, 'x')), JSON.parse(text)))

  it('takes a byte order mark in front', () => assert.deepEqual(plain(readJson('\ufeff{"a": 1}', 'x')), { a: 1 }))

  it('knows the line of every value and each key that stands twice', () => {
    const node = readJson('{\n "a": 1,\r\n "b":\n  [],\n "a": 2 }', 'x')
    assert.ok(node.kind === 'object')
    assert.deepEqual(
      [...node.members].map(([key, { line }]) => [key, line]),
      [
        ['a', 5],
        ['b', 4],
      ],
    )
    assert.deepEqual(node.twice, [{ key: 'a', line: 5 }])
  })

  const bad: readonly [text: string, line: number, column: number, kind: SyntaxFault['kind']][] = [
    ['', 1, 1, 'empty'],
    [' \n', 1, 1, 'empty'],
    ['{', 1, 2, 'end'],
    ['{\n  "a": 1,\n}', 3, 1, 'comma'],
    ['[1,,2]', 1, 4, 'comma'],
    ['{"a": 1 "b": 2}', 1, 9, 'unexpected'],
    ['{a: 1}', 1, 2, 'quote'],
    ["{'a': 1}", 1, 2, 'quote'],
    ['{“a”: 1}', 1, 2, 'quote'],
    ['{"a": tru}', 1, 7, 'quote'],
    ['{"a" 1}', 1, 6, 'unexpected'],
    ['// hello\n{}', 1, 1, 'comment'],
    ['{} # end', 1, 4, 'comment'],
    ['{} {}', 1, 4, 'extra'],
    ['{"a": 01}', 1, 7, 'number'],
    ['{"a": -}', 1, 7, 'number'],
    ['{"a": 1.}', 1, 7, 'number'],
    ['{\n\n "a": "no end\n}', 3, 14, 'string'],
    ['{"a": "\\x"}', 1, 8, 'escape'],
    ['"\\', 1, 2, 'escape'],
    ['['.repeat(100), 1, 41, 'depth'],
  ]
  for (const [text, line, column, kind] of bad) {
    it(`finds the mistake of ${JSON.stringify(text.slice(0, 20))} at line ${line}, column ${column}: ${kind}`, () => {
      assert.throws(() => JSON.parse(text))
      assert.throws(
        () => readJson(text, 'x'),
        (error) => {
          assert.ok(isPulihError(error, 'config.syntax'))
          const facts = error.facts as { line: number; column: number; fault: SyntaxFault }
          assert.deepEqual([facts.line, facts.column, facts.fault.kind], [line, column, kind])
          return true
        },
      )
    })
  }
})
