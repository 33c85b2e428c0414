import type { App } from '../app/app.ts'
import type { Language, Phrase } from '../message/sentence.ts'
import type { Progress } from '../snapshot/progress.ts'

/** One verb: what `cli/all.ts` lists, help prints, completion offers and `main.ts` runs. One file in `cli/command/`. */
export interface Command {
  readonly name: string
  readonly summary: Phrase<void>
  /** Positional words as help shows them: `NAME`, `[NAME…]`, `[DIR]`; checked before `run`. */
  readonly positionals: readonly Positional[]
  readonly options: Readonly<Record<string, Option>>
  /** Complete command lines; help prints them and a test runs each with `--help`. */
  readonly examples: readonly string[]
  /** Takes everything after `--` as a command line (`scenario migration NAME -- CMD…`, `run -- CMD…`). */
  readonly takesCommand?: boolean
  /** Verbs below this one (`vault init`); then `run` is not called. */
  readonly commands?: readonly Command[]
  run(call: Call): Promise<Outcome>
}

export interface Positional {
  readonly name: string
  readonly optional?: boolean
  readonly many?: boolean
}

export interface Option {
  readonly type: 'boolean' | 'string'
  readonly many?: boolean
  /** What stands for the value in help: `TYPE`, `DIR`. */
  readonly value?: string
  readonly summary: Phrase<void>
}

export interface Call {
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  /** Words after `--`. */
  readonly command: readonly string[]
  readonly global: GlobalOptions
  readonly terminal: Terminal
  /** Opens the app once; throws config errors (exit 2). */
  app(): Promise<App>
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface GlobalOptions {
  readonly dir: string | undefined
  readonly config: string | undefined
  readonly json: boolean
  readonly language: Language
  /** True when `--lang` named the language: then config does not override it. */
  readonly languageFixed: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly yes: boolean
  readonly dryRun: boolean
}

export interface Terminal {
  /** Both standard input and output are a terminal. */
  readonly interactive: boolean
  readonly columns: number
  /** Plain line prompts; at end of input they reject with `cancelled`. */
  ask(question: string): Promise<string>
  /** Yes only on an explicit yes (y, ya, yes); `--yes` answers by itself; without a terminal and `--yes` it throws `usage.needs-yes`. */
  confirm(question: string): Promise<boolean>
  /** To stderr, unless `--quiet`. */
  tell(line: string): void
  /** A screen in the middle of a session (menu, demo): to stdout, or to stderr with `--json`, which owns stdout. */
  show(text: string): void
}

/** What a command gives back; `main.ts` prints it: exactly one JSON document with `--json`, else the text. */
export interface Outcome {
  /** An `ExitCode`; `run` passes on its child's. */
  readonly exit: number
  readonly json: unknown
  /** The whole screen for a person: what happened, whether the data is safe, the next command. Styled text is allowed. */
  text(language: Language): string
}
