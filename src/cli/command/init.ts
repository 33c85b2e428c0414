import { statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { App } from '../../app/app.ts'
import type { InitPlan } from '../../app/init.ts'
import { isPulihError } from '../../error.ts'
import { initPhrases as words } from '../../message/phrases/init.ts'
import { type Note, note, say, sayNote } from '../../message/phrases.ts'
import type { ExitCode, Language } from '../../message/sentence.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { bytes } from '../show/format.ts'
import { style } from '../show/style.ts'

/** What was done, for the screen and the JSON document. */
interface Done {
  readonly lines: readonly Note[]
  readonly warnings: readonly Note[]
  readonly backup: string | null
  readonly failed: boolean
}

export const command: Command = {
  name: 'init',
  summary: words['init.summary'],
  positionals: [],
  options: { python: { type: 'boolean', summary: words['init.option.python'] } },
  examples: ['pulih init', 'pulih init --dry-run', 'pulih --dir /srv/bot init --python --yes'],
  async run(call) {
    const { planInit } = await import('../../app/init.ts')
    const app = await call.app()
    const plan = await planInit(app, { python: call.options.python === true, signal: call.signal })
    if (call.global.dryRun) return preview(plan, app, call)
    if (isAsked(call)) {
      call.terminal.show(foundLines(plan, call.global.language).join('\n'))
      const goOn = await call.terminal.confirm(say(call.global.language, 'init.ask-write'))
      if (!goOn)
        return outcome(plan, { lines: [note('init.declined')], warnings: [], backup: null, failed: false }, call)
    }
    const written = await write(plan, call)
    const backup = app.configPath === null ? await firstBackup(app, call) : nothingMore
    return outcome(
      plan,
      { ...backup, lines: [...written.lines, ...backup.lines], warnings: [...written.warnings, ...backup.warnings] },
      call,
    )
  },
}

function isAsked(call: Call): boolean {
  return call.terminal.interactive && !call.global.yes && !call.global.dryRun
}

function preview(plan: InitPlan, app: App, call: Call): Outcome {
  const lines = [...plan.writes.map(({ path }) => note('init.would-write', { path })), note('init.dry-run')]
  const done = { lines, warnings: plan.found.warnings, backup: null, failed: false }
  const shown = outcome(plan, done, call)
  return {
    ...shown,
    json: { dryRun: true, ...(shown.json as object), config: join(app.folders.app, 'config/backup_config.json') },
  }
}

async function write(plan: InitPlan, call: Call): Promise<Pick<Done, 'lines' | 'warnings'>> {
  const { writePlanned, addIgnoreLine } = await import('../../app/init.ts')
  const lines: Note[] = []
  const warnings: Note[] = [...plan.found.warnings]
  for (const one of plan.writes) {
    if (one.aside !== null && !(await mayReplace(one.path, one.aside, call))) {
      warnings.push(note('init.python-kept', { path: one.path }))
      continue
    }
    await writePlanned(plan.app, one)
    if (one.aside !== null) lines.push(note('init.moved', { path: one.path, aside: one.aside }))
    lines.push(note('init.wrote', { path: one.path }))
    if (one.path.endsWith('.py')) {
      await noteCommand(await call.app())
      lines.push(note('init.python-how'))
    }
  }
  const line = plan.ignoreLine
  if (line === null) return { lines, warnings }
  if (await agrees(say(call.global.language, 'init.ask-ignore', { line }), call)) {
    await addIgnoreLine(plan.app, line)
    lines.push(note('init.wrote', { path: '.gitignore' }))
  } else warnings.push(note('init.not-ignored', { folder: line.slice(1), line }))
  return { lines, warnings }
}

/** How to run this very pulih, for the Python file of a bot on whose PATH it is not. */
async function noteCommand(app: App): Promise<void> {
  const { writeDurably } = await import('../../disk/draft.ts')
  const main = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url))
  const command = JSON.stringify({ command: [process.execPath, main] })
  await writeDurably(join(app.folders.state, 'command.json'), `${command}\n`)
}

