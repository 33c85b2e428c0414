import type { Finding } from './finding.ts'

const longest = 160

/** One finding on one short line, for a sentence: SQLite says some things in a hundred lines. The whole stays in the facts. */
export function findingText(finding: Finding | undefined): string {
  if (finding === undefined) return ''
  const { code, path, detail } = finding
  const lines = detail.split('\n').filter((line) => line !== '' && !/^\*\*\* in database \w+ \*\*\*$/.test(line))
  const text = [code, path, lines[0]].filter((part) => part != null && part !== '').join(' ')
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
