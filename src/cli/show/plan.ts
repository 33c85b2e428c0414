import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { MigrationLog } from '../../scenario/migration.ts'
import type { Plan, PlanStep } from '../../scenario/plan.ts'
import { number } from './format.ts'
import { style } from './style.ts'

const signs: Readonly<Record<PlanStep['status'], string>> = {
  pending: '·',
  running: '…',
  done: '✅',
  skipped: '-',
  failed: '❌',
}

/** A plan as its reader runs through it: number, title, command, and what is known of each step. */
export function planScreen(plan: Plan, language: Language): string {
  const head = say(language, 'plan.title', { kind: plan.plan, status: plan.status, created: plan.created })
  return [style.strong(head), ...plan.steps.flatMap((step, at) => stepLines(step, at + 1, language))].join('\n')
}

function stepLines({ title, command, status, evidence }: PlanStep, at: number, language: Language): string[] {
  return [
    `  ${signs[status]} ${at}. ${title[language]}`,
    ...(command === null ? [] : [style.faint(`       ${command}`)]),
    ...(status === 'failed' || status === 'skipped' ? evidenceLines(evidence, language) : []),
  ]
}

const shownLines = 6

function evidenceLines(evidence: PlanStep['evidence'], language: Language): string[] {
  const { note, error, output, result } = (evidence ?? {}) as Record<string, unknown>
  const said = spokenIn(note, language) ?? spokenIn(error, language) ?? failureIn(result) ?? output
  if (typeof said !== 'string' || said === '') return []
  return said
    .split('\n')
    .slice(-shownLines)
    .map((line) => `       ${style.faint(line)}`)
}

function spokenIn(value: unknown, language: Language): string | null {
  if (typeof value !== 'object' || value === null) return null
  const said = (value as Record<string, unknown>)[language]
  return typeof said === 'string' ? said : null
}

/** The error document of a command run with `--json`. */
function failureIn(value: unknown): string | null {
  const { error } = (value ?? {}) as { error?: { message?: unknown } }
  return typeof error?.message === 'string' ? error.message : null
}

/** How a migration ended, what it changed, and what to do now. */
export function migrationScreen(path: string, log: MigrationLog, language: Language): string {
  const { name, outcome, reason } = log
  const why = reason?.[language] ?? ''
  const ready = [
    style.good(say(language, 'scenario.ready', { path })),
    say(language, 'scenario.backup-made', { name: log.backup ?? '' }),
    next(language, 'see', `pulih scenario migration ${name} --verify`),
    next(language, 'back', `pulih rollback ${name}`),
  ]
  if (outcome === 'migrated') {
    return [
      style.good(say(language, 'migration.done', { name })),
      ...differenceLines(log, language),
      next(language, 'back', `pulih rollback ${name}`),
    ].join('\n')
  }
  if (outcome === 'rolled back') {
    return [
      style.bad(say(language, 'migration.rolled-back', { name, reason: why })),
      next(language, 'see', `pulih plan show migration_${name}`),
    ].join('\n')
  }
  if (outcome === 'rollback failed') {
    const trouble = spokenIn(log.steps.find(({ id }) => id === 'rollback')?.evidence?.error, language) ?? ''
    return [
      style.bad(say(language, 'migration.not-rolled-back', { name, reason: why, trouble })),
      next(language, 'back', `pulih rollback ${name}`),
    ].join('\n')
  }
  if (log.problems.length > 0) {
    return [
      style.bad(say(language, 'migration.bad', { name, reason: log.problems[0]?.message[language] ?? '' })),
      next(language, 'back', `pulih rollback ${name}`),
    ].join('\n')
  }
  return ready.join('\n')
}

function differenceLines({ difference }: MigrationLog, language: Language): string[] {
  if (difference === null) return []
  const schema = difference.schema.map(({ change, type, name, columnsAdded, columnsRemoved }) => {
    const columns = [...columnsAdded.map((one) => `+${one}`), ...columnsRemoved.map((one) => `-${one}`)]
    return say(language, 'migration.schema-change', {
      change,
      type,
      name,
      columns: columns.length === 0 ? '' : ` (${columns.join(', ')})`,
    })
  })
  const count = (rows: number | null): string => (rows === null ? '-' : number(rows, language))
  const rows = Object.entries(difference.rows).flatMap(([database, tables]) =>
    Object.entries(tables)
      .filter(([, one]) => one.before !== one.after)
      .map(([table, { before, after }]) =>
        say(language, 'migration.row-change', { database, table, before: count(before), after: count(after) }),
      ),
  )
  const lines = [...schema, ...rows]
  return (lines.length === 0 ? [say(language, 'migration.same')] : lines).map((line) => `  ${line}`)
}

function next(language: Language, what: string, command: string): string {
  return say(language, 'scenario.next', { what, command })
}
