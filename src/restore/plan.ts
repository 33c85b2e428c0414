import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { type ArchiveReader, openArchive } from '../archive/read.ts'
import { makeScratch, type Scratch } from '../disk/scratch.ts'
import { freeSpace } from '../disk/space.ts'
import { type Note, note, sayNote } from '../message/phrases.ts'
import type { State } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { discover } from '../source/discover.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'
import { isoWithOffset } from '../time/zone.ts'
import { type Chosen, choose, requireUsable, stateOf } from './choose.ts'
import { type Comparison, compareRows } from './compare.ts'
import { type Content, contentsOf, select } from './content.ts'
import { type Decision, decide, type Situation } from './decide.ts'
import { fetchContent } from './fetch.ts'
import { copyLive } from './live-copy.ts'
import { type DatabaseLoss, lossOf } from './loss.ts'
import type { PlannedPath, PlanStep, PlanWarning, RestorePlan, RestoreRequest } from './plan-types.ts'
import { unfinishedRecords } from './record.ts'

/** A plan with what was recovered to make it: running it goes on from there instead of recovering twice. */
export interface Prepared extends AsyncDisposable {
  readonly plan: RestorePlan
  readonly scratch: Scratch
  /** Path -> a recovered, checked copy in the scratch folder. Scratch space: it may be gone by the time it is wanted. */
  readonly recovered: ReadonlyMap<string, string>
}

/** What the plan needs of one archive; it stays open while this is used. */
export interface Opened extends AsyncDisposable {
  readonly chosen: Chosen
  readonly reader: ArchiveReader
  readonly state: State
  /** When the state in it was captured; null when nothing says it. */
  readonly capturedMs: number | null
}

