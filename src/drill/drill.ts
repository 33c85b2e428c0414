import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { changeMark } from '../catalogue/catalogue.ts'
import { beginAct, history } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { redact } from '../catalogue/redact.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { makeScratch } from '../disk/scratch.ts'
import { isPulihError, PulihError } from '../error.ts'
import { duration } from '../message/format.ts'
import { type Note, note, say, sayNote } from '../message/phrases.ts'
import { planLayOut, runLayOut } from '../restore/lay-out.ts'
import { type Finding, lasting } from '../snapshot/finding.ts'
import { findingText } from '../snapshot/finding-text.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { verifyArchive } from '../verify/verify-archive.ts'
import { chooseForDrill } from './choose.ts'
import { type CommandRun, runCommand } from './run-command.ts'
import { disarm, safeEnvironment } from './safe-env.ts'

export type PhaseName = 'verify' | 'recover' | 'smoke-test' | 'start'

export interface Phase {
  readonly name: PhaseName
  readonly ms: number
}

export interface DrillRequest extends Work {
  readonly name?: string | undefined
  /** A random older one. */
  readonly older?: boolean
  /** Also start the app against the recovered copy. */
  readonly full?: boolean
}

export interface DrillResult {
  readonly backup: string
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
  const backup = await chooseForDrill(app, request)
  const previous = await previousOf(app)
  await using act = await beginAct(app, 'drill', { name: backup.name })
  try {
    const result = await attempt(app, backup, request, previous)
    const { recoverySeconds, phases } = result
    const facts = { recoverySeconds, phases, smokeTest: result.smokeTest?.how ?? null }
    if (result.reason === null) await act.finish({ backup: backup.name, facts })
    else await act.fail(failureOf(app, result), { backup: backup.name, facts })
    tell(app, result)
    return result
  } catch (error) {
    await act.fail(error, { backup: backup.name })
    throw error
  }
}

export function failureOf(app: App, { backup, reason }: DrillResult): PulihError {
  const said = reason === null ? '' : redact(sayNote(app.language, reason), app)
  return new PulihError('drill.failed', { name: backup, reason: said })
}

async function previousOf(app: App): Promise<DrillResult['previous']> {
  const done = (await history(app)).find((one) => one.act === 'drill' && one.outcome === 'done')
  const seconds = done?.facts.recoverySeconds
  if (done === undefined || typeof seconds !== 'number') return null
  return { backup: done.backup ?? '', at: done.started, recoverySeconds: seconds }
}

async function attempt(
  app: App,
  backup: BackupEntry,
  request: DrillRequest,
  previous: DrillResult['previous'],
): Promise<DrillResult> {
  await using scratch = await makeScratch(app.folders, 'drill')
  const watch = stopwatch(app)
  const seen = await watch.time('verify', () => prove(app, backup, scratch.path, request))
  const base = { backup: backup.name, at: isoWithOffset(app.clock.now(), app.zone), previous }
  const runs: { smokeTest: CommandRun | null; start: CommandRun | null } = { smokeTest: null, start: null }
  let reason = seen.length === 0 ? null : findingsNote(seen)
  if (reason === null) {
    const folder = join(scratch.path, 'app')
    reason = await watch.time('recover', () => layOut(backup, folder, request))
    if (reason === null) {
      const env = safeEnvironment(process.env, app.config.app.env)
      Object.assign(runs, await askApp(app, folder, env, request, watch))
      reason = commandNote(app, runs.smokeTest) ?? commandNote(app, runs.start)
    }
  }
  const recoveryMs = watch.phases.filter(({ name }) => name !== 'verify').reduce((sum, { ms }) => sum + ms, 0)
  const outcome = reason === null ? 'passed' : 'failed'
  const recoverySeconds = Math.round(recoveryMs) / 1000
  return { ...base, ...runs, outcome, phases: watch.phases, recoverySeconds, findings: seen, reason }
}

function stopwatch({ clock }: App) {
  const phases: Phase[] = []
  return {
    phases,
    async time<T>(name: PhaseName, step: () => Promise<T>): Promise<T> {
      const started = clock.steady()
      try {
        return await step()
      } finally {
        phases.push({ name, ms: Math.round(clock.steady() - started) })
      }
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

/** From the zip file alone, as on a machine that knows nothing else. Null when everything stands in the folder. */
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

async function askApp(
  app: App,
  folder: string,
  env: Readonly<Record<string, string>>,
  { full = false, signal }: DrillRequest,
  watch: ReturnType<typeof stopwatch>,
): Promise<{ smokeTest: CommandRun | null; start: CommandRun | null }> {
  const { smokeTest: test, start } = app.config.app
  const ask = async (name: PhaseName, line: string | null, limitMs: number, expect: 'ended' | 'alive') =>
    line === null ? null : await watch.time(name, () => runCommand(line, { folder, env, limitMs, expect, signal }))
  const tested = await ask('smoke-test', test, smokeLimitMs, 'ended')
  if (!full || tested?.passed === false) return { smokeTest: tested, start: null }
  return { smokeTest: tested, start: await ask('start', start, startLimitMs, 'alive') }
}

function findingsNote(findings: readonly Finding[]): Note {
  return note('drill.reason.findings', { count: findings.length, first: findingText(findings[0]) })
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
