import type { Invariant } from '../app/config.ts'
import type { WrittenEntry } from '../archive/write.ts'
import { PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import type { DatabaseRecord, InvariantRecord } from '../snapshot/manifest.ts'
import type { Inspection } from '../source/sqlite/inspection.ts'

/** One database's line in the manifest, from the copy's inspection and what was written of it. */
export function databaseRecord(
  path: string,
  seen: Inspection,
  written: WrittenEntry,
  before: DatabaseRecord | undefined,
  invariants: readonly Invariant[],
): DatabaseRecord {
  const detail = seen.quickCheck?.[0]
  if (detail !== undefined) throw new PulihError('backup.source-damaged', { path, detail })
  if (written.blocks === null) throw new PulihError('bug', { detail: `${path} was stored without its block table` })
  const { pageSize, pages, journalMode, encoding, userVersion, applicationId, schemaSha256 } = seen
  return {
    path,
    bytes: written.bytes,
    sha256: written.sha256,
    stored: written.stored,
    ...{ pageSize, pages, journalMode, encoding, userVersion, applicationId, schemaSha256 },
    quickCheck: 'ok',
    foreignKeys: seen.foreignKeys ?? {},
    tables: seen.tables ?? {},
    invariants: invariantRecords(seen, before?.invariants ?? null, invariants),
    blocks: written.blocks,
  }
}

/**
 * Known violations form a baseline: the first backup's, later never more than the smallest seen since, never less than
 * the configured tolerance.
 */
function invariantRecords(
  seen: Inspection,
  before: readonly InvariantRecord[] | null,
  invariants: readonly Invariant[],
): InvariantRecord[] {
  return (seen.invariants ?? [])
    .filter((now) => now.error === null && now.looked > 0)
    .map(({ name, violations }) => {
      const known = before?.find((one) => one.name === name)?.baseline ?? violations
      const tolerance = invariants.find((one) => one.name === name)?.tolerance ?? 0
      return { name, violations, baseline: Math.max(tolerance, Math.min(known, violations)) }
    })
}

/** What a person should hear about a copy that is stored all the same. */
export function recordWarnings(record: DatabaseRecord, before: DatabaseRecord | undefined, seen: Inspection): Note[] {
  const { path } = record
  const notes: Note[] = []
  if (Object.keys(record.tables).length === 0) notes.push(note('warning.no-tables', { path }))
  for (const [table, rows] of Object.entries(record.foreignKeys)) {
    const known = before?.foreignKeys[table] ?? 0
    if (rows > known) notes.push(note('warning.foreign-keys', { path, table, rows, before: known }))
  }
  for (const { name, error, looked, violations } of seen.invariants ?? []) {
    if (error !== null) notes.push(note('warning.invariant-failed', { name, detail: error }))
    else if (looked === 0) notes.push(note('warning.invariant-empty', { name }))
    else notes.push(...invariantWarning(record, before, name, violations))
  }
  return notes
}

function invariantWarning(
  record: DatabaseRecord,
  before: DatabaseRecord | undefined,
  name: string,
  violations: number,
): Note[] {
  const baseline = record.invariants.find((one) => one.name === name)?.baseline ?? 0
  if (violations > baseline) return [note('warning.invariant-broken', { name, violations, baseline })]
  const known = before?.invariants.some((one) => one.name === name) ?? false
  return violations > 0 && !known ? [note('warning.invariant-baseline', { name, violations })] : []
}
