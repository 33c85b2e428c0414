import { invalid } from './fault.ts'

// A name in a tree is raw bytes, written as Go's strconv.Quote would without the outer quotes (doc/format-vault.md).
const letters: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 }
const escapes = new Map(Object.entries(letters).map(([letter, code]) => [code, `\\${letter}`]))
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const plain = /^[A-Za-z0-9 _.,:;!?@#$%^&*()[\]{}<>|~`'+=/-]*$/

/** Bytes that are no UTF-8 become `\xHH`, everything that is not printable an escape; printable characters stay. */
export function quoteName(name: Uint8Array): string {
  const text = Buffer.from(name).toString('latin1')
  if (plain.test(text)) return text
  let quoted = ''
  for (let at = 0; at < name.length; ) {
    const size = sequenceLength(name, at)
    quoted += size === 0 ? hex('\\x', name[at] as number, 2) : quoteCharacter(decode(name.subarray(at, at + size)))
    at += Math.max(1, size)
  }
  return quoted
}

function quoteCharacter(character: string): string {
  const code = character.codePointAt(0) as number
  const known = escapes.get(code)
  if (known !== undefined) return known
  if (code < 0x20 || code === 0x7f) return hex('\\x', code, 2)
  if (printable.test(character)) return character
  return code < 0x10000 ? hex('\\u', code, 4) : hex('\\U', code, 8)
}

function hex(prefix: string, code: number, digits: number): string {
  return prefix + code.toString(16).padStart(digits, '0')
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

/** How many bytes the UTF-8 sequence at `at` has; 0 when none starts there (overlong, surrogate, cut). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  const size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (size === 0 || at + size > bytes.length) return 0
  const sequence = Buffer.from(bytes.subarray(at, at + size))
  return Buffer.from(sequence.toString('utf8')).equals(sequence) ? size : 0
}

const escaped = /\\(?:([abtnvfr"\\])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))|([^\\"\n]+)/y

/** The raw bytes of a quoted name; a bare quote, a raw newline and an unknown escape are faults. */
export function unquoteName(quoted: string): Buffer {
  if (!/[\\"\n]/.test(quoted)) return Buffer.from(quoted)
  const parts: Buffer[] = []
  for (let at = 0; at < quoted.length; at = escaped.lastIndex) {
    escaped.lastIndex = at
    const match = escaped.exec(quoted)
    if (match === null) throw invalid(`not a quoted name: ${JSON.stringify(quoted.slice(0, 80))}`)
    parts.push(unquotePart(match))
  }
  return Buffer.concat(parts)
}

function unquotePart(match: RegExpExecArray): Buffer {
  const [, letter, byte, short, long, octal, text] = match
  if (text !== undefined) return Buffer.from(text)
  if (letter !== undefined) return Buffer.of(letters[letter] as number)
  if (byte !== undefined) return Buffer.of(Number.parseInt(byte, 16))
  if (octal !== undefined) return Buffer.of(octalByte(octal))
  return Buffer.from(codePoint(Number.parseInt((short ?? long) as string, 16)))
}

function octalByte(digits: string): number {
  const value = Number.parseInt(digits, 8)
  if (value > 255) throw invalid(`no byte: \\${digits}`)
  return value
}

function codePoint(code: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw invalid(`no character: ${code.toString(16)}`)
  return String.fromCodePoint(code)
}

/** A JSON string the way Go's encoder writes it: `<`, `>`, `&` and the two line separators escaped, the rest raw. */
export function goString(text: string): string {
  const json = JSON.stringify(text.toWellFormed())
  return json
    .replace(/\\(.)/g, (pair, letter) => (letter === 'b' ? '\\u0008' : letter === 'f' ? '\\u000c' : pair))
    .replace(/[<>&\u2028\u2029]/g, (found) => hex('\\u', found.charCodeAt(0), 4))
}
