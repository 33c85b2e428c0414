import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { changeMark, findBackup } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { failpoint } from '../disk/failpoint.ts'
import { PulihError } from '../error.ts'
import { type Finding, lasting, type Proof } from '../snapshot/finding.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { recoverDatabase, rereadFiles } from '../verify/recover.ts'
import { checkRecovered } from '../verify/verify-archive.ts'
import type { Stored } from './store.ts'
import { isRule } from './verify.ts'

/**
 * Recovers what is new in the stored archive into scratch space, compares every byte with what was captured, and waits
 * for the full check of those bytes. What was copied byte for byte (hash-checked) from a proven archive is not proven
 * twice. Broken invariants leave the backup `stored`; anything else makes it `damaged` and throws backup.not-proven.
 */
export async function proveBackup(app: App, stored: Stored, work: Work): Promise<BackupEntry> {
  const { entry, previous, reader, manifest } = stored
  const started = app.clock.steady()
  const trusted = previous?.entry.state === 'proven' ? previous.entry : null
  const fresh = manifest.databases.filter((one) => trusted === null || stored.checks.has(one.path))
  const files = manifest.files.filter((one) => trusted === null || !stored.copied.has(one.path))
  const found: Finding[] = [...reader.findings]
  for (const record of fresh) found.push(...(await proveDatabase(app, stored, record, work)))
  found.push(...(await rereadFiles(reader, files, work)), ...(await fullCheck(stored)))
  failpoint('backup.checked')
  const findings = found.filter((one) => !isRule(one))
  const at = isoWithOffset(app.clock.now(), app.zone)
  if (findings.length > 0) return await condemn(stored, findings, at)
  if (found.length > 0 || brokenInvariants(stored)) return await findBackup(app, entry.name)
  const proof: Proof = {
    at,
    archiveBytes: reader.bytes,
    manifestSha256: reader.manifestSha256,
    databases: manifest.databases.length,
    files: manifest.files.length,
    ...(fresh.length === 0 && trusted?.proof
      ? { recoveryMs: trusted.proof.recoveryMs, by: { kind: 'byte-equal', of: trusted.name } }
      : { recoveryMs: Math.round(app.clock.steady() - started), by: { kind: 'recovered' } }),
  }
  await changeMark(entry.path, (mark) => ({ ...mark, proof }))
  failpoint('backup.proven')
  return await findBackup(app, entry.name)
}

/** Recovers one database; one that was copied from an archive never proven is checked in full now: nobody has yet. */
async function proveDatabase(app: App, stored: Stored, record: DatabaseRecord, work: Work): Promise<Finding[]> {
  const target = join(stored.scratch, `recovered-${stored.manifest.databases.indexOf(record)}`)
  const findings = (await recoverDatabase(stored.reader, record, target, work)) ?? []
  if (findings.length > 0 || stored.checks.has(record.path)) return findings
  return await checkRecovered(target, record, { invariants: app.config.invariants, signal: work.signal })
}

async function fullCheck(stored: Stored): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [path, check] of stored.checks) {
    const lines = await check.integrity
    findings.push(...lines.map((detail): Finding => ({ code: 'integrity', path, detail })))
  }
  const checked = stored.manifest.databases.some((one) => Object.keys(one.tables).length > 0)
  if (!checked) findings.push({ code: 'nothing-checked', path: null, detail: '' })
  return findings
}

function brokenInvariants(stored: Stored): boolean {
  const unchecked = new Set(['warning.invariant-failed', 'warning.invariant-empty'])
  const known = stored.warnings.some((one) => unchecked.has(one.code))
  return (
    known || stored.manifest.databases.some((one) => one.invariants.some((rule) => rule.violations > rule.baseline))
  )
}

async function condemn(stored: Stored, findings: Finding[], at: string): Promise<never> {
  const { entry, previous } = stored
  const damage = lasting(findings)
  if (damage.length > 0) await changeMark(entry.path, (mark) => ({ ...mark, damage: { at, findings: damage } }))
  const first = findings[0]
  const detail = `${first?.code} ${first?.path ?? ''} ${first?.detail ?? ''}`.trim()
  // A copied block may be the culprit: the caller then tries once more without the previous archive.
  const copied =
    previous !== null && findings.every((one) => one.code === 'recovered-hash' || one.code === 'entry-damaged')
  if (copied)
    throw new PulihError('archive.damaged', {
      archive: entry.path,
      entry: first?.path ?? '',
      kind: 'recovered-hash',
      reason: detail,
    })
  throw new PulihError('backup.not-proven', { name: entry.name, findings: findings.length, first: detail })
}
