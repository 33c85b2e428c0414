import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { PulihError } from '../error.ts'
import { say } from '../message/phrases.ts'
import type { Language } from '../message/sentence.ts'
import type { Terminal } from './command.ts'
import type { ProgressView } from './progress.ts'

export interface TerminalParts {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly errors: Writable
  readonly progress: ProgressView
  readonly json: boolean
  readonly quiet: boolean
  readonly language: () => Language
  readonly signal: AbortSignal
}

/**
 * Prompts on plain lines: no raw mode, so they work the same typed on a phone, sent by tmux or piped from a file.
 * Lines that arrive before their question are kept for it.
 */
export class LineTerminal implements Terminal {
  readonly interactive: boolean
  readonly #parts: TerminalParts
  #lines: LineReader | null = null

  constructor(parts: TerminalParts) {
    this.#parts = parts
    this.interactive = parts.input.isTTY === true && parts.output.isTTY === true && !parts.json
  }

  get columns(): number {
    return this.#parts.output.columns || 80
  }

  async ask(question: string): Promise<string> {
    this.show(question)
    this.#lines ??= new LineReader(this.#parts.input)
    return (await this.#lines.next(this.#parts.signal)).trim()
  }

  async confirm(question: string): Promise<boolean> {
    if (!this.interactive) throw new PulihError('usage.needs-yes', { question })
    const answer = await this.ask(say(this.#parts.language(), 'prompt.confirm', { question }))
    return ['y', 'ya', 'yes'].includes(answer.toLowerCase())
  }

  tell(line: string): void {
    if (this.#parts.quiet) return
    this.#parts.progress.clear()
    this.#parts.errors.write(`${line}\n`)
  }

  show(text: string): void {
    this.#parts.progress.clear()
    const out = this.#parts.json ? this.#parts.errors : this.#parts.output
    out.write(`${text}\n`)
  }
}

/** Hands out one line after the other; at the end of input it rejects with `cancelled`. */
class LineReader {
  readonly #waiting: string[] = []
  #wanted: ((line: string | null) => void) | null = null
  #ended = false

  constructor(input: Readable) {
    const reader = createInterface({ input, terminal: false })
    reader.on('line', (line) => this.#arrived(line))
    reader.on('close', () => this.#closed())
  }

  async next(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const line = this.#waiting.shift() ?? (this.#ended ? null : await this.#arrival(signal))
    if (line === null) throw new PulihError('cancelled')
    return line
  }

  #arrival(signal: AbortSignal): Promise<string | null> {
    const { promise, resolve, reject } = Promise.withResolvers<string | null>()
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    this.#wanted = resolve
    return promise.finally(() => {
      this.#wanted = null
      signal.removeEventListener('abort', abort)
    })
  }

  #arrived(line: string): void {
    if (this.#wanted === null) this.#waiting.push(line)
    else this.#wanted(line)
    this.#wanted = null
  }

  #closed(): void {
    this.#ended = true
    this.#wanted?.(null)
  }
}
