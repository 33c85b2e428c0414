import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import { capture } from '../capture/capture.ts'
import { makeScratch } from '../disk/scratch.ts'
import { isPulihError } from '../error.ts'
import { contentsOf } from '../restore/content.ts'
import { fetchContent } from '../restore/fetch.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { discover } from '../source/discover.ts'
import type { Inspection } from '../source/sqlite/inspection.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'
import { damage, foreignKeyFindings, invariantFindings } from '../verify/compare.ts'

export interface SchemaItem {
  readonly type: string
  readonly name: string
  readonly sql: string
  /** Of a table: `name TYPE`, in order. */
  readonly columns: readonly string[]
}

export interface Schema {
  readonly items: readonly SchemaItem[]
  readonly problem: string | null
}

/** One database as it is in a backup or was a moment ago in the app. */
export interface DatabaseState {
  readonly path: string
  readonly schema: Schema
  /** Rows per table. */
  readonly rows: Readonly<Record<string, number>>
  /** What is wrong with it, measured against the backup it is compared with; empty for the backup itself. */
  readonly findings: readonly Finding[]
}

/** The databases of a proven backup and those of the app now, each looked at on a copy. */
export interface BeforeAndAfter {
  readonly before: readonly DatabaseState[]
  readonly after: readonly DatabaseState[]
}

/** Looks at both sides. What is wrong with the app now is in `findings`; throws what opening the archive throws, cancelled. */
export async function beforeAndAfter(app: App, archive: string, work: Work): Promise<BeforeAndAfter> {
  await using scratch = await makeScratch(app.folders, 'compare')
  await using child = spawnSqlite(work.signal)
  await using reader = await openArchive(archive)
  const records = reader.manifest?.databases ?? []
  const before: DatabaseState[] = []
  for (const content of contentsOf(reader).filter(({ kind }) => kind === 'database')) {
    const file = join(await mkdtemp(join(scratch.path, 'before-')), 'database')
    await fetchContent(reader, content, file, { proven: true, child, ...work })
    const seen = await child.inspect(file, { tables: true })
    before.push({ path: content.path, schema: await schemaOf(file), rows: rowsOf(seen), findings: [] })
  }
  const now = (await discover(app, work.signal)).databases
  const paths = [...new Set([...before.map(({ path }) => path), ...now])].sort()
  const after: DatabaseState[] = []
  for (const path of paths) {
    const record = records.find((one) => one.path === path) ?? null
    after.push(await liveState(app, path, { record, child, scratch: scratch.path, work }))
  }
  return { before, after }
}

interface Looking {
  readonly record: DatabaseRecord | null
  readonly child: SqliteChild
  readonly scratch: string
  readonly work: Work
}

async function liveState(app: App, path: string, at: Looking): Promise<DatabaseState> {
  const { record, child, scratch, work } = at
  const request = { scratch, databases: [path], files: [], leftOut: [], previous: null, signal: work.signal }
  try {
    await using staged = await capture(app, request)
    const file = staged.databases[0]?.stagedPath ?? null
    if (file === null) return gone(path, { code: 'missing', path, detail: '' })
    const invariants = app.config.invariants.filter((rule) => rule.database === path)
    const seen = await child.inspect(file, {
      ...{ quick: true, integrity: true, foreignKeys: true, tables: true },
      invariants,
    })
    const findings = [
      ...damage(path, seen),
      ...foreignKeyFindings(path, record?.foreignKeys ?? {}, seen),
      ...invariantFindings(path, record?.invariants ?? [], seen),
    ]
    return { path, schema: await schemaOf(file), rows: rowsOf(seen), findings }
  } catch (error) {
    if (!isPulihError(error) || !error.code.startsWith('source.')) throw error
    const code = error.code === 'source.missing' ? 'missing' : 'unreadable'
    return gone(path, { code, path, detail: error.message })
  }
}

function gone(path: string, finding: Finding): DatabaseState {
  return { path, schema: { items: [], problem: finding.detail }, rows: {}, findings: [finding] }
}

function rowsOf(seen: Inspection): Record<string, number> {
  return Object.fromEntries(Object.entries(seen.tables ?? {}).map(([table, { rows }]) => [table, rows]))
}

/** In a process of its own: a damaged file may end it. */
async function schemaOf(file: string): Promise<Schema> {
  const program = import.meta.filename.replace(/state(\.[jt]s)$/, 'state-child$1')
  const child = spawn(process.execPath, ['--no-warnings', program], { stdio: ['pipe', 'pipe', 'ignore'] })
  // It may die before it has read the question; how it ended says so.
  child.stdin.on('error', () => undefined)
  child.stdin.end(file)
  const [answer] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (child.exitCode === 0) return JSON.parse(answer) as Schema
  return { items: [], problem: `process ended: ${child.signalCode ?? child.exitCode}` }
}
