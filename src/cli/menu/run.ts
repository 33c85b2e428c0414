import type { BackupEntry } from '../../catalogue/types.ts'
import { isPulihError } from '../../error.ts'
import { say } from '../../message/phrases.ts'
import type { Call, Terminal } from '../command.ts'
import { commandLine } from '../command-line.ts'
import { execute, type Session } from '../execute.ts'
import { failureOf } from '../exit.ts'
import { parse, type Registry } from '../parse.ts'
import { ageOf, stateWord } from '../show/backup.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'
import { type Asker, type Choice, type MenuName, menus } from './menus.ts'

/** One command run from a menu. */
export interface MenuRun {
  readonly command: string
  readonly exit: number
  /** What the command gives with `--json`. */
  readonly result: unknown
}

/** Shows one menu until its reader leaves it or the input ends; every choice runs the command it prints. */
export async function runMenu(name: MenuName, call: Call, registry: Registry): Promise<readonly MenuRun[]> {
  const { title, choices } = menus[name]
  const last = choices.length + 1
  const runs: MenuRun[] = []
  for (;;) {
    const { language } = call.global
    const lines = choices.map(({ label }, at) => `  ${at + 1}. ${label[language]()}`)
    call.terminal.show(
      ['', style.strong(title[language]()), ...lines, `  ${last}. ${say(language, 'menu.exit')}`].join('\n'),
    )
    const answer = await answerOrEnd(call, say(language, 'menu.pick', { last }))
    if (answer === null || answer === String(last)) return runs
    const choice = /^\d+$/.test(answer) ? choices[Number(answer) - 1] : undefined
    if (choice === undefined) call.terminal.show(say(language, 'menu.unknown', { found: answer, last }))
    else runs.push(...(await follow(choice, call, registry)))
  }
}

/** Null at the end of input: whoever closes it leaves the menu. */
async function answerOrEnd(call: Call, question: string): Promise<string | null> {
  try {
    return await call.terminal.ask(question)
  } catch (error) {
    if (isPulihError(error, 'cancelled') && !call.signal.aborted) return null
    throw error
  }
}

async function follow(choice: Choice, call: Call, registry: Registry): Promise<readonly MenuRun[]> {
  if ('to' in choice.leads) return runMenu(choice.leads.to, call, registry)
  const words = await choice.leads.words(askerFor(call))
  if (words !== null) return [await runLine(words, call, registry)]
  call.terminal.show(say(call.global.language, 'menu.missing-word'))
  return []
}

async function runLine(words: readonly string[], call: Call, registry: Registry): Promise<MenuRun> {
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const line = words.toSpliced(end, 0, ...globalWords(call))
  const command = commandLine(line)
  call.terminal.show(`\n${style.faint(say(call.global.language, 'menu.same-as', { command }))}`)
  const session = sessionOf(call)
  try {
    const outcome = await execute(await parse(line, registry), session)
    call.terminal.show(outcome.text(call.global.language))
    return { command, exit: outcome.exit, result: outcome.json }
  } catch (error) {
    if (call.signal.aborted) throw error
    const failure = failureOf(error, session)
    call.terminal.show(failure.text)
    return { command, exit: failure.exit, result: failure.json }
  }
}

/** What was said to the menu holds for the commands it runs. */
function globalWords({ global }: Call): readonly string[] {
  return [
    ...(global.dir === undefined ? [] : ['--dir', global.dir]),
    ...(global.config === undefined ? [] : ['--config', global.config]),
    ...(global.languageFixed ? ['--lang', global.language] : []),
    ...(global.verbose ? ['--verbose'] : []),
    ...(global.dryRun ? ['--dry-run'] : []),
    ...(global.yes ? ['--yes'] : []),
  ]
}

function sessionOf(call: Call): Session {
  return {
    language: call.global.language,
    app: null,
    terminal: attended(call),
    signal: call.signal,
    progress: call.progress,
  }
}

/** Whoever answers a menu answers its commands too, also through a pipe: the end of input is no yes. */
function attended({ terminal, global }: Call): Terminal {
  return {
    interactive: true,
    columns: terminal.columns,
    ask: (question) => terminal.ask(question),
    confirm: async (question) => {
      const answer = await terminal.ask(say(global.language, 'prompt.confirm', { question }))
      return ['y', 'ya', 'yes'].includes(answer.toLowerCase())
    },
    tell: (line) => terminal.tell(line),
    show: (text) => terminal.show(text),
  }
}

function askerFor(call: Call): Asker {
  return {
    ask: (question) => call.terminal.ask(say(call.global.language, question)),
    pickBackup: () => pickBackup(call),
    app: () => call.app(),
  }
}

async function pickBackup(call: Call): Promise<string | null> {
  const { language } = call.global
  const app = await call.app()
  const { listBackups } = await import('../../catalogue/catalogue.ts')
  const backups = await listBackups(app)
  if (backups.length === 0) {
    call.terminal.show(say(language, 'menu.no-backups'))
    return null
  }
  const row = (entry: BackupEntry, at: number) => [
    `${at + 1}.`,
    entry.name,
    stateWord(entry.state, language),
    ageOf(entry.createdMs, app.clock.now(), language),
  ]
  call.terminal.show(table(backups.map(row), { indent: 2, align: ['right'] }))
  const answer = await call.terminal.ask(say(language, 'menu.ask.backup'))
  if (answer === '') return null
  return /^\d+$/.test(answer) ? (backups[Number(answer) - 1]?.name ?? answer) : answer
}
