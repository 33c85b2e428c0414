import { findingPhrases } from '../message/phrases/finding.ts'
import type { Finding } from './finding.ts'

const longest = 160

/** One finding on one short line, for a sentence: SQLite says some things in a hundred lines. The whole stays in the facts. */
export function findingText(finding: Finding | undefined): string {
  if (finding === undefined) return ''
  const { code, path, detail } = finding
  return short([code, path, firstLine(detail)].filter((part) => part != null && part !== '').join(' '))
}

function firstLine(detail: string): string {
  const lines = detail.split('\n').filter((line) => line !== '' && !/^\*\*\* in database \w+ \*\*\*$/.test(line))
  return lines[0] ?? ''
}

function short(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** One finding as a person reads it, short, in both languages: a fact for a sentence that says where it was found. */
export function findingWords(finding: Finding | undefined): { readonly en: string; readonly id: string } {
  if (finding === undefined) return { en: '', id: '' }
  const words = findingPhrases[`finding.${finding.code}`]
  const seen = { path: finding.path, detail: short(firstLine(finding.detail)) }
  return { en: words.en(seen), id: words.id(seen) }
}
