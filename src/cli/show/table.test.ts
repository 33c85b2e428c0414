import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { styleText } from 'node:util'
import { table, textWidth } from './table.ts'

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
