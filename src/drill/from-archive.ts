import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { changeMark } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { isPulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import { planLayOut, runLayOut } from '../restore/lay-out.ts'
import { type Finding, lasting } from '../snapshot/finding.ts'
import { findingText } from '../snapshot/finding-text.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { verifyArchive } from '../verify/verify-archive.ts'
import { chooseForDrill } from './choose.ts'
import type { Course } from './course.ts'
import { disarm } from './safe-env.ts'

/** From the zip file alone, as on a machine that knows nothing else. Throws backup.unknown, backup.none-proven. */
export async function fromArchive(
  app: App,
  request: { readonly name?: string | undefined; readonly older?: boolean },
): Promise<Course> {
  const backup = await chooseForDrill(app, request)
  return {
    name: backup.name,
    from: 'archive',
    async recover(scratch, watch, work) {
      const findings = await watch.time('verify', () => prove(app, backup, scratch, work))
      if (findings.length > 0) return { findings, reason: findingsNote(findings) }
      const reason = await watch.time('recover', () => layOut(backup, join(scratch, 'app'), work))
      return { findings, reason }
    },
    async [Symbol.asyncDispose]() {
      // Each step opens and closes the file by itself.
    },
  }
}

const ruleCodes: ReadonlySet<string> = new Set(['invariant', 'invariant-failed', 'nothing-checked'])

/** What is found is remembered beside the archive, as `verify` does it; what passes is proven. */
async function prove(app: App, { path }: BackupEntry, scratch: string, work: Work): Promise<readonly Finding[]> {
  const { clock, zone, config } = app
  const { signal, progress } = work
  const seen = await verifyArchive(path, { scratch, invariants: config.invariants, clock, zone, signal, progress })
  const at = isoWithOffset(clock.now(), zone)
  const damage = lasting(seen.findings).filter(({ code }) => !ruleCodes.has(code))
  await changeMark(path, (mark) => {
    if (damage.length > 0) return { ...mark, damage: { at, findings: damage } }
    if (lasting(seen.findings).length < seen.findings.length) return mark
    return { ...mark, damage: null, proof: seen.proof }
  })
  return seen.findings
}

/** Null when everything stands in the folder. */
async function layOut({ path }: BackupEntry, folder: string, work: Work): Promise<Note | null> {
  const { signal, progress } = work
  try {
    const plan = await planLayOut(null, { name: path, to: folder, signal })
    await runLayOut(null, plan, { signal, progress })
    for (const { path: file, secret } of plan.paths) if (secret) await disarm(folder, file)
    return null
  } catch (error) {
    const ours = isPulihError(error) && (error.code.startsWith('restore.') || error.code.startsWith('archive.'))
    if (!ours) throw error
    return note('drill.reason.findings', { count: 1, first: error.message })
  }
}

export function findingsNote(findings: readonly Finding[]): Note {
  return note('drill.reason.findings', { count: findings.length, first: findingText(findings[0]) })
}
