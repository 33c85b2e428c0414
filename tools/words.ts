/**
 * Keeps codes, sentences and pages in step: every error has its section in doc/errors.md with its exit code, every
 * sentence is used, said in both languages and has a hint where one is due, every command is in both READMEs.
 * `--write` makes the generated half of doc/errors.md anew.
 */
import { existsSync, globSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ErrorSentence, MessageAndHint, Phrase } from '../src/message/sentence.ts'
import { conclude, isTest, root, sourcesIn, textOf } from './sources.ts'
import { standIn } from './stand-in.ts'

const page = 'doc/errors.md'
const [begin, end] = ['<!-- from here on: npm run words -- --write -->', '<!-- up to here -->']

/** Sentences that are rightly the same in both languages: names, commands, numbers. Prefixes of codes. */
const sameOnPurpose: readonly string[] = []

type Errors = Readonly<Record<string, ErrorSentence<unknown>>>
type Phrases = Readonly<Record<string, Phrase<unknown>>>
type Named<T> = Readonly<Record<string, T>>

/** All sentences of `src/message/<kind>/*.ts`, and the areas whose line in `<kind>.ts` is missing. */
async function areas<T>(kind: 'errors' | 'phrases'): Promise<{ all: Named<T>; problems: readonly string[] }> {
  const list = textOf(`src/message/${kind}.ts`)
  const all: Record<string, T> = {}
  const problems: string[] = []
  for (const file of globSync(`src/message/${kind}/*.ts`, { cwd: root }).sort()) {
    const loaded: Readonly<Record<string, Named<T>>> = await import(join(root, file))
    for (const [name, sentences] of Object.entries(loaded)) {
      if (!list.includes(`...${name},`)) problems.push(`${file}: ${name} has no line in src/message/${kind}.ts`)
      for (const code of Object.keys(sentences).filter((other) => other in all))
        problems.push(`${file}: '${code}' is declared twice`)
      Object.assign(all, sentences)
    }
  }
  return { all, problems }
}

/** The sentence with `…` for every fact. */
function spoken<T>(sentence: (facts: unknown) => T): T {
  try {
    return sentence(standIn(Number.NaN))
  } catch (error) {
    // Dates refuse NaN: give them a moment instead, and leave its digits standing.
    if (error instanceof RangeError) return sentence(standIn(0))
    throw error
  }
}

const spokenError = (sentence: (facts: unknown) => MessageAndHint): MessageAndHint =>
  spoken(sentence).map((part) => part.replaceAll('NaN', '…')) as unknown as MessageAndHint

function errorProblems(errors: Errors): readonly string[] {
  return Object.entries(errors).flatMap(([code, words]) => {
    const [en, id] = [spokenError(words.en), spokenError(words.id)]
    const empty = [...en, ...id].some((part) => part.trim() === '')
    return [
      ...(empty ? [`${code}: a message or hint is empty`] : []),
      ...(en[0] === id[0] || en[1] === id[1] ? [`${code}: the same words in both languages`] : []),
      ...(/^[A-Z][a-z]/.test(en[0]) ? [`${code}: English errors begin in lower case`] : []),
    ]
  })
}

function phraseProblems(phrases: Phrases): readonly string[] {
  return Object.entries(phrases).flatMap(([code, words]) => {
    const [en, id] = [spoken(words.en), spoken(words.id)]
    if (en.trim() === '' || id.trim() === '') return [`${code}: says nothing`]
    const letters = en.replaceAll(/[^\p{L}]/gu, '')
    const allowed = sameOnPurpose.some((prefix) => code.startsWith(prefix)) || letters.length < 4
    return en === id && !allowed ? [`${code}: the same words in both languages: ${en}`] : []
  })
}

/** Codes that no source names, in full or by a prefix ('finding.' in `finding.${code}`). */
function unused(codes: readonly string[]): readonly string[] {
  const sources = sourcesIn('src').filter((path) => !path.startsWith('src/message/') && !isTest(path))
  const text = sources.map(textOf).join('\n')
  const prefixes = [...text.matchAll(/`([a-z][\w.-]*[.-])\$\{/g)].map((match) => match[1] as string)
  return codes
    .filter((code) => !text.includes(`'${code}'`) && !prefixes.some((prefix) => code.startsWith(prefix)))
    .map((code) => `${code}: no source says it`)
}

function generated(errors: Errors): string {
  const section = ([code, words]: readonly [string, ErrorSentence<unknown>]): string => {
    const [en, id] = [spokenError(words.en), spokenError(words.id)]
    return `### ${code}\n\nExit ${words.exit}.\n\n- en: ${en[0]}. *${en[1]}*\n- id: ${id[0]}. *${id[1]}*\n`
  }
  const sections = Object.entries(errors).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${begin}\n\n${sections.map(section).join('\n')}\n${end}`
}

function withGenerated(text: string, errors: Errors): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < 0) throw new Error(`${page} has lost its markers: ${begin} … ${end}`)
  return text.slice(0, from) + generated(errors) + text.slice(to + end.length)
}

/** The exit codes of the type, the page, both READMEs: one list. */
function exitProblems(): readonly string[] {
  const union = /export type ExitCode = ([\d |]+)/.exec(textOf('src/message/sentence.ts'))?.[1] ?? ''
  const codes = union.split('|').map((code) => code.trim())
  return [page, 'README.md', 'README.id.md']
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => {
      const rows = [...textOf(path).matchAll(/^\| `?(\d+)`? \|/gm)].map((row) => row[1])
      const agrees = codes.every((code) => rows.includes(code)) && rows.length === codes.length
      return agrees ? [] : [`${path}: its table of exit codes has ${rows.join(' ') || 'none'}, not ${codes.join(' ')}`]
    })
}

/** Every verb is in both READMEs, as `pulih verb`. */
async function commandProblems(): Promise<readonly string[]> {
  const list = 'src/cli/all.ts'
  if (!existsSync(join(root, list))) return []
  const { registry }: { registry: Readonly<Record<string, unknown>> } = await import(join(root, list))
  const names = Object.keys(registry)
  const readmes = ['README.md', 'README.id.md'].filter((path) => existsSync(join(root, path)))
  return readmes.flatMap((path) =>
    names
      .filter((name) => !new RegExp(`\\bpulih(?: \\S+)*? ${name}\\b|\`${name}\\b`).test(textOf(path)))
      .map((name) => `${basename(path)}: the command ${name} is missing`),
  )
}

async function main(): Promise<void> {
  const errors = await areas<ErrorSentence<unknown>>('errors')
  const phrases = await areas<Phrase<unknown>>('phrases')
  const fresh = withGenerated(textOf(page), errors.all)
  if (process.argv.includes('--write')) writeFileSync(join(root, page), fresh)
  const codes = [...Object.keys(errors.all), ...Object.keys(phrases.all)]
  conclude(
    [
      ...(fresh === textOf(page) ? [] : [`${page} is behind the code: npm run words -- --write`]),
      ...errors.problems,
      ...phrases.problems,
      ...errorProblems(errors.all),
      ...phraseProblems(phrases.all),
      ...unused(codes),
      ...exitProblems(),
      ...(await commandProblems()),
    ],
    `${codes.length} sentences: said in both languages, used, and in step with the pages`,
  )
}

await main()
