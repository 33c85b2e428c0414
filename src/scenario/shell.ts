import { type ChildProcess, spawn } from 'node:child_process'
import { identityOf, selfIdentity } from '../disk/process.ts'
import { PulihError } from '../error.ts'

export interface ShellOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
  /** Called with the identity of the process before the command begins: it waits until this has resolved. */
  readonly onReady?: (identity: string) => Promise<void>
  /** Every piece it prints, both streams. */
  readonly onOutput?: (piece: string) => void
}

export interface ShellEnd {
  /** Exit code; 128 + n after a signal, as `sh` says it. */
  readonly exit: number
  /** The end of what it printed, both streams. */
  readonly output: string
  /** The end of its standard output alone. */
  readonly stdout: string
}

const keptOutput = 4000
const keptStdout = 64_000
const graceMs = 10_000

/**
 * Runs one command line with `sh`, with nobody to answer it. It starts only after `onReady`; when this process dies before,
 * it never starts. Cancelled by the signal: the command and what it started are asked to end, then ended. Throws cancelled.
 */
export async function runShell(command: string, options: ShellOptions): Promise<ShellEnd> {
  const { cwd, env, signal, onReady, onOutput } = options
  signal?.throwIfAborted()
  const child = spawn('sh', ['-c', 'read -r go || exit 125; exec sh -c "$0" </dev/null', command], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches it through us, once.
    detached: true,
  })
  const output = collect(child, onOutput)
  const ended = endOf(child)
  const stop = stopper(child)
  signal?.addEventListener('abort', stop.now, { once: true })
  try {
    await onReady?.(identityOf(child.pid ?? 0) ?? selfIdentity())
    // It may be gone already; how it ended says so.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end('go\n')
    const exit = await ended
    if (signal?.aborted) throw new PulihError('cancelled')
    return { exit, ...output() }
  } finally {
    child.stdin?.destroy()
    signal?.removeEventListener('abort', stop.now)
    stop.clear()
  }
}

function collect(child: ChildProcess, onOutput: ((piece: string) => void) | undefined): () => Omit<ShellEnd, 'exit'> {
  let [all, out] = ['', '']
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      all = (all + piece).slice(-keptOutput)
      if (stream === child.stdout) out = (out + piece).slice(-keptStdout)
      onOutput?.(piece)
    })
  }
  return () => ({ output: all.trim(), stdout: out.trim() })
}

const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

/** A program it leaves running may keep the streams open: after its own end they get a moment, no more. */
function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      const exit = code ?? 128 + (signalNumbers[signal ?? ''] ?? 0)
      const late = setTimeout(done, 300)
      child.once('close', done)
      function done(): void {
        clearTimeout(late)
        child.stdout?.destroy()
        child.stderr?.destroy()
        resolve(exit)
      }
    })
  })
}

function stopper(child: ChildProcess): { now(): void; clear(): void } {
  let hard: NodeJS.Timeout | undefined
  return {
    now() {
      signalGroup(child.pid, 'SIGTERM')
      hard = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs)
    },
    clear: () => clearTimeout(hard),
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}
