import { PulihError } from '../error.ts'
import type { SyntaxFault } from '../message/errors/config.ts'

/** A JSON value that remembers its line (from 1), so that a wrong one can be pointed at. */
export type JsonNode =
  | {
      readonly kind: 'object'
      readonly line: number
      readonly members: ReadonlyMap<string, JsonNode>
      readonly twice: readonly JsonTwice[]
    }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'text'; readonly line: number; readonly value: string }
  | { readonly kind: 'number'; readonly line: number; readonly value: number }
  | { readonly kind: 'flag'; readonly line: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly line: number }

/** A key that an object has a second time: JSON.parse would silently keep the last. */
export interface JsonTwice {
  readonly key: string
  readonly line: number
}

const deepest = 40

/**
 * Reads JSON as RFC 8259 has it (a byte order mark in front is allowed). JSON.parse accepts the same texts but knows
 * neither the line of a value nor, often, that of a mistake. Throws `config.syntax` with line and column.
 */
export function readJson(text: string, where: string): JsonNode {
  const reader = new JsonReader(text, where)
  return reader.document()
}

/** Hides `JSON`'s own grammar only: every method reads one thing at `#at` and leaves `#at` behind it. */
class JsonReader {
  readonly #text: string
  readonly #where: string
  #at: number
  #line = 1
  #lineStart = 0
  #depth = 0

  constructor(text: string, where: string) {
    this.#text = text
    this.#where = where
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0
    this.#lineStart = this.#at
  }

  document(): JsonNode {
    if (this.#text.slice(this.#at).trim() === '') this.#fail({ kind: 'empty' })
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) this.#fail(this.#strayFault({ kind: 'extra' }))
    return value
  }

  #value(): JsonNode {
    this.#space()
    const line = this.#line
    const first = this.#text[this.#at]
    if (first === '{') return this.#nested(() => this.#object(line))
    if (first === '[') return this.#nested(() => this.#list(line))
    if (first === '"') return { kind: 'text', line, value: this.#string() }
    if (first !== undefined && /[-0-9]/.test(first)) return { kind: 'number', line, value: this.#number() }
    for (const [word, node] of words) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return { ...node, line }
      }
    }
    return this.#fail(this.#strayFault())
  }

  #nested(read: () => JsonNode): JsonNode {
    if (++this.#depth > deepest) this.#fail({ kind: 'depth' })
    this.#at++
    const node = read()
    this.#depth--
    return node
  }

  #object(line: number): JsonNode {
    const members = new Map<string, JsonNode>()
    const twice: JsonTwice[] = []
    for (let more = !this.#take('}'); more; more = this.#more('}')) {
      this.#space()
      const keyLine = this.#line
      if (this.#text[this.#at] !== '"') this.#fail(this.#strayFault())
      const key = this.#string()
      if (!this.#take(':')) this.#fail(this.#strayFault())
      if (members.has(key)) twice.push({ key, line: keyLine })
      members.set(key, this.#value())
    }
    return { kind: 'object', line, members, twice }
  }

  #list(line: number): JsonNode {
    const items: JsonNode[] = []
    for (let more = !this.#take(']'); more; more = this.#more(']')) items.push(this.#value())
    return { kind: 'list', line, items }
  }

  /** After a member or item: true for a comma that another one follows, false for the closing bracket. */
  #more(close: '}' | ']'): boolean {
    if (this.#take(close)) return false
    if (!this.#take(',')) this.#fail(this.#strayFault())
    this.#space()
    if (this.#text[this.#at] === close) this.#fail({ kind: 'comma' })
    return true
  }

  #string(): string {
    const start = this.#at++
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === 0x22) break
      if (Number.isNaN(code) || code < 0x20) this.#fail({ kind: 'string' })
      if (code === 0x5c) this.#escape()
    }
    return JSON.parse(this.#text.slice(start, ++this.#at)) as string
  }

  #escape(): void {
    const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
    escaped.lastIndex = this.#at
    const length = escaped.exec(this.#text)?.[0].length ?? this.#fail({ kind: 'escape' })
    this.#at += length - 1
  }

  #number(): number {
    const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y
    number.lastIndex = this.#at
    const text = number.exec(this.#text)?.[0] ?? this.#fail({ kind: 'number' })
    this.#at += text.length
    return Number(text)
  }

  #take(one: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== one) return false
    this.#at++
    return true
  }

  #space(): void {
    for (; ; this.#at++) {
      const one = this.#text[this.#at]
      if (one === '\n') {
        this.#line++
        this.#lineStart = this.#at + 1
      } else if (one !== ' ' && one !== '\t' && one !== '\r') return
    }
  }

  /** What is likely meant by text that cannot stand at `#at`. The text itself is not shown: it may be a secret. */
  #strayFault(otherwise?: SyntaxFault): SyntaxFault {
    const here = this.#text[this.#at]
    if (here === undefined) return { kind: 'end' }
    if (here === '#' || /^\/[/*]/.test(this.#text.slice(this.#at, this.#at + 2))) return { kind: 'comment' }
    if (here === ',') return { kind: 'comma' }
    if (here === "'" || here === '“' || here === '”' || /\p{L}/u.test(here)) return { kind: 'quote' }
    return otherwise ?? { kind: 'unexpected', found: JSON.stringify(here) }
  }

  #fail(fault: SyntaxFault): never {
    const column = this.#at - this.#lineStart + 1
    throw new PulihError('config.syntax', { where: this.#where, line: this.#line, column, fault })
  }
}

const words = [
  ['true', { kind: 'flag', value: true }],
  ['false', { kind: 'flag', value: false }],
  ['null', { kind: 'null' }],
] as const
