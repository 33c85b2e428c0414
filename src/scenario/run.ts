import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { App } from '../app/app.ts'
import { openApp } from '../app/open.ts'
import { beginAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import { redact } from '../catalogue/redact.ts'
import { failpoint } from '../disk/failpoint.ts'
import { isAlive } from '../disk/process.ts'
import { isPulihError, PulihError } from '../error.ts'
import { note, say } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { aloneAtPlans, both, changePlan, type Plan, type PlanStep, readPlan, withStep } from './plan.ts'
import { pathWithPulih } from './pulih-command.ts'
import { runShell } from './shell.ts'

export interface RunPlanOptions extends Work {
  /** `run` begins a failed plan anew, `resume` goes on at the step that failed or was cut off. */
  readonly mode: 'run' | 'resume'
  /** A plan that is done runs once more. */
  readonly again?: boolean
  readonly onStep?: (step: PlanStep, at: number, total: number) => void
  readonly onOutput?: (piece: string) => void
}

/**
 * Runs the steps of a plan file, each written down before it begins and after it ended; a run that was cut off is gone on
 * with, after the command it left running has ended. Answers the finished plan: done, or failed with every step done,
 * skipped or failed. Throws plan.finished, plan.no-target, lock.busy, cancelled, disk.*.
 */
export async function runPlan(app: App, path: string, options: RunPlanOptions): Promise<Plan> {
  return await aloneAtPlans(app, () => recorded(app, path, options))
}

async function recorded(app: App, path: string, options: RunPlanOptions): Promise<Plan> {
  const found = await readPlan(path)
  if (found.status === 'done' && options.again !== true) {
    if (options.mode === 'resume') return found
    throw new PulihError('plan.finished', { name: basename(path, '.json') })
  }
  await requireTarget(found.target)
  await using act = await beginAct(app, 'plan', { plan: found.plan, path, mode: options.mode })
  try {
    await settleOrphan(app, found, options)
    const plan = await runSteps(app, path, options)
    if (plan.status === 'done') await act.finish({ backup: plan.backup, facts: { status: plan.status } })
    else await act.fail(failureOf(path, plan), { backup: plan.backup })
    logEnd(app, path, plan)
    return plan
  } catch (error) {
    await act.fail(error)
    throw error
  }
}

/** What a failed plan is thrown or recorded as. */
export function failureOf(path: string, plan: Plan): PulihError<'plan.failed'> {
  const failed = plan.steps.filter(({ status }) => status === 'failed')
  return new PulihError('plan.failed', { path, steps: failed.map(({ id }) => id) })
}

function logEnd(app: App, path: string, { status }: Plan): void {
  const name = basename(path)
  if (status === 'done') logLine(app, 'INFO', say(app.language, 'plan.log-done', { name }))
  else logLine(app, 'ERROR', say(app.language, 'plan.log-failed', { name }))
}

async function requireTarget(target: string): Promise<void> {
  const found = await stat(target).catch(() => null)
  if (found?.isDirectory() !== true) throw new PulihError('plan.no-target', { target })
}

/** The command of a run that was killed may still be at work: it is waited for, not doubled. */
async function settleOrphan(app: App, plan: Plan, { signal }: Work): Promise<void> {
  for (const { status, evidence } of plan.steps) {
    const identity = evidence?.process
    if (status !== 'running' || typeof identity !== 'string') continue
    while (isAlive(identity)) await app.clock.sleep(100, signal)
  }
}

async function runSteps(app: App, path: string, options: RunPlanOptions): Promise<Plan> {
  const anew = options.mode === 'run'
  const begun = await changePlan(app, path, (plan) => started(plan, anew))
  failpoint('plan-started')
  let failed = false
  for (const [at, { id }] of begun.steps.entries()) {
    const plan = await readPlan(path)
    const step = plan.steps.find((one) => one.id === id)
    if (step === undefined || step.status !== 'pending') continue
    options.onStep?.(step, at + 1, begun.steps.length)
    const ended = await runStep(app, path, step, { failed, options, target: plan.target })
    failed ||= ended.status === 'failed' && step.goOn !== true
  }
  const done = await changePlan(app, path, finished)
  failpoint('plan-ended')
  return done
}

/** A cut-off run goes on where it was; a finished one begins anew, or at what failed. Steps done before the plan stay done. */
function started(plan: Plan, anew: boolean): Plan {
  const over = plan.status === 'done' || plan.status === 'failed'
  const again = ({ status, command, evidence, always }: PlanStep): boolean => {
    if (status === 'running' || status === 'failed') return true
    if (evidence?.after === 'failure' || (over && always === true)) return true
    return over && anew && command !== null
  }
  const steps = plan.steps.map(
    (step): PlanStep => (again(step) ? { ...step, status: 'pending', evidence: null } : step),
  )
  return { ...plan, status: 'running', steps }
}

function finished(plan: Plan): Plan {
  return { ...plan, status: plan.steps.some(({ status }) => status === 'failed') ? 'failed' : 'done' }
}

interface Turn {
  /** A step before it has failed. */
  readonly failed: boolean
  readonly target: string
  readonly options: RunPlanOptions
}

async function runStep(app: App, path: string, step: PlanStep, turn: Turn): Promise<PlanStep> {
  const { id, command, always } = step
  const close = async (change: Partial<PlanStep>): Promise<PlanStep> => {
    await changePlan(app, path, (plan) => withStep(plan, id, change))
    failpoint('plan-step-ended')
    return { ...step, ...change }
  }
  if (turn.failed && always !== true) {
    return close({ status: 'skipped', evidence: { after: 'failure', note: both(note('plan.skipped-after-failure')) } })
  }
  if (command === null) return close({ status: 'skipped', evidence: { note: both(note('plan.skipped-by-hand')) } })
  const began = now(app)
  const { exit, output, stdout } = await runCommand(app, path, step, command, turn)
  failpoint('plan-step-ran')
  const result = resultIn(redact(stdout, app))
  const told = result === null ? { output: redact(output, app) } : (figuresIn(result) ?? { result })
  const evidence = { started: began, ended: now(app), exit, ...told }
  // 3 is pulih's "done, with warnings"; of the app's own test it is a failure like any other.
  const isDone = exit === 0 || (exit === 3 && id !== 'smoke-test')
  return close({ status: isDone ? 'done' : 'failed', evidence })
}

/** A task tells what was there before it and after it. */
function figuresIn(result: unknown): { readonly before: unknown; readonly after: unknown } | null {
  const { before, after } = result as { before?: unknown; after?: unknown }
  return before === undefined || after === undefined ? null : { before, after }
}

/** A command run with `--json` answers with figures: they are kept as such. */
function resultIn(stdout: string): unknown {
  if (!stdout.startsWith('{')) return null
  try {
    return JSON.parse(stdout)
  } catch {
    // Text that only begins like JSON is kept as text.
    return null
  }
}

async function runCommand(app: App, path: string, { id }: PlanStep, command: string, turn: Turn) {
  const { target, options } = turn
  const { signal, onOutput } = options
  const mark = (change: Partial<PlanStep>) => changePlan(app, path, (plan) => withStep(plan, id, change))
  const env = { ...process.env, ...(await appEnv(target)), PATH: pathWithPulih() }
  const onReady = async (identity: string): Promise<void> => {
    await mark({ status: 'running', evidence: { started: now(app), process: identity } })
    failpoint('plan-step-started')
  }
  try {
    return await runShell(command, { cwd: target, env, signal, onReady, ...(onOutput ? { onOutput } : {}) })
  } catch (error) {
    // The plan stays `running`: resume goes on with this step.
    if (isPulihError(error, 'cancelled')) await mark({ status: 'pending', evidence: { interrupted: now(app) } })
    throw error
  }
}

/** `app.env` as the folder's configuration says now: a step before may have brought it back. */
async function appEnv(target: string): Promise<Readonly<Record<string, string>>> {
  try {
    return (await openApp({ dir: target })).config.app.env
  } catch (error) {
    // No usable configuration there: the command that needs one will say so.
    if (isPulihError(error)) return {}
    throw error
  }
}

function now(app: App): string {
  return isoWithOffset(app.clock.now(), app.zone)
}