function mayReplace(path: string, aside: string, call: Call): Promise<boolean> {
  return agrees(say(call.global.language, 'init.ask-replace', { path, aside }), call)
}

/** Asks who is there; without a terminal and `--yes` the answer is no, and a warning says what was left. */
async function agrees(question: string, call: Call): Promise<boolean> {
  return call.global.yes || call.terminal.interactive ? call.terminal.confirm(question) : false
}

const nothingMore: Done = { lines: [], warnings: [], backup: null, failed: false }

/** The configuration stays when its first backup fails: the reason is shown, and `pulih backup` tries again. */
async function firstBackup(app: App, call: Call): Promise<Done> {
  const [{ openApp }, { backup }] = await Promise.all([import('../../app/open.ts'), import('../../backup/backup.ts')])
  const { languageFixed, language } = call.global
  const configured = await openApp({ dir: app.folders.app, ...(languageFixed ? { language } : {}) })
  const work = { signal: call.signal, progress: call.progress }
  try {
    const { entry, warnings } = await backup(configured, { type: 'manual', trigger: 'init', reason: 'init', ...work })
    const line =
      entry.state === 'proven'
        ? note('init.backup', { name: entry.name })
        : note('init.backup-stored', { name: entry.name })
    return { lines: [line], warnings, backup: entry.name, failed: false }
  } catch (error) {
    if (!isPulihError(error) || isPulihError(error, 'cancelled')) throw error
    const [reason, hint] = error.words(language)
    return { lines: [], warnings: [note('init.backup-failed', { reason, hint })], backup: null, failed: true }
  }
}

function outcome(plan: InitPlan, done: Done, call: Call): Outcome {
  const { language } = call.global
  const messages = [...new Map(done.warnings.map((one) => [sayNote(language, one), one])).values()]
  const exit: ExitCode = done.failed ? 1 : messages.length > 0 ? 3 : 0
  return {
    exit,
    json: {
      config: join(plan.app, 'config/backup_config.json'),
      databases: plan.found.databases,
      files: plan.found.files.length,
      startCommand: plan.found.startCommand,
      backup: done.backup,
      leftOut: plan.found.leftOut,
      written: done.lines.flatMap((line) => (line.code === 'init.wrote' ? [line.facts.path] : [])),
      warnings: messages.map((one) => ({ code: one.code, message: sayNote(language, one) })),
    },
    text: (reader) =>
      [
        // who was asked has seen them
        ...(isAsked(call) ? [] : foundLines(plan, reader)),
        ...done.lines.map((line) =>
          line.code.startsWith('init.backup') ? style.good(sayNote(reader, line)) : sayNote(reader, line),
        ),
        ...messages.map((one) => style.warn(`⚠️ ${sayNote(reader, one)}`)),
        ...(done.backup === null ? [] : [nextLine(plan, reader)]),
      ].join('\n'),
  }
}

function nextLine({ found }: InitPlan, language: Language): string {
  if (found.startCommand === null) return say(language, 'init.next')
  return say(language, 'init.run-how', { command: found.startCommand })
}

function foundLines({ app, found }: InitPlan, language: Language): string[] {
  const shown = found.leftOut.slice(0, 8).map((one) => one.path)
  const lines = [
    ...found.databases.map((path) => `database  ${path}  (${bytes(sizeOf(join(app, path)), language)})`),
    say(language, 'init.files', { count: found.files.length, git: found.gitTracked }),
    ...(shown.length === 0
      ? []
      : [say(language, 'init.left-out', { paths: shown, more: found.leftOut.length - shown.length })]),
    ...(found.startCommand === null ? [] : [say(language, 'init.start', { command: found.startCommand })]),
  ]
  return [style.strong(say(language, 'init.found', { app })), ...lines.map((line) => `  ${line}`)]
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
