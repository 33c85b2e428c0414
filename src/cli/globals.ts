import { PulihError } from '../error.ts'
import { frontPhrases as words } from '../message/phrases/front.ts'
import type { Language } from '../message/sentence.ts'
import type { Option } from './command.ts'

/** Options that every command knows, before and after its verb. */
export const globalOptions = {
  dir: { type: 'string', value: 'PATH', summary: words['option.dir'] },
  config: { type: 'string', value: 'PATH', summary: words['option.config'] },
  json: { type: 'boolean', summary: words['option.json'] },
  lang: { type: 'string', value: 'id|en', summary: words['option.lang'] },
  quiet: { type: 'boolean', summary: words['option.quiet'] },
  verbose: { type: 'boolean', summary: words['option.verbose'] },
  yes: { type: 'boolean', summary: words['option.yes'] },
  'dry-run': { type: 'boolean', summary: words['option.dry-run'] },
  help: { type: 'boolean', summary: words['option.help'] },
  version: { type: 'boolean', summary: words['option.version'] },
} as const satisfies Record<string, Option>

/** What must be known before the rest of the line is understood, so that even its errors come out as asked for. */
export interface EarlyOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** As written; `languageNamed` judges it. */
  readonly lang: string | undefined
  readonly dir: string | undefined
  readonly config: string | undefined
}

/** Reads those options from anywhere before `--`; never throws. */
export function earlyOptions(argv: readonly string[]): EarlyOptions {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const has = (name: string) => own.includes(`--${name}`)
  const lastValue = (name: string) => {
    const at = own.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
    return at < 0 ? undefined : own[at] === `--${name}` ? own[at + 1] : own[at]!.slice(name.length + 3)
  }
  return {
    ...{ json: has('json'), quiet: has('quiet'), verbose: has('verbose') },
    ...{ lang: lastValue('lang'), dir: lastValue('dir'), config: lastValue('config') },
  }
}

/** The language `--lang` names; null when it was not given. Throws `usage.value` for an unknown one. */
export function languageNamed(lang: string | undefined): Language | null {
  if (lang === undefined) return null
  if (lang === 'id' || lang === 'en') return lang
  throw new PulihError('usage.value', { option: '--lang', found: lang, allowed: 'id, en' })
}
