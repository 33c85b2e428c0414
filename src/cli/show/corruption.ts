import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import { type CorruptionEnd, rowsIn } from '../../scenario/corruption.ts'
import { duration, number } from './format.ts'
import { planScreen } from './plan.ts'
import { style } from './style.ts'
import { table } from './table.ts'

const findingsShown = 12
const tablesShown = 20

/** What is wrong, every way back side by side, the recommended one with its reason, and the next command. */
export function corruptionScreen(end: CorruptionEnd, language: Language): string {
  const { plan, findings, options, recommendation, unusable } = end
  if (findings.length === 0) {
    return style.good(say(language, 'corruption.nothing', { count: (plan.databases as readonly unknown[]).length }))
  }
  const ready = plan.steps.length > 0
  return [
    style.bad(say(language, 'corruption.found', { count: findings.length })),
    ...findings.slice(0, findingsShown).map(({ message }) => `  ${message[language]}`),
    ...moreLine(findings.length - findingsShown, language),
    ...(options.length === 0 ? [] : [optionTable(end, language)]),
    ...unusable.map((one) => style.warn(say(language, 'corruption.unusable', one))),
    ...(recommendation === null
      ? []
      : [style.strong(say(language, 'corruption.recommended', { reason: recommendation.reason[language] }))]),
    ...rowLines(end, language),
    ...(ready
      ? [
          planScreen(plan, language),
          say(language, 'scenario.next', { what: 'run', command: 'pulih plan run recovery_plan' }),
        ]
      : []),
  ].join('\n')
}

function moreLine(count: number, language: Language): string[] {
  return count > 0 ? [`  ${say(language, 'corruption.more', { count })}`] : []
}

function optionTable({ options }: CorruptionEnd, language: Language): string {
  const unknown = say(language, 'corruption.unknown')
  const count = (value: number | null): string => (value === null ? unknown : number(value, language, 1))
  const rows = options.map(({ id, loss, downtimeSeconds }) => [
    ...[id, count(loss.minutes), count(rowsIn(loss))],
    downtimeSeconds === null ? unknown : duration(downtimeSeconds * 1000, language),
  ])
  const align = ['left', 'right', 'right', 'right'] as const
  return table([say(language, 'corruption.head').split('|'), ...rows], { head: true, indent: 2, align })
}

/** What the planned way back loses, table by table. */
function rowLines({ plan, options }: CorruptionEnd, language: Language): string[] {
  const chosen = options.find(({ id }) => id === plan.chosen)
  const lines = Object.entries(chosen?.loss.rows ?? {}).flatMap(([database, tables]) =>
    Object.entries(tables)
      .filter(([, lost]) => lost !== 0)
      .map(([name, lost]) => `  ${say(language, 'corruption.row', { table: `${database} ${name}`, lost })}`),
  )
  return [...lines.slice(0, tablesShown), ...moreLine(lines.length - tablesShown, language)]
}
