import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { errnoOf } from '../error.ts'

export interface CommandRun {
  readonly command: string
  readonly passed: boolean
  /** `exit 0`, `signal SIGSEGV`, `time out`, `still running`. */
  readonly how: string
  /** The last lines it printed, both streams. */
  readonly output: string
}

export interface CommandOptions {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly limitMs: number
  /** What must hold at the limit: `ended` with exit 0 (a test), or `alive` (a server that keeps running). */
  readonly expect: 'ended' | 'alive'
  readonly signal?: AbortSignal | undefined
}

const outputKept = 2000

/** Runs a command line by `sh` in a folder, in a process group of its own, which is ended with everything it started. */
export async function runCommand(command: string, options: CommandOptions): Promise<CommandRun> {
  const { folder, env, limitMs, expect, signal } = options
  signal?.throwIfAborted()
  const child = spawn('sh', ['-c', command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-outputKept)))
  const limit = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])])
  try {
    const [code, killedBy] = (await once(child, 'exit', { signal: limit })) as [number | null, string | null]
    const how = code === null ? `signal ${killedBy}` : `exit ${code}`
    return { command, passed: code === 0, how, output: output.trim() }
  } catch (error) {
    signal?.throwIfAborted()
    if (!limit.aborted) throw error
    const passed = expect === 'alive'
    return { command, passed, how: passed ? 'still running' : 'time out', output: output.trim() }
  } finally {
    endGroup(child.pid)
  }
}

/** Also what it left in the background: a drill leaves nothing behind. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}
