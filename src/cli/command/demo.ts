import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandResult, Stage } from '../../demo/story.ts'
import { demoPhrases as words } from '../../message/phrases/demo.ts'
import { type Note, say, sayNote } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Call, Command, Outcome, Terminal } from '../command.ts'
import { commandLine } from '../command-line.ts'
import { execute, type Session } from '../execute.ts'
import { failureOf } from '../exit.ts'
import { parse } from '../parse.ts'
import { duration } from '../show/format.ts'
import { style } from '../show/style.ts'

export const command: Command = {
  name: 'demo',
  summary: words['demo.summary'],
  positionals: [],
  options: { keep: { type: 'boolean', summary: words['demo.option.keep'] } },
  examples: ['pulih demo', 'pulih demo --lang id', 'pulih demo --keep'],
  async run(call) {
    await settleLanguage(call)
    const started = performance.now()
    const folder = await mkdtemp(join(tmpdir(), 'pulih-demo-'))
    const keep = call.options.keep === true
    const play = new Play(call, folder)
    try {
      const { playStory } = await import('../../demo/story.ts')
      await playStory(play)
    } catch (error) {
      if (call.signal.aborted) throw error
      const [reason = ''] = failureOf(error, play.session()).text.split('\n')
      play.claim({ code: 'demo.broken-off', facts: { reason } }, false)
    } finally {
      if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
    return outcomeOf(play, { ms: performance.now() - started, folder: keep ? folder : null })
  },
}

/** The language of the app one stands in; the demo itself needs none. */
async function settleLanguage(call: Call): Promise<void> {
  try {
    await call.app()
  } catch {
    // No app here, or a configuration with a mistake in it: the demo has its own, and the system's language will do.
  }
}

interface Claim {
  readonly statement: Note
  readonly holds: boolean
}

/** Tells the story on the screen while it happens, and remembers every claim. */
class Play implements Stage {
  readonly folder: string
  readonly transactions = 100_000
  readonly language: Language
  readonly claims: Claim[] = []
  readonly #call: Call
  #steps = 0

  constructor(call: Call, folder: string) {
    this.#call = call
    this.folder = folder
    this.language = call.global.language
    this.#show(say(this.language, 'demo.intro', { folder }))
  }

  step(title: Note): void {
    this.#steps++
    this.#show(`\n${style.strong(`${this.#steps}. ${sayNote(this.language, title)}`)}`)
  }

  claim(statement: Note, holds: boolean): void {
    this.claims.push({ statement, holds })
    const text = sayNote(this.language, statement)
    this.#show(holds ? `   ${style.good('✔')} ${text}` : `   ${style.bad('✘')} ${text}`)
  }

  async run(line: readonly string[]): Promise<CommandResult> {
    const session = this.session()
    session.signal.throwIfAborted()
    this.#show(style.faint(`   $ ${commandLine(line)}`))
    const { registry } = await import('../all.ts')
    const all = [...line, '--dir', join(this.folder, 'bot'), '--lang', this.language]
    try {
      const { exit, json } = await execute(await parse(all, registry), session)
      return { exit, json }
    } catch (error) {
      if (session.signal.aborted) throw error
      const { exit, json, text } = failureOf(error, session)
      this.#show(indent(text))
      return { exit, json }
    }
  }

  session(): Session {
    const { signal, progress } = this.#call
    return { language: this.language, app: null, terminal: this.#indented(), signal, progress }
  }

  /** What the commands print stands under them. */
  #indented(): Terminal {
    const { terminal } = this.#call
    return {
      interactive: false,
      columns: terminal.columns,
      ask: (question) => terminal.ask(question),
      confirm: (question) => terminal.confirm(question),
      tell: (line) => terminal.tell(indent(line)),
      show: (text) => this.#show(indent(text)),
    }
  }

  #show(text: string): void {
    if (!this.#call.global.quiet) this.#call.terminal.show(text)
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '     ')
}

function outcomeOf({ claims }: Play, end: { readonly ms: number; readonly folder: string | null }): Outcome {
  const failed = claims.filter(({ holds }) => !holds).length
  return {
    exit: failed === 0 ? 0 : 1,
    json: {
      passed: failed === 0,
      claims: claims.map(({ statement, holds }) => ({ code: statement.code, holds, facts: statement.facts ?? {} })),
      seconds: Math.round(end.ms / 100) / 10,
      folder: end.folder,
    },
    text: (language) =>
      [
        '',
        failed === 0
          ? style.good(say(language, 'demo.passed', { claims: claims.length, took: duration(end.ms, language) }))
          : style.bad(say(language, 'demo.failed', { failed, claims: claims.length })),
        ...(end.folder === null ? [] : [say(language, 'demo.kept', { folder: end.folder })]),
      ].join('\n'),
  }
}
