import type { DatabaseDiff, Diff } from '../../diff/diff.ts'
import type { CellValue, RowDiff } from '../../diff/protocol.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import { style } from './style.ts'

const rowsShown = 200

export function diffScreen(
  { from, to, same, databases }: Diff,
  rows: readonly (RowDiff & { readonly database: string })[],
  total: number,
  language: Language,
): string {
  const title = style.strong(say(language, 'diff.title', { from, to }))
  if (same) return [title, style.good(say(language, 'diff.same', { count: databases.length }))].join('\n')
  const shown = rows.slice(0, rowsShown)
  return [
    title,
    ...databases.flatMap((one) => databaseLines(one, language)),
    ...shown.map(rowLine),
    ...(total > shown.length ? [say(language, 'diff.more', { count: total - shown.length })] : []),
  ].join('\n')
}

function databaseLines({ path, status, problem, schema, tables }: DatabaseDiff, language: Language): string[] {
  const head = say(language, 'diff.database', { path, status, problem })
  const schemaLines = schema.map(({ change, type, name, columnsAdded, columnsRemoved }) => {
    const columns = [...columnsAdded.map((one) => `+${one}`), ...columnsRemoved.map((one) => `-${one}`)]
    const listed = columns.length === 0 ? '' : ` (${columns.join(', ')})`
    return `  ${say(language, 'diff.schema', { change, type, name, columns: listed })}`
  })
  const tableLines = Object.entries(tables)
    .filter(([, { inserted, deleted, changed }]) => inserted !== 0 || deleted !== 0 || changed !== 0)
    .map(([name, { columns: differing, problem: trouble, ...counts }]) => {
      const listed = Object.entries(differing).map(([column, count]) => `${column} ${count}`)
      const columns = trouble !== null ? ` (${trouble})` : listed.length === 0 ? '' : ` (${listed.join(', ')})`
      return `  ${say(language, 'diff.table', { name, ...counts, columns })}`
    })
  return [problem === null ? head : style.bad(head), ...schemaLines, ...tableLines]
}

const signs = { inserted: '+', deleted: '-', changed: '~' } as const

function rowLine({ database, table, change, key, before, after }: RowDiff & { readonly database: string }): string {
  const named = Object.entries(key).map(([column, value]) => `${column}=${textOf(value)}`)
  const values = Object.keys(after ?? before ?? {}).map((column) => {
    if (change !== 'changed') return `${column}=${textOf((after ?? before)?.[column] ?? null)}`
    return `${column}: ${textOf(before?.[column] ?? null)} -> ${textOf(after?.[column] ?? null)}`
  })
  return `${signs[change]} ${database} ${table} [${named.join(', ')}] ${values.join(', ')}`
}

function textOf(value: CellValue): string {
  if (value === null) return 'NULL'
  if (typeof value !== 'object') return typeof value === 'string' ? JSON.stringify(value) : String(value)
  return 'blob' in value ? `x'${value.blob}'` : value.integer
}

export const csvHead = 'database,table,change,key,column,before,after'

/** A line per value that differs; NULL is an empty field, empty text is `""`, blobs are hexadecimal. */
export function csvLines(database: string, { table, change, key, before, after }: RowDiff): string[] {
  const named = Object.values(key).map((value) => (typeof value === 'object' ? textOf(value) : String(value)))
  const start = [database, table, change, named.join(' ')].map(field)
  return Object.keys(after ?? before ?? {}).map((column) =>
    [...start, field(column), field(before?.[column] ?? null), field(after?.[column] ?? null)].join(','),
  )
}

function field(value: CellValue): string {
  if (value === null) return ''
  const text = typeof value === 'object' ? ('blob' in value ? value.blob : value.integer) : String(value)
  return typeof value === 'string' && (text === '' || /[",\r\n]/.test(text)) ? `"${text.replaceAll('"', '""')}"` : text
}
