import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findingOf } from '../archive/damage.ts'
import type { LegacyInfo, LegacyItem } from '../archive/legacy.ts'
import type { ArchiveReader } from '../archive/read.ts'
import type { Finding } from '../snapshot/finding.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import { startCheck } from './check-copy.ts'
import { damage } from './compare.ts'
import type { VerifyRequest } from './verify-archive.ts'

/** An archive of the predecessor has no hashes: its databases are recovered and checked in full, its counts compared. */
export async function checkLegacy(
  reader: ArchiveReader,
  legacy: LegacyInfo,
  request: VerifyRequest,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [number, database] of legacy.databases.entries()) {
    const target = join(request.scratch, `recovered-${number}`)
    findings.push(...(await checkDatabase(reader, database, legacy.recordCounts[database.path] ?? {}, target, request)))
    if (request.keep !== true) await rm(target, { force: true })
  }
  if (legacy.databases.length === 0) findings.push({ code: 'nothing-checked', path: null, detail: '' })
  return findings
}

async function checkDatabase(
  reader: ArchiveReader,
  database: LegacyItem,
  recordCounts: Readonly<Record<string, number>>,
  target: string,
  request: VerifyRequest,
): Promise<Finding[]> {
  const { path } = database
  try {
    await reader.extract(database.entry, target, { ...request, sync: false })
  } catch (error) {
    const finding = findingOf(error, path)
    if (finding === null) throw error
    return [finding]
  }
  const invariants = request.invariants.filter((one) => one.database === path)
  await using child = spawnSqlite(request.signal)
  const check = startCheck(child, target, { bytes: database.entry.bytes, invariants, signal: request.signal })
  const [seen, integrity] = [await check.quick, await check.integrity]
  const wrong = damage(path, { ...seen, integrity })
  if (wrong.length > 0) return wrong
  return countDifferences(path, recordCounts, seen.tables ?? {})
}

function countDifferences(
  path: string,
  recorded: Readonly<Record<string, number>>,
  seen: Readonly<Record<string, { readonly rows: number }>>,
): Finding[] {
  return Object.entries(recorded).flatMap(([table, rows]): Finding[] => {
    const is = seen[table]?.rows
    return is === rows ? [] : [{ code: 'rows', path, detail: `${table}: ${is ?? 'no'} rows, recorded ${rows}` }]
  })
}
