import type { App } from '../app/app.ts'
import { makeScratch, type Scratch } from '../disk/scratch.ts'
import { freeSpace } from '../disk/space.ts'
import { type Note, note } from '../message/phrases.ts'
import { discover } from '../source/discover.ts'
import { isoWithOffset } from '../time/zone.ts'
import { type Content, contentsOf, select } from './content.ts'
import { type Decision, decide, type Situation } from './decide.ts'
import { type Compared, compareAll } from './differences.ts'
import { lookAt } from './identity.ts'
import { lossOf } from './loss.ts'
import { type Opened, openChosen } from './opened.ts'
import type { PlannedPath, PlanStep, RestorePlan, RestoreRequest } from './plan-types.ts'
import { asWarning, step } from './plan-words.ts'
import { unfinishedRecords } from './record.ts'

/** A plan with what was recovered to make it: running it goes on from there instead of recovering twice. */
export interface Prepared extends AsyncDisposable {
  readonly plan: RestorePlan
  readonly scratch: Scratch
  /** Path -> a recovered, checked copy in the scratch folder. Scratch space: it may be gone by the time it is wanted. */
  readonly recovered: ReadonlyMap<string, string>
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
    ...(await strangers(situation.decisions)),
    ...compared.warnings,
    ...(compared.hopeless === null ? [] : [note('restore.warn.no-safety', { reason: compared.hopeless })]),
  ]
}

/** Only root may give a file to another user: what such a user owns now would come back as ours. */
async function strangers(decisions: readonly Decision[]): Promise<Note[]> {
  const own = process.getuid?.() ?? 0
  if (own === 0) return []
  const notes: Note[] = []
  for (const { content, target, action } of decisions) {
    const found = action === 'replace' ? await lookAt(target.absolute) : null
    if (found !== null && Number(found.uid) !== own) {
      notes.push(note('restore.warn.owner', { path: content.path, owner: Number(found.uid) }))
    }
  }
  return notes
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
