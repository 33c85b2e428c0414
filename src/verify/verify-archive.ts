import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Invariant } from '../app/config.ts'
import { findingOf } from '../archive/damage.ts'
import type { LegacyInfo } from '../archive/legacy.ts'
import { type ArchiveReader, openArchive } from '../archive/read.ts'
import type { Finding, Proof } from '../snapshot/finding.ts'
import type { DatabaseRecord, Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import type { Clock } from '../time/clock.ts'
import { isoWithOffset } from '../time/zone.ts'
import { startCheck } from './check-copy.ts'
import { compareCopy } from './compare.ts'
import { checkLegacy } from './legacy.ts'
import { recoverDatabase, rereadFiles } from './recover.ts'

export interface VerifyRequest extends Work {
  /** An empty folder of the caller's; what is recovered there is removed again. */
  readonly scratch: string
  readonly invariants: readonly Invariant[]
  readonly clock: Clock
  readonly zone: string
  /** Keep the recovered databases in `scratch` (as `recovered-0` …, in manifest order): a drill goes on with them. */
  readonly keep?: boolean
}

export interface Verification {
  /** Every finding, not the first. Empty: the archive is proven, and `proof` says so. */
  readonly findings: readonly Finding[]
  readonly proof: Proof | null
  readonly manifest: Manifest | null
  readonly legacy: LegacyInfo | null
}

/**
 * Reads one archive completely and proves it: every database recovered into scratch space, compared by hash, checked in
 * full by SQLite and against its record; every file read to its last byte. Looking never throws for what it looks at.
 */
export async function verifyArchive(path: string, request: VerifyRequest): Promise<Verification> {
  const opened = await openOrFinding(path)
  if ('code' in opened) return { findings: [opened], proof: null, manifest: null, legacy: null }
  await using reader = opened
  const { manifest, legacy } = reader
  const started = request.clock.steady()
  const findings = [...reader.findings]
  if (manifest !== null) findings.push(...(await checkManifest(reader, manifest, request)))
  else if (legacy !== null) findings.push(...(await checkLegacy(reader, legacy, request)))
  if (findings.length > 0 || (manifest ?? legacy) === null) return { findings, proof: null, manifest, legacy }
  const proof: Proof = {
    at: isoWithOffset(request.clock.now(), request.zone),
    archiveBytes: reader.bytes,
    manifestSha256: reader.manifestSha256,
    databases: manifest?.databases.length ?? legacy?.databases.length ?? 0,
    files: manifest?.files.length ?? legacy?.files.length ?? 0,
    recoveryMs: Math.round(request.clock.steady() - started),
    by: { kind: 'recovered' },
  }
  return { findings, proof, manifest, legacy }
}

async function openOrFinding(path: string): Promise<ArchiveReader | Finding> {
  try {
    return await openArchive(path)
  } catch (error) {
    const finding = findingOf(error, null)
    if (finding === null) throw error
    return finding
  }
}

async function checkManifest(reader: ArchiveReader, manifest: Manifest, request: VerifyRequest): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [number, record] of manifest.databases.entries()) {
    const target = join(request.scratch, `recovered-${number}`)
    const lost = await recoverDatabase(reader, record, target, request)
    findings.push(...(lost ?? []))
    if (lost?.length === 0) findings.push(...(await checkRecovered(target, record, request)))
    if (request.keep !== true) await rm(target, { force: true })
  }
  findings.push(...(await rereadFiles(reader, manifest.files, request)))
  const looked = manifest.databases.some((one) => Object.keys(one.tables).length > 0)
  return looked ? findings : [...findings, { code: 'nothing-checked', path: null, detail: '' }]
}

/** The full check of one recovered copy, compared with its record. */
export async function checkRecovered(
  file: string,
  record: DatabaseRecord,
  request: Pick<VerifyRequest, 'invariants' | 'signal'>,
): Promise<Finding[]> {
  const invariants = request.invariants.filter((one) => one.database === record.path)
  await using child = spawnSqlite(request.signal)
  const check = startCheck(child, file, { bytes: record.bytes, invariants, signal: request.signal })
  const [seen, integrity] = [await check.quick, await check.integrity]
  return compareCopy(record, { ...seen, integrity })
}
