import { stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { App } from '../app/app.ts'
import type { Config } from '../app/config.ts'
import { parseConfig } from '../app/config-file.ts'
import { configName } from '../app/open.ts'
import { type ArchiveReader, openArchive } from '../archive/read.ts'
import { freeSpace } from '../disk/space.ts'
import { isPulihError, PulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import { contentsOf } from '../restore/content.ts'
import type { Work } from '../snapshot/progress.ts'
import { localStamp } from '../time/zone.ts'
import { smokeTestLine } from './app-service.ts'
import { type Left, lookAtApp } from './assess.ts'
import { bestOf, type Candidate, findCandidates, type Search } from './candidates.ts'
import { both, newPlan, type Plan, type PlanStep, planPath, type Said, stepOf, writePlan } from './plan.ts'
import { pulihLine, shellWord } from './pulih-command.ts'

export interface Part {
  readonly part: string
  readonly status: 'healthy' | 'damaged' | 'missing' | 'unknown'
  readonly detail: Said
}

export interface DisasterEnd {
  readonly path: string
  readonly plan: Plan
  readonly assessment: readonly Part[]
}

export interface DisasterOptions extends Work {
  /** Why the app's configuration cannot be used; null: it can, or there is none. */
  readonly problem: PulihError | null
}

/**
 * Assesses what is left, picks the best copy within sight, proves it by a complete recovery, and writes
 * `backups/EMERGENCY_RECOVERY.json`: exact commands that rebuild the running app in this folder. Changes nothing else.
 * Throws disaster.no-folder, disaster.nothing (exit 1) when no copy can be recovered.
 */
export async function prepareDisaster(app: App, from: string | null, work: DisasterOptions): Promise<DisasterEnd> {
  const place = from === null ? null : resolve(from)
  if (place !== null && (await stat(place).catch(() => null)) === null)
    throw new PulihError('disaster.no-folder', { path: place })
  const search = await findCandidates(app, place, work)
  const best = await bestOf(app, search, work)
  if (best === null)
    throw new PulihError('disaster.nothing', {
      looked: search.looked.map(({ place: one }) => one),
      damaged: search.candidates.length,
    })
  const recovered = await contentOf(app, best)
  const left = await lookAtApp(app, recovered.files, work)
  const assessment = await assess(app, { search, recovered, left, problem: work.problem })
  const plan = newPlan(app, 'emergency', {
    backup: best.name,
    ...{ assessment, source: best, candidates: search.candidates, looked: search.looked },
    downtimeSeconds: best.recoveryMs === null ? null : Math.ceil((best.recoveryMs * 2) / 1000),
    steps: stepsOf(app, best, { ...recovered, isConfigBroken: work.problem !== null }),
  })
  const path = planPath(app, 'EMERGENCY_RECOVERY')
  await writePlan(path, plan)
  return { path, plan, assessment }
}

/** What a copy says of the app it holds; a vault's is known only once it is laid out. */
interface Recovered {
  readonly databases: readonly string[]
  readonly files: readonly string[]
  readonly config: Config | null
}

async function contentOf(app: App, { path }: Candidate): Promise<Recovered> {
  if (path === null) return { databases: [], files: [], config: app.config }
  await using reader = await openArchive(path)
  const contents = contentsOf(reader)
  const pick = (kind: 'database' | 'file') => contents.filter((one) => one.kind === kind).map((one) => one.path)
  return { databases: pick('database'), files: pick('file'), config: await configIn(app, reader) }
}

/** The app's configuration as the copy holds it; null when there is none, or it cannot be used. */
async function configIn(app: App, reader: ArchiveReader): Promise<Config | null> {
  const name = configName.replaceAll('\\', '/')
  const content = contentsOf(reader).find(({ path }) => path === name)
  if (content === undefined || content.bytes > 1_000_000) return null
  try {
    return parseConfig(await text(Readable.from(reader.read(content.entry))), name, {
      env: process.env,
      folder: app.folders.app,
    })
  } catch (error) {
    // The recovered app will say what is wrong with it; that must not hinder its recovery.
    if (isPulihError(error) && error.code !== 'cancelled') return null
    throw error
  }
}

interface Seen {
  readonly search: Search
  readonly recovered: Recovered
  readonly left: Left
  readonly problem: PulihError | null
}

async function assess(app: App, { search, recovered, left, problem }: Seen): Promise<Part[]> {
  const paths = [...new Set([...recovered.databases, ...left.databases.map(({ path }) => path)])].sort()
  const databases = paths.map((path): Part => {
    const found = left.databases.find((one) => one.path === path)
    if (found === undefined) return part(`database ${path}`, 'missing', note('disaster.missing', { path }))
    if (found.problem !== null)
      return part(`database ${path}`, 'damaged', note('disaster.damaged', { path, detail: found.problem }))
    return part(`database ${path}`, 'healthy', note('disaster.sound', { path }))
  })
  const missing = left.missing.length
  const proven = search.candidates.filter(({ state }) => state === 'proven').length
  const usable = search.candidates.filter(({ state }) => state !== 'damaged').length
  const { freeBytes, totalBytes } = await freeSpace(app.folders.app)
  const files = recovered.files.length
  return [
    ...databases,
    part('code', missing === 0 ? 'healthy' : 'missing', note('disaster.code', { missing, files })),
    configurationPart(app, problem),
    part(
      'backups',
      usable > 0 ? 'healthy' : 'missing',
      note('disaster.backups', { proven, usable, all: search.candidates.length }),
    ),
    ...search.looked.flatMap(({ place, problem: reason }) =>
      reason === null ? [] : [part('vault', 'unknown', note('disaster.vault', { place, reason }))],
    ),
    part('disk', 'healthy', note('disaster.disk', { freeBytes, totalBytes })),
  ]
}

function configurationPart(app: App, problem: PulihError | null): Part {
  if (problem === null) {
    const found = app.configPath !== null
    return part('configuration', found ? 'healthy' : 'missing', note('disaster.configuration', { found }))
  }
  return {
    part: 'configuration',
    status: 'damaged',
    detail: { id: problem.words('id')[0], en: problem.words('en')[0] },
  }
}

function part(name: string, status: Part['status'], detail: Note): Part {
  return { part: name, status, detail: both(detail) }
}

function stepsOf(app: App, best: Candidate, facts: Recovered & { readonly isConfigBroken: boolean }): PlanStep[] {
  const { config, isConfigBroken } = facts
  const here = ['--dir', '.']
  const line = (...words: string[]): string => pulihLine([...words, ...here])
  const start = config?.app.start ?? null
  const smokeTest = config === null ? null : smokeTestLine(config.app, here)
  const assessed: PlanStep = {
    ...stepOf('assess', note('disaster.step.assess'), null),
    ...{ status: 'done', evidence: { chosen: best.name, place: best.place } },
  }
  const byHand = app.config.app.stop === null
  // Restoring an archive refuses by itself while somebody has a database open; laying out a vault's copy does not.
  const stop = byHand && best.path !== null ? null : line('plan', 'stop-app')
  return [
    assessed,
    // Every command after it reads the configuration.
    ...(isConfigBroken ? [setAsideConfig(app)] : []),
    stepOf('stop', byHand ? note('scenario.step.stop-by-hand') : note('scenario.step.stop'), stop),
    ...(best.path === null ? fromVault(app, best, line) : fromZip(app, best, best.path, line)),
    start === null
      ? stepOf('start', note('scenario.step.start-by-hand'), null)
      : stepOf('start', note('scenario.step.start'), line('plan', 'start-app')),
    smokeTest === null
      ? stepOf('smoke-test', note('scenario.step.try-by-hand'), null)
      : stepOf('smoke-test', note('scenario.step.smoke-test'), smokeTest),
    stepOf('watch', note('disaster.step.watch'), null),
  ]
}

function setAsideConfig(app: App): PlanStep {
  const path = inside(app, app.configPath ?? join(app.folders.app, configName))
  const command = `if [ -e ${path} ]; then mv -f ${path} ${path}.damaged; fi`
  return stepOf('set-aside', note('disaster.step.set-aside', { path }), command)
}

function fromZip(app: App, best: Candidate, path: string, line: (...words: string[]) => string): PlanStep[] {
  const kept = best.place === 'archive' ? path : join(app.folders.backups, `${best.name}.zip`)
  const folder = dirname(kept)
  const draft = join(folder, `.${best.name}.part`)
  const copy = [
    `mkdir -p ${inside(app, folder)}`,
    `cp -p ${shellWord(path)} ${inside(app, draft)}`,
    `chmod 600 ${inside(app, draft)}`,
    `mv -f ${inside(app, draft)} ${inside(app, kept)}`,
  ]
  const steps = kept === path ? [] : [stepOf('fetch', note('disaster.step.fetch', { path }), copy.join(' && '))]
  const archive = relative(app.folders.app, kept)
  const named = archive.startsWith('..') ? kept : `./${archive}`
  return [
    ...steps,
    stepOf('restore', note('scenario.step.restore', { backup: best.name }), line('restore', named, '--yes')),
    stepOf('check', note('scenario.step.check', { backup: best.name }), line('plan', 'check-app', named)),
  ]
}

/** Relative to the folder the commands run in, where it lies below it. */
function inside(app: App, path: string): string {
  const way = relative(app.folders.app, path)
  return shellWord(way.startsWith('..') ? path : way)
}

/**
 * Laid out beside the ruins first, complete and compared; then whatever it replaces moves aside with its side files, and the
 * recovered app takes its place. Cut off anywhere, the same commands go on.
 */
function fromVault(app: App, best: Candidate, line: (...words: string[]) => string): PlanStep[] {
  const id = best.snapshot ?? ''
  const laidOut = `recovered-${id.slice(0, 8)}`
  const stamp = localStamp(app.clock.now(), app.zone)
  const aside = inside(app, join(app.folders.state, 'quarantine', `vault-${id.slice(0, 8)}-${stamp}`))
  const config = app.configPath === null ? [] : ['--config', app.configPath]
  const fetch = line('vault', 'restore', id.slice(0, 16), '--to', laidOut, ...config)
  return [
    stepOf('fetch', note('disaster.step.vault', { id: id.slice(0, 16) }), `rm -rf ${laidOut} && ${fetch}`),
    stepOf('restore', note('disaster.step.lay-out', { folder: laidOut }), inPlace(laidOut, aside)),
    stepOf('check', note('disaster.step.check'), line('health', '--only', 'database-integrity')),
  ]
}

/** For `sh`: an old log left beside a recovered database would be played into it, so side files go aside too. */
function inPlace(laidOut: string, aside: string): string {
  const keep = 'mkdir -p "$a/$(dirname "$f")" && mv "$f$s" "$a/$f$s" || exit 1'
  const each = `for s in '' -wal -shm -journal; do if [ -e "$f$s" ] && [ ! -e "$a/$f$s" ]; then ${keep}; fi; done`
  const move = `(cd ${laidOut} && find . -type f) | while IFS= read -r f; do ${each}; done || exit 1`
  const copy = `for f in ${laidOut}/* ${laidOut}/.[!.]*; do if [ -e "$f" ]; then cp -pR "$f" . || exit 1; fi; done`
  return `a=${aside}; if [ -d ${laidOut} ]; then ${move}; ${copy}; sync; rm -rf ${laidOut}; fi`
}
