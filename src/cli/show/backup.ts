import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { State } from '../../snapshot/manifest.ts'
import { ago } from './format.ts'
import { style } from './style.ts'

const colours = { captured: style.warn, stored: style.warn, proven: style.good, damaged: style.bad }

/** `proven` · `terbukti`, in the colour that says how much it is worth. */
export function stateWord(state: State, language: Language): string {
  return colours[state](say(language, `state.${state}`))
}

/** `3 min ago`; a date that has not come yet is said to be one. */
export function ageOf(ms: number, nowMs: number, language: Language): string {
  return ms > nowMs + 60_000 ? say(language, 'list.in-future') : ago(Math.max(0, nowMs - ms), language)
}
