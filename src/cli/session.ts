import type { Writable } from 'node:stream'
import type { App } from '../app/app.ts'
import { PulihError } from '../error.ts'
import { languageOfSystem } from '../message/language.ts'
import { say } from '../message/phrases.ts'
import type { Language } from '../message/sentence.ts'
import { systemClock } from '../time/clock.ts'
import { version } from '../version.ts'
import { registry } from './all.ts'
import { execute, openNamed, type Session } from './execute.ts'
import { failureOf } from './exit.ts'
import { type EarlyOptions, earlyOptions, languageNamed } from './globals.ts'
import { commandHelp, overview } from './help.ts'
import { type Parsed, parse } from './parse.ts'
import { ProgressView } from './progress.ts'
import { LineTerminal } from './terminal.ts'

/** Runs one command line of this process and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<never> {
  const stop = new AbortController()
  const session = new ProcessSession(earlyOptions(argv), stop.signal)
  catchSignals(stop, session)
  catchBrokenPipes(stop)
  // What nobody awaited must not end in a stack trace on the operator's screen.
  process.on('uncaughtException', (error) => void fail(error, session))
  try {
    session.named = languageNamed(session.early.lang)
    if (session.early.verbose) (await import('../catalogue/log.ts')).echoLog(true)
    return await leave(await run(argv, session), session)
  } catch (error) {
    return await fail(error, session)
  }
}

interface Screen {
  readonly text: string
  readonly json: unknown
  readonly exit: number
}

/** The session of this process: its streams, and the language its reader is spoken to in. */
class ProcessSession implements Session {
  readonly early: EarlyOptions
  readonly signal: AbortSignal
  readonly view: ProgressView
  readonly terminal: LineTerminal
  /** What `--lang` says; it wins over everything. */
  named: Language | null = null
  app: App | null = null
  #language = languageOfSystem(process.env)
  #settled = false

  constructor(early: EarlyOptions, signal: AbortSignal) {
    this.early = early
    this.signal = signal
    const language = () => this.language
    this.view = new ProgressView(process.stderr, {
      kind: progressKind(early),
      language,
      columns: process.stderr.columns || 80,
      steady: systemClock.steady,
    })
    this.terminal = new LineTerminal({
      ...{ input: process.stdin, output: process.stdout, errors: process.stderr, progress: this.view },
      ...{ json: early.json, quiet: early.quiet, language, signal },
    })
  }

  get progress() {
    return this.view.report
  }

  get language(): Language {
    return this.named ?? this.#language
  }

  set language(language: Language) {
    this.#language = language
    this.#settled = true
  }

  /** Asks the app's configuration for the language when no command has opened it: help and usage errors. */
  async settleLanguage(): Promise<void> {
    if (this.#settled || this.named !== null) return
    try {
      this.language = (await openNamed(this.early.dir, this.early.config, null)).language
    } catch {
      // Help and the error at hand must come out whatever is wrong with the configuration: the system's language does.
    }
  }
}

function progressKind(early: EarlyOptions): 'bar' | 'lines' | 'json' | 'none' {
  if (early.quiet) return 'none'
  if (early.json) return 'json'
  return process.stderr.isTTY ? 'bar' : 'lines'
}

async function run(argv: readonly string[], session: ProcessSession): Promise<Screen> {
  const parsed = await parse(argv, registry)
  if (parsed.options.version === true) return { text: version, json: { version }, exit: 0 }
  if (parsed.options.help === true || (parsed.command === null && !session.terminal.interactive)) {
    return helpScreen(parsed, session)
  }
  const chosen = parsed.command === null ? await parse(['menu', ...argv], registry) : parsed
  const outcome = await execute(chosen, session)
  return { text: session.early.json ? '' : outcome.text(session.language), json: outcome.json, exit: outcome.exit }
}

async function helpScreen({ command, verb }: Parsed, session: ProcessSession): Promise<Screen> {
  await session.settleLanguage()
  const { language } = session
  const help = command === null ? await overview(registry, language) : commandHelp(verb, command, language)
  return { text: help, json: { help }, exit: 0 }
}

async function fail(error: unknown, session: ProcessSession): Promise<never> {
  await session.settleLanguage()
  const failure = failureOf(error, session)
  session.view.clear()
  if (session.early.verbose) await write(process.stderr, failure.detail)
  if (!session.early.json) await write(process.stderr, failure.text)
  return leaveWith(session.early.json ? asJson(failure.json) : '', failure.exit)
}

async function leave(screen: Screen, session: ProcessSession): Promise<never> {
  session.view.clear()
  return leaveWith(session.early.json ? asJson(screen.json) : screen.text, screen.exit)
}

/** Ends the process once its last words are out; open handles of a library must not keep it. */
async function leaveWith(text: string, exit: number): Promise<never> {
  if (text !== '') await write(process.stdout, text)
  process.exit(exit)
}

function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

/** Resolves also when the reader is gone: `catchBrokenPipes` knows. */
function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(`${text}\n`, () => resolve())
  })
}

/** The first signal asks the command to clean up and end; a second one ends at once, which every act survives. */
function catchSignals(stop: AbortController, session: ProcessSession): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130)
      session.terminal.tell(say(session.language, 'front.cancelling'))
      stop.abort(new PulihError('cancelled', undefined, { cause: signal }))
    })
  }
}

/** `pulih list | head -1`: a reader that has seen enough is no error; what still runs is asked to end. */
function catchBrokenPipes(stop: AbortController): void {
  process.stdout.on('error', () => stop.abort(new PulihError('cancelled')))
  // Nobody reads the notes any more; the act goes on.
  process.stderr.on('error', () => undefined)
}
