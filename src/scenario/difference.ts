import type { BeforeAndAfter, DatabaseState, SchemaItem } from './state.ts'

export interface SchemaChange {
  readonly database: string
  readonly change: 'added' | 'removed' | 'changed'
  /** `database`, `table`, `index`, `trigger`, `view`. */
  readonly type: string
  readonly name: string
  readonly columnsAdded: readonly string[]
  readonly columnsRemoved: readonly string[]
}

/** Rows of one table before and after; null: there is no such table there. */
export interface RowChange {
  readonly before: number | null
  readonly after: number | null
  readonly change: number
}

export interface Difference {
  readonly schema: readonly SchemaChange[]
  /** Database -> table. Every table of either side is named. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, RowChange>>>>
}

/** What differs in the shape and the row counts of all databases. Pure. */
export function differenceOf({ before, after }: BeforeAndAfter): Difference {
  const paths = [...new Set([...before, ...after].map(({ path }) => path))].sort()
  const pairs = paths.map((path) => ({ path, was: find(before, path), is: find(after, path) }))
  return {
    schema: pairs.flatMap(({ path, was, is }) => schemaChanges(path, was, is)),
    rows: Object.fromEntries(pairs.map(({ path, was, is }) => [path, rowChanges(was, is)])),
  }
}

/** Null also for a database that is not there any more. */
function find(states: readonly DatabaseState[], path: string): DatabaseState | null {
  const found = states.find((one) => one.path === path) ?? null
  return found?.findings.some(({ code }) => code === 'missing') === true ? null : found
}

function schemaChanges(path: string, was: DatabaseState | null, is: DatabaseState | null): SchemaChange[] {
  const whole = { database: path, type: 'database', name: path, columnsAdded: [], columnsRemoved: [] }
  if (was === null) return is === null ? [] : [{ ...whole, change: 'added' }]
  if (is === null) return [{ ...whole, change: 'removed' }]
  if (is.schema.problem !== null) return [{ ...whole, change: 'changed' }]
  const names = [...new Set([...was.schema.items, ...is.schema.items].map(keyOf))]
  return names.flatMap((key) => {
    const one = (state: DatabaseState) => state.schema.items.find((item) => keyOf(item) === key)
    return itemChange(path, one(was), one(is))
  })
}

function keyOf({ type, name }: SchemaItem): string {
  return `${type} ${name}`
}

function itemChange(database: string, was: SchemaItem | undefined, is: SchemaItem | undefined): SchemaChange[] {
  const item = is ?? was
  if (item === undefined || (was?.sql === is?.sql && String(was?.columns) === String(is?.columns))) return []
  const missing = (from: readonly string[], of: readonly string[]) => of.filter((column) => !from.includes(column))
  const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
  return [
    {
      ...{ database, change, type: item.type, name: item.name },
      columnsAdded: missing(was?.columns ?? [], is?.columns ?? []),
      columnsRemoved: missing(is?.columns ?? [], was?.columns ?? []),
    },
  ]
}

function rowChanges(was: DatabaseState | null, is: DatabaseState | null): Record<string, RowChange> {
  const tables = [...new Set([...Object.keys(was?.rows ?? {}), ...Object.keys(is?.rows ?? {})])].sort()
  return Object.fromEntries(
    tables.map((table) => {
      const before = was?.rows[table] ?? null
      const after = is?.rows[table] ?? null
      return [table, { before, after, change: (after ?? 0) - (before ?? 0) }]
    }),
  )
}
