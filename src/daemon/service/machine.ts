import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'

/** The machine as far as services go; tests hand in one of their own. */
export interface Machine {
  readonly uid: number
  readonly env: NodeJS.ProcessEnv
  /** systemd is the running init, not merely installed. */
  readonly hasSystemd: boolean
  readonly hasCron: boolean
  /** Where units of the system and of a user go. */
  readonly systemUnits: string
  readonly userUnits: string
  /** Runs a program to its end; `code` null when it could not be started. */
  run(words: readonly string[], input?: string): Promise<Ran>
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export function thisMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const config = env.XDG_CONFIG_HOME ?? join(homedir(), '.config')
  return {
    uid: userInfo().uid,
    env,
    hasSystemd: existsSync('/run/systemd/system'),
    hasCron: isOnPath('crontab', env),
    systemUnits: '/etc/systemd/system',
    userUnits: join(config, 'systemd/user'),
    run: (words, input) => run(words, env, input),
  }
}

function isOnPath(command: string, env: NodeJS.ProcessEnv): boolean {
  return (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)))
}

const limitMs = 60_000

function run([program = '', ...words]: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Ran> {
  const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: limitMs })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  // A program that ends without reading: its exit code says what it thought of it.
  child.stdin.on('error', () => undefined).end(input)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ...printed, code: null, stderr: error.message }))
    child.once('close', (code) => resolve({ ...printed, code }))
  })
}
