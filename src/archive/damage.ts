import { isPulihError, PulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'

type DamageKind = PulihError<'archive.damaged'>['facts']['kind']

export function damaged(archive: string, entry: string, kind: DamageKind, reason: string, cause?: unknown): PulihError {
  return new PulihError('archive.damaged', { archive, entry, kind, reason }, { cause })
}

/**
 * What reading an archive threw, as a finding about `path`: damage, an archive that ends early, a disk that cannot read.
 * null for everything else (cancelled, no space …), which is no statement about the archive.
 */
export function findingOf(error: unknown, path: string | null): Finding | null {
  if (isPulihError(error, 'archive.damaged')) return { code: error.facts.kind, path, detail: error.facts.reason }
  if (isPulihError(error, 'archive.unreadable')) return { code: error.facts.kind, path, detail: error.facts.reason }
  if (isPulihError(error, 'disk.failed') && error.facts.act === 'read') {
    return { code: 'unreadable', path, detail: error.facts.reason }
  }
  return null
}
