import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord, InvariantRecord, TableRecord } from '../snapshot/manifest.ts'
import type { Inspection } from '../source/sqlite/inspection.ts'

/** What an inspected copy shows that its record does not say. Pure; an empty list means the copy is as recorded. */
export function compareCopy(record: DatabaseRecord, seen: Inspection): Finding[] {
  const finding = (code: Finding['code'], detail: string): Finding => ({ code, path: record.path, detail })
  const found: Finding[] = damage(record.path, seen)
  if (seen.pages !== record.pages) found.push(finding('entry-size', `${seen.pages} pages, recorded ${record.pages}`))
  if (seen.schemaSha256 !== record.schemaSha256) found.push(finding('schema', ''))
  for (const difference of rowDifferences(record.tables, seen.tables ?? {})) found.push(finding('rows', difference))
  found.push(...foreignKeyFindings(record.path, record.foreignKeys, seen))
  return [...found, ...invariantFindings(record.path, record.invariants, seen)]
}

/** Tables with more rows that point to missing rows than are known. */
export function foreignKeyFindings(
  path: string,
  known: Readonly<Record<string, number>>,
  seen: Pick<Inspection, 'foreignKeys'>,
): Finding[] {
  return Object.entries(seen.foreignKeys ?? {}).flatMap(([table, rows]): Finding[] => {
    const before = known[table] ?? 0
    return rows > before ? [{ code: 'foreign-keys', path, detail: `${table}: ${rows} rows, recorded ${before}` }] : []
  })
}

/** What SQLite itself says is broken: the lines of `quick_check` and `integrity_check`. */
export function damage(path: string, seen: Pick<Inspection, 'quickCheck' | 'integrity'>): Finding[] {
  const lines = new Set([...(seen.quickCheck ?? []), ...(seen.integrity ?? [])])
  return [...lines].map((detail) => ({ code: 'integrity', path, detail }))
}

/** Rules with more violations than are known, that could not run, or that had nothing to look at. */
export function invariantFindings(
  path: string,
  recorded: readonly InvariantRecord[],
  seen: Pick<Inspection, 'invariants'>,
): Finding[] {
  return (seen.invariants ?? []).flatMap((now): Finding[] => {
    if (now.error !== null) return [{ code: 'invariant-failed', path, detail: `${now.name}: ${now.error}` }]
    if (now.looked === 0) return [{ code: 'nothing-checked', path, detail: now.name }]
    const baseline = recorded.find((one) => one.name === now.name)?.baseline ?? 0
    if (now.violations <= baseline) return []
    return [{ code: 'invariant', path, detail: `${now.name}: ${now.violations} rows, known ${baseline}` }]
  })
}

function rowDifferences(
  recorded: Readonly<Record<string, TableRecord>>,
  seen: Readonly<Record<string, TableRecord>>,
): string[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(seen)])
  return [...names].flatMap((name) => {
    const was = recorded[name]
    const is = seen[name]
    if (was?.rows === is?.rows && was?.maxRowid === is?.maxRowid) return []
    return [`${name}: ${is?.rows ?? 'no'} rows, recorded ${was?.rows ?? 'none'}`]
  })
}
