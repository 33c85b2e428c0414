import type { FindingCode } from '../message/phrases/finding.ts'

export type { FindingCode }

/**
 * One thing wrong with a copy or a live database. Findings are data: looking never throws for what it looks at.
 * `code` is stable (part of the JSON contract); the sentence comes from `message/phrases/finding.ts`.
 */
export interface Finding {
  readonly code: FindingCode
  /** The database or file it concerns, as in the manifest; null for the archive as a whole. */
  readonly path: string | null
  /** Technical detail in SQLite's or the system's own words; never a secret. */
  readonly detail: string
}

/**
 * What may be remembered of an archive. A disk that could not read just now may read again (a cable, a worn contact): that
 * makes a run fail, but it is no statement about the archive.
 */
export function lasting(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ code }) => code !== 'unreadable')
}

/** The outcome of a complete recovery and check of one copy. Kept in the copy's mark. */
export interface Proof {
  /** ISO with offset. */
  readonly at: string
  /** What this proof speaks of: size and SHA-256 of the manifest entry's bytes of the archive that was read. */
  readonly archiveBytes: number
  readonly manifestSha256: string
  readonly databases: number
  readonly files: number
  /** Milliseconds the recovery into scratch space and its checks took: feeds downtime estimates. */
  readonly recoveryMs: number
  /** How: recovered in full, or byte-equal to `of`, which was. */
  readonly by: { readonly kind: 'recovered' } | { readonly kind: 'byte-equal'; readonly of: string }
}
