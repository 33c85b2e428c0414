import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { beginAct, history } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { redact } from '../catalogue/redact.ts'
import type { Act } from '../catalogue/types.ts'
import { makeScratch } from '../disk/scratch.ts'
import { PulihError } from '../error.ts'
import { duration } from '../message/format.ts'
import { type Note, note, say, sayNote } from '../message/phrases.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import type { Course } from './course.ts'
import { fromArchive } from './from-archive.ts'
import { fromVault } from './from-vault.ts'
import { type CommandRun, runCommand } from './run-command.ts'
import { safeEnvironment } from './safe-env.ts'
import { type Phase, type PhaseName, type Stopwatch, stopwatch } from './stopwatch.ts'

export interface DrillRequest extends Work {
  readonly name?: string | undefined
  /** Which way back: the archives on this machine unless told. */
  readonly from?: 'archive' | 'vault'
  /** A random older one. */
  readonly older?: boolean
  /** Also start the app against the recovered copy. */
  readonly full?: boolean
}

export interface DrillResult {
  readonly backup: string
  readonly from: 'archive' | 'vault'
  readonly at: string
  readonly outcome: 'passed' | 'failed'
  readonly phases: readonly Phase[]
  /** Until the app stood in its folder again, from an archive alone: every phase but the proof before it. */
  readonly recoverySeconds: number
  readonly findings: readonly Finding[]
  readonly smokeTest: CommandRun | null
  readonly start: CommandRun | null
  /** Null when it passed. */
  readonly reason: Note | null
  readonly previous: { readonly backup: string; readonly at: string; readonly recoverySeconds: number } | null
}

const smokeLimitMs = 5 * 60_000
const startLimitMs = 10_000

/**
 * Recovers one backup into scratch space exactly as after a disaster, from its zip file alone, proves it, asks the app
 * whether it can live on it, and throws everything away. Recorded with its times; a predecessor's archive that passes is
 * proven by it. Looking never throws for what it finds: a failed drill is a result. Throws backup.unknown,
 * backup.none-proven, disk.*, cancelled.
 */
export async function drill(app: App, request: DrillRequest = {}): Promise<DrillResult> {
  await using course = await (request.from === 'vault' ? fromVault : fromArchive)(app, request)
  const { name, from } = course
  const previous = await previousOf(app, from)
  await using act = await beginAct(app, 'drill', { name, from })
  try {
    const result = await attempt(app, course, request, previous)
    const { recoverySeconds, phases } = result
    const facts = { recoverySeconds, phases, smokeTest: result.smokeTest?.how ?? null }
    if (result.reason === null) await act.finish({ backup: name, facts })
    else await act.fail(failureOf(app, result), { backup: name, facts })
    tell(app, result)
    return result
  } catch (error) {
    await act.fail(error, { backup: name })
    throw error
  }
}

export function failureOf(app: App, { backup, reason }: DrillResult): PulihError {
  const said = reason === null ? '' : redact(sayNote(app.language, reason), app)
  return new PulihError('drill.failed', { name: backup, reason: said })
}

async function previousOf(app: App, from: Course['from']): Promise<DrillResult['previous']> {
  const isAlike = ({ facts }: Act): boolean => (facts.from ?? 'archive') === from
  const done = (await history(app)).find((one) => one.act === 'drill' && one.outcome === 'done' && isAlike(one))
  const seconds = done?.facts.recoverySeconds
  if (done === undefined || typeof seconds !== 'number') return null
  return { backup: done.backup ?? '', at: done.started, recoverySeconds: seconds }
}

async function attempt(
  app: App,
  course: Course,
  request: DrillRequest,
  previous: DrillResult['previous'],
): Promise<DrillResult> {
  await using scratch = await makeScratch(app.folders, 'drill')
  const watch = stopwatch(app)
  const { signal, progress } = request
  const { findings, reason: broken } = await course.recover(scratch.path, watch, { signal, progress })
  const base = { backup: course.name, from: course.from, at: isoWithOffset(app.clock.now(), app.zone), previous }
  const runs: { smokeTest: CommandRun | null; start: CommandRun | null } = { smokeTest: null, start: null }
  let reason = broken
  if (reason === null) {
    const env = safeEnvironment(process.env, app.config.app.env)
    Object.assign(runs, await askApp(app, join(scratch.path, 'app'), env, request, watch))
    reason = commandNote(app, runs.smokeTest) ?? commandNote(app, runs.start)
  }
  const recoveryMs = watch.phases.filter(({ name }) => name !== 'verify').reduce((sum, { ms }) => sum + ms, 0)
  const outcome = reason === null ? 'passed' : 'failed'
  const recoverySeconds = Math.round(recoveryMs) / 1000
  return { ...base, ...runs, outcome, phases: watch.phases, recoverySeconds, findings, reason }
}

async function askApp(
  app: App,
  folder: string,
  env: Readonly<Record<string, string>>,
  { full = false, signal }: DrillRequest,
  watch: Stopwatch,
): Promise<{ smokeTest: CommandRun | null; start: CommandRun | null }> {
  const { smokeTest: test, start } = app.config.app
  const ask = async (name: PhaseName, line: string | null, limitMs: number, expect: 'ended' | 'alive') =>
    line === null ? null : await watch.time(name, () => runCommand(line, { folder, env, limitMs, expect, signal }))
  const tested = await ask('smoke-test', test, smokeLimitMs, 'ended')
  if (!full || tested?.passed === false) return { smokeTest: tested, start: null }
  return { smokeTest: tested, start: await ask('start', start, startLimitMs, 'alive') }
}

function commandNote(app: App, run: CommandRun | null): Note | null {
  if (run === null || run.passed) return null
  const output = redact(run.output.split('\n').slice(-3).join(' | '), app)
  return note('drill.reason.command', { command: run.command, how: run.how, output })
}

function tell(app: App, result: DrillResult): void {
  const { backup: name, reason, recoverySeconds } = result
  const spent = duration(recoverySeconds * 1000, app.language)
  if (reason === null) logLine(app, 'INFO', say(app.language, 'log.drill-done', { name, spent }))
  else logLine(app, 'ERROR', say(app.language, 'log.drill-failed', { name, reason: sayNote(app.language, reason) }))
}
