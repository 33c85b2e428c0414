import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { type Note, note } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'
import { type Comparison, compareRows } from './compare.ts'
import type { Content } from './content.ts'
import type { Decision, Situation } from './decide.ts'
import { fetchContent } from './fetch.ts'
import { copyLive } from './live-copy.ts'
import type { DatabaseLoss } from './loss.ts'
import type { Opened } from './opened.ts'

/** What the databases of a plan look like beside those there now. */
export interface Compared {
  readonly losses: readonly DatabaseLoss[]
  /** Path -> a recovered, checked copy in the scratch folder. */
  readonly recovered: ReadonlyMap<string, string>
  readonly warnings: readonly Note[]
  /** Why the state there now cannot be backed up first; null: it can. */
  readonly hopeless: string | null
}

interface Comparing {
  readonly app: App
  readonly opened: Opened
  readonly child: SqliteChild
  readonly scratch: string
  readonly work: Work
}

/** Recovers each database that will be replaced or made, and compares its rows with those there now. */
export async function compareAll(
  app: App,
  opened: Opened,
  { decisions }: Situation,
  { scratch, work }: { scratch: string; work: Work },
): Promise<Compared> {
  const losses: DatabaseLoss[] = []
  const recovered = new Map<string, string>()
  const warnings: Note[] = []
  let hopeless: string | null = null
  await using child = spawnSqlite(work.signal)
  for (const decision of decisions.filter(({ content }) => content.kind === 'database')) {
    const seen = await compareOne({ app, opened, child, scratch, work }, decision)
    if (seen.file !== null) recovered.set(decision.content.path, seen.file)
    hopeless ??= seen.hopeless
    losses.push(seen.loss)
    warnings.push(...seen.warnings)
  }
  return { losses, recovered, warnings, hopeless }
}

interface ComparedOne {
  readonly loss: DatabaseLoss
  readonly file: string | null
  readonly warnings: readonly Note[]
  readonly hopeless: string | null
}

async function compareOne(at: Comparing, decision: Decision): Promise<ComparedOne> {
  const { app, opened, child, scratch, work } = at
  const { content, action } = decision
  const { path } = content
  const loss = (live: DatabaseLoss['live']): DatabaseLoss => ({ path, live, backupTables: tablesOf(opened, content) })
  if (action === 'same') return { loss: loss('same'), file: null, warnings: [], hopeless: null }
  const folder = await mkdtemp(join(scratch, 'database-'))
  const file = join(folder, 'recovered')
  const { signal, progress } = work
  await fetchContent(opened.reader, content, file, { proven: opened.state === 'proven', child, signal, progress })
  const live = await copyLive(app, path, folder, work)
  if ('missing' in live) return { loss: loss('missing'), file, warnings: [], hopeless: `${path}: missing` }
  if ('damage' in live) {
    const unknown = { tables: {}, damage: live.damage }
    const said = note('restore.warn.not-compared', { path, reason: live.damage })
    return { loss: loss(unknown), file, warnings: [said], hopeless: live.damage }
  }
  const comparison = await compareRows({ live: live.file, backup: file }, signal)
  await rm(live.file, { force: true })
  return { loss: loss(comparison), file, warnings: damageNotes(path, comparison), hopeless: comparison.damage }
}

function tablesOf({ chosen, reader }: Opened, { path, record }: Content): string[] {
  if (record !== null) return Object.keys(record.tables)
  const counted = reader.legacy?.recordCounts[path] ?? {}
  const listed = chosen.entry?.databases.find((one) => one.path === path)?.rows ?? {}
  return [...new Set([...Object.keys(counted), ...Object.keys(listed)])]
}

function damageNotes(path: string, { tables, damage }: Comparison): Note[] {
  const notes = Object.entries(tables).flatMap(([table, one]) =>
    one.damage === null ? [] : [note('restore.warn.table-damaged', { path, table, detail: one.damage })],
  )
  if (notes.length > 0 || damage === null) return notes
  return [note('restore.warn.not-compared', { path, reason: damage })]
}
