import type { App } from '../app/app.ts'
import type { Language } from '../message/sentence.ts'
import type { Progress } from '../snapshot/progress.ts'
import type { Call, GlobalOptions, Outcome, Terminal } from './command.ts'
import { languageNamed } from './globals.ts'
import { type Parsed, requirePositionals } from './parse.ts'

/** What stays the same for every command of one session: a command line has one, a menu runs many on it. */
export interface Session {
  /** What the reader reads when neither `--lang` nor an opened app says otherwise. */
  language: Language
  /** The app opened last: what is said of a failure must not hold its secrets. */
  app: App | null
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** Runs one understood command line and gives back its outcome; throws what the command throws. */
export async function execute(parsed: Parsed, session: Session): Promise<Outcome> {
  return requirePositionals(parsed).run(callFor(parsed, session))
}

function callFor(parsed: Parsed, session: Session): Call {
  const global = globalsOf(parsed, session)
  let app: Promise<App> | null = null
  return {
    positionals: parsed.positionals,
    options: parsed.options,
    command: parsed.words,
    global,
    terminal: global.yes ? agreeing(session.terminal) : session.terminal,
    signal: session.signal,
    progress: session.progress,
    app: () => {
      app ??= openFor(global, session)
      return app
    },
  }
}

/** `--yes`: every question is answered before it is asked. */
function agreeing(terminal: Terminal): Terminal {
  return {
    interactive: terminal.interactive,
    columns: terminal.columns,
    ask: (question) => terminal.ask(question),
    confirm: async () => true,
    tell: (line) => terminal.tell(line),
    show: (text) => terminal.show(text),
  }
}

/** From here on the session speaks the app's language, unless `--lang` named one. */
async function openFor(global: GlobalOptions, session: Session): Promise<App> {
  const app = await openNamed(global.dir, global.config, global.languageFixed ? global.language : null)
  session.app = app
  if (!global.languageFixed) session.language = app.language
  return app
}

/** Opens the app that `--dir` and `--config` name; the parts are loaded only now. Throws `config.*` (exit 2). */
export async function openNamed(
  dir: string | undefined,
  config: string | undefined,
  language: Language | null,
): Promise<App> {
  const { openApp } = await import('../app/open.ts')
  return openApp({
    ...(dir === undefined ? {} : { dir }),
    ...(config === undefined ? {} : { config }),
    ...(language === null ? {} : { language }),
  })
}

function globalsOf({ options }: Parsed, session: Session): GlobalOptions {
  const named = languageNamed(options.lang as string | undefined)
  return {
    dir: options.dir as string | undefined,
    config: options.config as string | undefined,
    json: options.json === true,
    get language() {
      return named ?? session.language
    },
    languageFixed: named !== null,
    quiet: options.quiet === true,
    verbose: options.verbose === true,
    yes: options.yes === true,
    dryRun: options['dry-run'] === true,
  }
}
