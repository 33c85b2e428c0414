import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import { changeMark, findBackup } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { failpoint } from '../disk/failpoint.ts'
import { PulihError } from '../error.ts'
import type { Finding, Proof } from '../snapshot/finding.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { recoverDatabase, rereadFiles } from '../verify/recover.ts'
import type { Stored } from './store.ts'

/**
 * Recovers what is new in the stored archive into scratch space, compares every byte with what was captured, and waits
 * for the full check of those bytes. What was copied byte for byte (hash-checked) from a proven archive is not proven
 * twice. Broken invariants leave the backup `stored`; anything else makes it `damaged` and throws backup.not-proven.
 */
export async function proveBackup(app: App, stored: Stored, work: Work): Promise<BackupEntry> {
  const { entry, previous } = stored
  const started = app.clock.steady()
  const trusted = previous?.entry.state === 'proven'
  const findings: Finding[] = []
  await using reader = await openArchive(entry.path)
  findings.push(...reader.findings)
  const fresh = stored.manifest.databases.filter((one) => !trusted || stored.checks.has(one.path))
  for (const record of fresh) {
    const target = join(stored.scratch, `recovered-${stored.manifest.databases.indexOf(record)}`)
    findings.push(...((await recoverDatabase(reader, record, target, work)) ?? []))
  }
  findings.push(...(await rereadFiles(reader, stored.manifest, work)))
  findings.push(...(await fullCheck(stored)))
  failpoint('backup.checked')
  const broken = brokenInvariants(stored)
  const at = isoWithOffset(app.clock.now(), app.zone)
  if (findings.length > 0) return await condemn(stored, findings, at)
  if (broken) return await findBackup(app, entry.name)
  const proof: Proof = {
    at,
    archiveBytes: reader.bytes,
    manifestSha256: reader.manifestSha256,
    databases: stored.manifest.databases.length,
    files: stored.manifest.files.length,
    recoveryMs: Math.round(app.clock.steady() - started),
    by: fresh.length === 0 && previous ? { kind: 'byte-equal', of: previous.entry.name } : { kind: 'recovered' },
  }
  await changeMark(entry.path, (mark) => ({ ...mark, proof }))
  failpoint('backup.proven')
  return await findBackup(app, entry.name)
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
  // A read error may pass: it makes this backup fail its proof, but it is no statement about the archive.
  const damage = findings.filter((one) => one.code !== 'unreadable')
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
