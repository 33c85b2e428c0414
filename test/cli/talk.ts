import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Talk {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface TalkOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Typed before anything is asked, as from a pipe; closed after it. Null: nothing is typed and it stays open. */
  readonly input?: string | null
  /** Handed the running command, to signal it or to close its streams. */
  readonly during?: (child: ChildProcess) => void
}

const main = join(import.meta.dirname, '../../src/cli/main.ts')

/** One whole session with the real command, as text. The system speaks English unless `env` says otherwise. */
export async function talk(words: readonly string[], options: TalkOptions = {}): Promise<Talk> {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'Asia/Jakarta', NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  // A command that ends without reading its input is no error of the test.
  child.stdin.on('error', () => undefined)
  if (options.input !== null) child.stdin.end(options.input ?? '')
  options.during?.(child)
  await once(child, 'close')
  return { code: child.exitCode, signal: child.signalCode, ...printed }
}
