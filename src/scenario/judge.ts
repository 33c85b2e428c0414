import { type Note, note } from '../message/phrases.ts'
import type { Finding } from '../snapshot/finding.ts'
import { type Difference, differenceOf } from './difference.ts'
import { both, type Said } from './plan.ts'
import type { BeforeAndAfter } from './state.ts'

export interface Problem {
  readonly kind: 'database' | 'integrity' | 'foreign-keys' | 'invariant' | 'table' | 'rows' | 'smoke-test'
  readonly database: string | null
  /** The table, rule or command it is about. */
  readonly name: string | null
  readonly message: Said
}

export interface Judgement {
  readonly difference: Difference
  readonly problems: readonly Problem[]
}

/**
 * What of the change between a backup and now is wrong. `rows: 'kept'`: tables that are gone or hold fewer rows are wrong
 * too (an update); `'free'`: moving rows was the purpose (a migration). Pure.
 */
export function judge(states: BeforeAndAfter, rows: 'kept' | 'free'): Judgement {
  const difference = differenceOf(states)
  const fallen = rowProblems(difference)
  const found = states.after.flatMap(({ path, findings }) => {
    const emptied = fallen.some(({ database }) => database === path)
    return findings.filter(({ code }) => code !== 'nothing-checked' || emptied).map(problemOf)
  })
  return { difference, problems: [...found, ...(rows === 'kept' ? fallen : [])] }
}

const kinds: Partial<Record<Finding['code'], Problem['kind']>> = {
  missing: 'database',
  unreadable: 'database',
  integrity: 'integrity',
  'foreign-keys': 'foreign-keys',
  invariant: 'invariant',
  'invariant-failed': 'invariant',
  'nothing-checked': 'invariant',
}

function problemOf({ code, path, detail }: Finding): Problem {
  const name = kinds[code] === 'invariant' || code === 'foreign-keys' ? (detail.split(': ')[0] ?? detail) : null
  const said = note('scenario.problem', { path: path ?? '', what: code, detail })
  return { kind: kinds[code] ?? 'database', database: path, name, message: both(said) }
}

function rowProblems({ rows }: Difference): Problem[] {
  return Object.entries(rows).flatMap(([database, tables]) =>
    Object.entries(tables).flatMap(([table, { before, after }]): Problem[] => {
      if (before === null || (after !== null && after >= before)) return []
      const problem = (kind: Problem['kind'], said: Note): Problem => ({
        ...{ kind, database, name: table, message: both(said) },
      })
      if (after === null) return [problem('table', note('scenario.table-gone', { database, table, before }))]
      return [problem('rows', note('scenario.rows-fell', { database, table, before, after }))]
    }),
  )
}