export async function openChosen(app: App | null, request: RestoreRequest): Promise<Opened> {
  const chosen = await choose(app, request)
  const reader = await openArchive(chosen.path)
  try {
    requireUsable(reader, chosen, request.only ?? [])
    return {
      chosen,
      reader,
      state: await stateOf(reader, chosen),
      capturedMs: capturedOf(reader, chosen),
      [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
    }
  } catch (error) {
    await reader[Symbol.asyncDispose]()
    throw error
  }
}

function capturedOf({ manifest, legacy }: ArchiveReader, { entry }: Chosen): number | null {
  const captured = manifest === null ? Number.NaN : Date.parse(manifest.capture.to)
  if (!Number.isNaN(captured)) return captured
  return legacy?.createdMs ?? entry?.createdMs ?? null
}

/**
 * Plans a recovery into the app: what each path will see, what is lost, who is in the way, how much room it takes. Changes
 * nothing in the app and opens no live database unless somebody has it open already.
 */
export async function prepareRestore(app: App, request: RestoreRequest): Promise<Prepared> {
  await using opened = await openChosen(app, request)
  const { chosen, reader, state } = opened
  const contents = contentsOf(reader)
  const situation = await decide(app, reader, select(contents, request.only ?? []))
  const scratch = await makeScratch(app.folders, 'restore')
  try {
    const compared = await compareAll(app, opened, situation, { scratch: scratch.path, work: request })
    const safety = compared.hopeless === null
    const warnings = await warningsOf(app, opened, situation, compared)
    const { stop, start } = app.config.app
    const plan: RestorePlan = {
      plan: 'restore',
      version: 1,
      created: isoWithOffset(app.clock.now(), app.zone),
      from: chosen.name,
      archive: chosen.path,
      state,
      target: situation.root,
      inPlace: true,
      into: false,
      only: request.only ?? [],
      paths: [...situation.decisions.map(plannedPath), ...(await leftAlone(app, contents, request))],
      loss: lossOf(compared.losses, opened.capturedMs, app.clock.now()),
      holders: situation.search.holders,
      stop,
      start,
      safety,
      space: await spaceFor(app, situation),
      warnings: warnings.map(asWarning),
      steps: stepsOf(app, chosen.name, situation, safety),
    }
    const { recovered } = compared
    return { plan, scratch, recovered, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() }
  } catch (error) {
    await scratch[Symbol.asyncDispose]()
    throw error
  }
}

/** The plan alone, for others who show or save it. */
export async function planRestore(app: App, request: RestoreRequest): Promise<RestorePlan> {
  await using prepared = await prepareRestore(app, request)
  return prepared.plan
}

interface Compared {
  readonly losses: readonly DatabaseLoss[]
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
async function compareAll(
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

function plannedPath({ content, action, currentBytes }: Decision): PlannedPath {
  const { path, kind, bytes, secret } = content
  return { path, kind, action, bytes, currentBytes, secret }
}

/** What is in the app and not in the backup stays; said only when the whole app is meant. */
async function leftAlone(app: App, contents: readonly Content[], request: RestoreRequest): Promise<PlannedPath[]> {
  if ((request.only ?? []).length > 0) return []
  const known = new Set(contents.map(({ path }) => path))
  const found = await discover(app, request.signal)
  const stays = (paths: readonly string[], kind: PlannedPath['kind']): PlannedPath[] =>
    paths
      .filter((path) => !known.has(path))
      .map((path) => ({ path, kind, action: 'leave', bytes: null, currentBytes: null, secret: false }))
  return [...stays(found.databases, 'database'), ...stays(found.files, 'file')]
}

const spareBytes = 8e6

/** The new files, and for the safety snapshot a copy of each database and an archive of it. */
async function spaceFor(app: App, { decisions }: Situation): Promise<RestorePlan['space']> {
  const changing = decisions.filter(({ action }) => action !== 'same')
  const coming = changing.reduce((sum, { content }) => sum + content.bytes, 0)
  const going = changing.reduce((sum, { currentBytes }) => sum + (currentBytes ?? 0), 0)
  const { freeBytes } = await freeSpace(app.folders.backups)
  return { needBytes: Math.ceil(coming + going * 1.5 + spareBytes), freeBytes }
}

async function warningsOf(app: App, opened: Opened, situation: Situation, compared: Compared): Promise<Note[]> {
  const { chosen, reader, state } = opened
  const { name } = chosen
  const { holders, complete } = situation.search
  const { stop, start } = app.config.app
  const unlisted = reader.findings.filter(({ code }) => code === 'entry-unlisted')
  const [unfinished] = await unfinishedRecords(app.folders)
  return [
    ...(unfinished === undefined ? [] : [note('restore.warn.unfinished', { id: unfinished.id })]),
    ...holders.map(({ path, pid, command }) => note('restore.warn.held', { path, pid, command, stop })),
    ...(holders.length > 0 && stop !== null && start === null
      ? [note('restore.warn.no-start', { command: stop })]
      : []),
    ...(complete ? [] : [note('restore.warn.blind')]),
    ...(reader.legacy !== null ? [note('restore.warn.legacy', { name })] : []),
    ...(reader.legacy === null && state !== 'proven' ? [note('restore.warn.unproven', { name })] : []),
    ...unlisted.map(({ path }) => note('restore.warn.unlisted', { path: path ?? '' })),
    ...compared.warnings,
    ...(compared.hopeless === null ? [] : [note('restore.warn.no-safety', { reason: compared.hopeless })]),
  ]
}

function stepsOf(app: App, from: string, { decisions, search }: Situation, safety: boolean): PlanStep[] {
  const { stop, start } = app.config.app
  const replaced = decisions.filter(({ action }) => action === 'replace').length
  const stops = search.holders.length > 0 && stop !== null
  return [
    step('fetch', note('restore.step.fetch', { from })),
    ...(stops ? [step('stop', note('restore.step.stop', { command: stop }))] : []),
    ...(safety ? [step('safety', note('restore.step.safety'))] : []),
    step('swap', note('restore.step.swap', { count: replaced })),
    step('check', note('restore.step.check')),
    ...(stops && start !== null ? [step('start', note('restore.step.start', { command: start }))] : []),
  ]
}

export function step(id: PlanStep['id'], said: Note): PlanStep {
  return { id, title: bothLanguages(said) }
}

export function asWarning(said: Note): PlanWarning {
  return { code: said.code.replace(/^restore\.warn\./, ''), message: bothLanguages(said) }
}

function bothLanguages(said: Note): { id: string; en: string } {
  return { id: sayNote('id', said), en: sayNote('en', said) }
}
