import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { styleText } from 'node:util'
import { glossary, table, textWidth } from './table.ts'

describe('glossary', () => {
  const rows = [
    ['list', 'the backups, newest first, with state, age and size'],
    ['restore', 'bring one back'],
  ] as const

  test('breaks meanings at spaces, under themselves', () => {
    assert.equal(
      glossary(rows, 42),
      '  list     the backups, newest first, with\n           state, age and size\n  restore  bring one back',
    )
  })

  test('on a telephone a meaning stands on lines of its own', () => {
    for (const line of glossary(rows, 30).split('\n')) assert.ok(line.length <= 30, line)
  })

  test('is not broken where the output is no terminal', () => {
    assert.equal(glossary(rows, Number.POSITIVE_INFINITY).split('\n').length, 2)
  })
})

describe('table', () => {
  test('columns line up, numbers to the right, without trailing spaces', () => {
    const text = table(
      [
        ['name', 'size', ''],
        ['a', '5 B', ''],
        ['longer', '120 B', 'x'],
      ],
      { align: ['left', 'right'] },
    )
    assert.equal(text, 'name     size\na         5 B\nlonger  120 B  x')
  })

  test('styling and emoji do not shift the columns', () => {
    const red = styleText('red', 'bad', { validateStream: false })
    assert.equal(textWidth(red), 3)
    assert.equal(textWidth('✅'), 2)
    assert.equal(textWidth('⚠️'), 2)
    assert.equal(textWidth('e\u0301'), 1)
    assert.equal(
      table([
        ['✅', 'a'],
        ['ok', 'b'],
      ]),
      '✅  a\nok  b',
    )
  })

  test('on a narrow terminal each row becomes lines that fit', () => {
    const rows = [
      ['name', 'state'],
      ['backup_manual_20250802_120000', 'proven'],
      ['backup_scheduled_20250803_020000', 'proven'],
    ]
    assert.equal(
      table(rows, { head: true, columns: 36 }),
      'name   backup_manual_20250802_120000\nstate  proven\n\nname   backup_scheduled_20250803_020000\nstate  proven',
    )
  })
})
