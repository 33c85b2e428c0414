import { stripVTControlCharacters } from 'node:util'

export interface TableOptions {
  /** Per column; `left` when not named. */
  readonly align?: readonly ('left' | 'right')[]
  /** The first row is a heading: on a terminal too narrow for the table each row becomes `heading: value` lines. */
  readonly head?: boolean
  /** Room in cells; the terminal's width unless told, unlimited when standard output is not one. */
  readonly columns?: number
  /** Spaces before every line. */
  readonly indent?: number
}

/** Room in cells for what goes to standard output: the terminal's width, unlimited when it is not one. */
function screenWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
}

/** Aligned columns, two spaces apart, no trailing spaces. Cells may be styled and hold emoji or wide characters. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { align = [], indent = 0, head = false } = options
  const room = options.columns ?? screenWidth()
  const widths = columnWidths(rows)
  const total = indent + widths.reduce((sum, width) => sum + width + 2, -2)
  const margin = ' '.repeat(indent)
  if (head && total > room && rows.length > 1) return cards(rows, margin)
  return rows.map((row) => (margin + line(row, widths, align)).trimEnd()).join('\n')
}

/**
 * Words and what they mean, in two columns; a meaning is broken at its spaces to fit, under itself, or on lines of its own
 * where the screen is too narrow for two columns.
 */
export function glossary(rows: readonly (readonly [word: string, meaning: string])[], columns = screenWidth()): string {
  const width = Math.max(0, ...rows.map(([word]) => textWidth(word)))
  const beside = columns - width - 4 >= 24
  const margin = ' '.repeat(beside ? width + 4 : 6)
  return rows
    .map(([word, meaning]) => {
      const lines = broken(meaning, columns - margin.length).join(`\n${margin}`)
      return beside ? `  ${pad(word, width)}  ${lines}` : `  ${word}\n${margin}${lines}`
    })
    .join('\n')
}

function broken(text: string, room: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Cells a text takes on a terminal: styling and marks none, emoji and East Asian wide characters two. */
export function textWidth(text: string): number {
  let width = 0
  for (const char of stripVTControlCharacters(text)) width += charWidth(char)
  return width
}

/** `text` filled with spaces to `width` cells. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)))
  return side === 'left' ? text + fill : fill + text
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, textWidth(cell))
    })
  }
  return widths
}

function line(row: readonly string[], widths: readonly number[], align: readonly ('left' | 'right')[]): string {
  return row.map((cell, at) => pad(cell, widths[at]!, align[at])).join('  ')
}

function cards(rows: readonly (readonly string[])[], margin: string): string {
  const [heading = [], ...body] = rows
  const width = Math.max(...heading.map(textWidth))
  const card = (row: readonly string[]) =>
    row.map((cell, at) => (cell === '' ? '' : `${margin}${pad(heading[at] ?? '', width)}  ${cell}\n`)).join('')
  return body.map(card).join('\n').trimEnd()
}

const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const invisible = /[\p{M}\p{Cf}]/u

function charWidth(char: string): number {
  // Variation selector 16 turns the sign before it into an emoji, which is drawn two cells wide.
  if (char === '\ufe0f') return 1
  if (char < '\u0300') return 1
  if (invisible.test(char)) return 0
  return wide.test(char) ? 2 : 1
}
