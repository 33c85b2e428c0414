import { frontPhrases as words } from '../message/phrases/front.ts'
import type { Language, Phrase } from '../message/sentence.ts'
import type { Command, Option } from './command.ts'
import { globalOptions } from './globals.ts'
import { callOf, type Registry, usageOf } from './parse.ts'
import { style } from './show/style.ts'
import { glossary } from './show/table.ts'

/** Verbs by what a person wants to do; a registered verb in none of these stands under `other`. */
const sections: readonly { readonly title: Phrase<void>; readonly verbs: readonly string[] }[] = [
  {
    title: words['help.section.keep'],
    verbs: ['init', 'backup', 'list', 'show', 'verify', 'history', 'pin', 'unpin', 'prune', 'forget-source'],
  },
  { title: words['help.section.recover'], verbs: ['restore', 'export'] },
  {
    title: words['help.section.guide'],
    verbs: ['menu', 'scenario', 'plan', 'rollback', 'checkpoint'],
  },
  { title: words['help.section.watch'], verbs: ['status', 'health', 'monitor', 'doctor', 'drill', 'alerts'] },
  { title: words['help.section.away'], verbs: ['vault'] },
  { title: words['help.section.alone'], verbs: ['daemon', 'run', 'trigger', 'service'] },
]

/** `pulih --help`: every verb with its one line. */
export async function overview(registry: Registry, language: Language): Promise<string> {
  const commands = await Promise.all(Object.values(registry).map((load) => load()))
  const grouped = new Set(sections.flatMap(({ verbs }) => verbs))
  const rest = commands.filter(({ name }) => !grouped.has(name))
  const parts = sections.map(({ title, verbs }) =>
    section(title, commands.filter(({ name }) => verbs.includes(name)).toSorted(byPlaceIn(verbs)), language),
  )
  return [
    words['help.intro'][language](),
    `${words['help.usage'][language]()}: pulih ${words['help.verb'][language]()} [--…]`,
    ...parts,
    section(words['help.section.other'], rest, language),
    optionBlock(words['help.global'], globalOptions, language),
    words['help.exit'][language](),
    words['help.more'][language](),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** `pulih VERB --help`. */
export function commandHelp(verb: readonly string[], command: Command, language: Language): string {
  const below = command.commands ?? []
  return [
    `${style.strong(callOf(verb))}: ${command.summary[language]()}`,
    `${words['help.usage'][language]()}: ${usageOf(verb, command)}`,
    section(words['help.commands'], below, language),
    optionBlock(words['help.options'], command.options, language),
    optionBlock(words['help.global'], globalOptions, language),
    block(
      words['help.examples'],
      [...command.examples, ...below.flatMap((one) => one.examples)].map((line) => `  ${line}`).join('\n'),
      language,
    ),
    words['help.exit'][language](),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function byPlaceIn(verbs: readonly string[]): (a: Command, b: Command) => number {
  return (a, b) => verbs.indexOf(a.name) - verbs.indexOf(b.name)
}

function section(title: Phrase<void>, commands: readonly Command[], language: Language): string {
  const rows = commands.map((command) => [command.name, command.summary[language]()] as const)
  return block(title, glossary(rows), language)
}

function optionBlock(title: Phrase<void>, options: Readonly<Record<string, Option>>, language: Language): string {
  const rows = Object.entries(options).map(
    ([name, option]) => [optionWord(name, option), option.summary[language]()] as const,
  )
  return block(title, glossary(rows), language)
}

function optionWord(name: string, option: Option): string {
  const short = name === 'help' ? '-h, ' : ''
  return option.type === 'boolean' ? `${short}--${name}` : `--${name} ${option.value ?? 'VALUE'}`
}

function block(title: Phrase<void>, body: string, language: Language): string {
  return body === '' ? '' : `${style.strong(title[language]())}\n${body}`
}
