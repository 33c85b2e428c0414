import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'

export interface Measured {
  /** From before the start of the process to after its end. */
  readonly seconds: number
  readonly stdout: string
  /** Highest sum of proportional set sizes over the process and all below it; null when it was not asked for. */
  readonly peakTreeMb: number | null
}

export interface MeasureOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Sampling costs a little time: not in runs whose seconds count. */
  readonly memory?: boolean
  readonly exits?: readonly number[]
}

/** Runs a command as a user would and takes its time; throws when it ends otherwise than with `exits`. */
export async function measure(command: readonly string[], options: MeasureOptions = {}): Promise<Measured> {
  const [program = '', ...words] = command
  const started = performance.now()
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  const sampler = options.memory ? sampleTree(child.pid ?? 0) : null
  await once(child, 'close')
  const seconds = (performance.now() - started) / 1000
  if (!(options.exits ?? [0]).includes(child.exitCode ?? -1))
    throw new Error(
      `${command.join(' ')}: exit ${child.exitCode ?? child.signalCode}\n${printed.stderr}${printed.stdout}`,
    )
  return { seconds, stdout: printed.stdout, peakTreeMb: sampler?.() ?? null }
}

/** Samples until the function it answers is called, which tells the peak in MB. */
function sampleTree(root: number): () => number {
  let peakKb = 0
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, treeKb(root))
  }, 20)
  return () => {
    clearInterval(timer)
    return peakKb / 1000
  }
}

/** Proportional set size: pages that processes share count once. */
function treeKb(root: number): number {
  let sum = 0
  const todo = [root]
  for (let pid = todo.pop(); pid !== undefined; pid = todo.pop()) {
    try {
      sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
      for (const path of globSync(`/proc/${pid}/task/*/children`))
        todo.push(...readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number))
    } catch {
      // It has ended between two looks.
    }
  }
  return sum
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
