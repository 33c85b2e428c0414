import { parseArgs } from 'node:util'
import { assert, PulihError } from '../error.ts'
import { nearest } from '../message/nearest.ts'
import type { Command, Option, Positional } from './command.ts'
import { globalOptions } from './globals.ts'

/** Verb -> how to load its command; only the verb that runs is loaded. */
export type Registry = Readonly<Record<string, () => Promise<Command>>>

export interface Parsed {
  /** The verb as typed, `['vault', 'init']`; empty for bare `pulih`. */
  readonly verb: readonly string[]
  readonly command: Command | null
  readonly positionals: readonly string[]
  /** The command's own options and the global ones. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  /** Words after `--`, for a command that takes a command line. */
  readonly words: readonly string[]
}

/**
 * Understands one command line. Throws `usage.*` (exit 2) for an unknown verb or option and a wrong value; whether
 * the positionals are enough is asked by `requirePositionals`, so that `--help` works without them.
 */
export async function parse(argv: readonly string[], registry: Registry): Promise<Parsed> {
  const found = await findCommand(argv, registry)
  const options = { ...globalOptions, ...found.command?.options }
  const help = helpFor(found.verb)
  const { values, positionals, words } = readOptions(found.rest, options, help)
  const takesCommand = found.command?.takesCommand ?? false
  return {
    verb: found.verb,
    command: found.command,
    options: values,
    positionals: takesCommand ? positionals : [...positionals, ...words],
    words: takesCommand ? words : [],
  }
}

/** `pulih vault init`: the words that call a command. */
export function callOf(verb: readonly string[]): string {
  return ['pulih', ...verb].join(' ')
}

/** `pulih verify [NAME…] [--all]`: how a command is written. */
export function usageOf(verb: readonly string[], command: Command): string {
  const positionals = command.positionals.map(positionalWord)
  const below = command.commands === undefined ? [] : [command.commands.map((one) => one.name).join('|')]
  const options = Object.keys(command.options).length === 0 ? [] : ['[--…]']
  const words = command.takesCommand ? ['[-- CMD…]'] : []
  return [callOf(verb), ...below, ...positionals, ...options, ...words].join(' ')
}

/**
 * The command to run, with the positionals it needs. Throws `usage.missing`, `usage.extra` or, for a verb that only
 * groups others, `usage.one-of`.
 */
export function requirePositionals({ command, verb, positionals }: Parsed): Command {
  assert(command !== null, 'a line without a verb reached its run')
  if (command.commands !== undefined) {
    const verbs = command.commands.map((one) => one.name)
    throw new PulihError('usage.one-of', { command: verb.join(' '), verbs, help: helpFor(verb) })
  }
  const usage = usageOf(verb, command)
  const missing = command.positionals.filter((one) => !one.optional)[positionals.length]
  if (missing !== undefined) throw new PulihError('usage.missing', { name: missing.name, usage })
  const extra = positionals[command.positionals.length]
  const endless = command.positionals.at(-1)?.many ?? false
  if (extra !== undefined && !endless) throw new PulihError('usage.extra', { found: extra, usage })
  return command
}

function positionalWord({ name, optional, many }: Positional): string {
  const word = many ? `${name}…` : name
  return optional ? `[${word}]` : word
}

function helpFor(verb: readonly string[]): string {
  return `${callOf(verb)} --help`
}

interface FoundCommand {
  readonly verb: readonly string[]
  readonly command: Command | null
  /** The line without its verb. */
  readonly rest: readonly string[]
}

async function findCommand(argv: readonly string[], registry: Registry): Promise<FoundCommand> {
  const first = takeWord(argv)
  if (first === null) return { verb: [], command: null, rest: argv }
  if (first.word === 'help') return findCommand([...first.rest, '--help'], registry)
  if (!Object.hasOwn(registry, first.word)) throw unknownCommand(first.word, [], Object.keys(registry))
  let verb = [first.word]
  let command = await registry[first.word]!()
  let rest = first.rest
  while (command.commands !== undefined) {
    const next = takeWord(rest)
    if (next === null) break
    const below: Command | undefined = command.commands.find((one) => one.name === next.word)
    if (below === undefined)
      throw unknownCommand(
        next.word,
        verb,
        command.commands.map((one) => one.name),
      )
    verb = [...verb, next.word]
    command = below
    rest = next.rest
  }
  return { verb, command, rest }
}

function unknownCommand(word: string, verb: readonly string[], known: readonly string[]): PulihError {
  const near = nearest(word, known)
  const found = [...verb, word].join(' ')
  return new PulihError('usage.unknown-command', {
    found,
    near: near === null ? null : [...verb, near].join(' '),
    help: helpFor(verb),
  })
}

/** The first word that is neither an option nor a global option's value, and the line without it. */
function takeWord(argv: readonly string[]): { word: string; rest: readonly string[] } | null {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!
    if (word === '--') return null
    if (!word.startsWith('-')) return { word, rest: argv.toSpliced(at, 1) }
    const option: Option | undefined = (globalOptions as Record<string, Option>)[word.slice(2)]
    if (option?.type === 'string') at++
  }
  return null
}

type Values = Record<string, string | boolean | readonly string[] | undefined>

function readOptions(argv: readonly string[], options: Readonly<Record<string, Option>>, help: string) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [name, name === 'help' ? { type, short: 'h' } : { type }]),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? argv.length
  const values: Values = {}
  for (const token of tokens) if (token.kind === 'option') readOption(token, options, values, help)
  const plain = tokens.filter((token) => token.kind === 'positional')
  return {
    values,
    positionals: plain.filter((token) => token.index < end).map((token) => token.value),
    words: plain.filter((token) => token.index > end).map((token) => token.value),
  }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function readOption(token: OptionToken, options: Readonly<Record<string, Option>>, values: Values, help: string): void {
  const { name, rawName, value, inlineValue } = token
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) {
    const known = Object.keys(options).map((one) => `--${one}`)
    throw new PulihError('usage.unknown-option', { found: rawName, near: nearest(rawName, known), help })
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw new PulihError('usage.value-unwanted', { option: rawName, help })
    values[name] = true
    return
  }
  // `--reason --json`: a value that looks like an option is a forgotten value; `--reason=--json` says it is meant.
  if (value === undefined || (!inlineValue && value.startsWith('-') && value.length > 1)) {
    throw new PulihError('usage.value-missing', { option: rawName, value: option.value ?? 'VALUE', help })
  }
  values[name] = option.many ? [...((values[name] as readonly string[] | undefined) ?? []), value] : value
}
