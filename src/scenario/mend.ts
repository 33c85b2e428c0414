import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { isPulihError } from '../error.ts'
import { contentsOf } from '../restore/content.ts'
import { fetchContent } from '../restore/fetch.ts'
import type { Diagnosis } from '../salvage/diagnose.ts'
import { type Repaired, type Repairing, repair, type Surveyed, surveyLive } from '../salvage/repair.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import type { SqliteChild } from '../source/sqlite/parent.ts'

/** What a damaged database still gives. */
export interface Mended {
  readonly diagnosis: Diagnosis
  /** Null: nothing can be read of it, or its pages are sound and only what they say is wrong. */
  readonly seen: Surveyed | null
  /** The proven backup whose rows stand in for those that cannot be read; null: there is none. */
  readonly base: string | null
  /** A sound database made of both; null: none can be made. */
  readonly repaired: Repaired | null
}

export interface Mending {
  readonly scratch: string
  readonly child: SqliteChild
  /** Newest first; the first that can be recovered stands in. */
  readonly proven: readonly BackupEntry[]
}

/** Reads a damaged database page by page and makes a sound one of it, in scratch space. Throws disk.*, cancelled. */
export async function mend(app: App, diagnosis: Diagnosis, at: Mending, work: Work): Promise<Mended> {
  if (!diagnosis.structural) return { diagnosis, seen: null, base: null, repaired: null }
  const base = await baseOf(diagnosis.path, at, work)
  const { scratch: folder, child } = at
  const repairing: Repairing = { folder, base: base?.file ?? null, baseline: base?.record ?? null, child }
  const seen = await surveyLive(diagnosis, repairing, work)
  const repaired = seen === null ? null : await repair(app, diagnosis, seen, repairing, work)
  return { diagnosis, seen, base: base?.name ?? null, repaired }
}

interface Base {
  readonly name: string
  readonly file: string
  readonly record: DatabaseRecord | null
}

async function baseOf(path: string, { proven, scratch, child }: Mending, work: Work): Promise<Base | null> {
  const { signal, progress } = work
  for (const { name, path: archive } of proven.filter(({ type }) => type !== 'safety')) {
    try {
      await using reader = await openArchive(archive)
      const content = contentsOf(reader).find((one) => one.path === path && one.kind === 'database')
      if (content === undefined) continue
      const file = join(await mkdtemp(join(scratch, 'base-')), 'database')
      await fetchContent(reader, content, file, { proven: true, child, signal, progress })
      return { name, file, record: content.record }
    } catch (error) {
      // One that cannot be recovered after all is named among the ways back; an older one stands in.
      if (!isPulihError(error) || !/^(archive|restore)\./.test(error.code)) throw error
    }
  }
  return null
}

const faultsNamed = 3

/** What reading the pages showed: which tables and indexes are broken, and on which page it shows. */
export function findingsIn({ diagnosis, seen }: Mended): (Finding & { table?: string; page?: number })[] {
  if (seen === null) return []
  const { path } = diagnosis
  const tables = seen.survey.tables.flatMap(({ name, faults }) =>
    faults.slice(0, faultsNamed).map(({ page, detail }) => {
      const at = page === 0 ? {} : { page }
      const place = page === 0 ? `table ${name}` : `table ${name}, page ${page}`
      return { code: 'integrity', path, detail: `${place}: ${detail}`, table: name, ...at } as const
    }),
  )
  const indexes = seen.survey.brokenIndexes.map(
    (index) => ({ code: 'integrity', path, detail: `index ${index} does not agree with its table` }) as const,
  )
  return [...tables, ...indexes]
}
