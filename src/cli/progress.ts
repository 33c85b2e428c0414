import type { Writable } from 'node:stream'
import { say } from '../message/phrases.ts'
import type { Language } from '../message/sentence.ts'
import type { ProgressEvent } from '../snapshot/progress.ts'
import { bytes, number } from './show/format.ts'

export interface ProgressStyle {
  readonly kind: 'bar' | 'lines' | 'json' | 'none'
  /** Asked at each drawing: an opened app may have changed it. */
  readonly language: () => Language
  readonly columns: number
  /** Milliseconds that never jump. */
  readonly steady: () => number
}

const pauseMs = { bar: 100, lines: 5000, json: 250, none: 0 } as const
/** Work shorter than this is not worth a line in a log. */
const quietStartMs = 2000

/** Shows how far long work is: a bar on a terminal, a line now and then in a log, JSON events, or nothing. */
export class ProgressView {
  readonly #out: Writable
  readonly #style: ProgressStyle
  #step = ''
  #shownAt = 0
  #barDrawn = false

  constructor(out: Writable, style: ProgressStyle) {
    this.#out = out
    this.#style = style
  }

  readonly report = (event: ProgressEvent): void => {
    const { kind, steady } = this.#style
    if (kind === 'none') return
    const now = steady()
    if (event.step !== this.#step) this.#begin(event.step, now)
    // A program that reads events is promised the last one of every step.
    const last = kind === 'json' && event.done >= event.total
    if (!last && now - this.#shownAt < pauseMs[kind]) return
    this.#shownAt = now
    this.#show(event)
  }

  /** Takes the bar off the screen, so that a line can be printed. */
  clear(): void {
    if (this.#barDrawn) this.#out.write('\r\x1b[K')
    this.#barDrawn = false
  }

  #begin(step: string, now: number): void {
    this.#step = step
    const { kind } = this.#style
    this.#shownAt = kind === 'lines' ? now - pauseMs.lines + quietStartMs : now - pauseMs[kind]
  }

  #show(event: ProgressEvent): void {
    if (this.#style.kind === 'json') {
      this.#out.write(`${JSON.stringify({ progress: event })}\n`)
    } else if (this.#style.kind === 'lines') {
      this.#out.write(`${describe(event, this.#style.language())}\n`)
    } else {
      this.#out.write(`\r\x1b[K${bar(event, this.#style.language(), this.#style.columns)}`)
      this.#barDrawn = true
    }
  }
}

function shareOf({ done, total }: ProgressEvent): number {
  return total <= 0 ? 1 : Math.min(1, done / total)
}

function amounts({ done, total, unit }: ProgressEvent, language: Language): string {
  const written = unit === 'bytes' ? bytes : number
  return `${written(done, language)} / ${written(total, language)}`
}

function describe(event: ProgressEvent, language: Language): string {
  const subject = event.subject === undefined ? '' : ` ${event.subject}`
  const share = Math.floor(shareOf(event) * 100)
  return `${say(language, `progress.${event.step}`)}${subject}: ${share}% (${amounts(event, language)})`
}

function bar(event: ProgressEvent, language: Language, columns: number): string {
  const width = Math.max(5, Math.min(24, columns - 50))
  const filled = Math.round(shareOf(event) * width)
  const drawn = `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`
  const text = `${drawn} ${Math.floor(shareOf(event) * 100)}% ${say(language, `progress.${event.step}`)}`
  const subject = event.subject === undefined ? '' : ` ${event.subject}`
  return `${text} ${amounts(event, language)}${subject}`.slice(0, Math.max(20, columns - 1))
}
