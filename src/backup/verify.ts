import type { App } from '../app/app.ts'
import { changeMark, findBackup } from '../catalogue/catalogue.ts'
import { beginAct } from '../catalogue/history.ts'
import type { BackupEntry, Mark } from '../catalogue/types.ts'
import { makeScratch } from '../disk/scratch.ts'
import { type Finding, lasting } from '../snapshot/finding.ts'
import type { State } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { type Verification, verifyArchive } from '../verify/verify-archive.ts'

export interface VerifyResult {
  readonly name: string
  /** `damaged` also when the disk could not read it this time, which no mark keeps. */
  readonly state: State
  readonly findings: readonly Finding[]
  /** Milliseconds its recovery and checks took. */
  readonly durationMs: number
}

/**
 * Proves archives again, each completely, and records what was found: clean ones are (again) proven, damaged ones count
 * for nothing from now on. Predecessor archives are checked the same way but only a drill makes them proven.
 * Throws only for our own trouble (disk.*, cancelled), never for what an archive looks like.
 */
export async function verifyBackups(app: App, backups: readonly BackupEntry[], work: Work): Promise<VerifyResult[]> {
  await using act = await beginAct(app, 'verify', { names: backups.map((one) => one.name) })
  try {
    const results: VerifyResult[] = []
    for (const one of backups) results.push(await verifyOne(app, one, work))
    const damaged = results.filter((one) => one.state === 'damaged').map((one) => one.name)
    await act.finish({ facts: { verified: results.length, damaged } })
    return results
  } catch (error) {
    await act.fail(error)
    throw error
  }
}

async function verifyOne(app: App, backup: BackupEntry, work: Work): Promise<VerifyResult> {
  const started = app.clock.steady()
  await using scratch = await makeScratch(app.folders, 'verify')
  const { clock, zone, config } = app
  const request = { scratch: scratch.path, invariants: config.invariants, clock, zone, ...work }
  const seen = await verifyArchive(backup.path, request)
  await changeMark(backup.path, (mark) => remember(mark, backup, seen, isoWithOffset(clock.now(), zone)))
  const known = await findBackup(app, backup.name)
  const unread = lasting(seen.findings).length < seen.findings.length
  const state = unread ? 'damaged' : known.state
  return { name: backup.name, state, findings: seen.findings, durationMs: Math.round(clock.steady() - started) }
}

const ruleCodes: ReadonlySet<Finding['code']> = new Set(['invariant', 'invariant-failed', 'nothing-checked'])

/** A broken rule of the app is not damage of the copy: such a copy is whole, but does not count as proven. */
export function isRule(finding: Finding): boolean {
  return ruleCodes.has(finding.code)
}

function remember(mark: Mark, backup: BackupEntry, seen: Verification, at: string): Mark {
  const damage = lasting(seen.findings).filter((one) => !isRule(one))
  if (damage.length > 0) return { ...mark, damage: { at, findings: damage } }
  if (lasting(seen.findings).length < seen.findings.length) return mark
  if (seen.findings.length > 0) return { ...mark, damage: null, proof: null }
  return { ...mark, damage: null, proof: backup.legacy ? mark.proof : seen.proof }
}
