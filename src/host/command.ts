import { spawn } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PulihError } from '../error.ts'

/** Runs pulih itself, as a process of its own: this process must never open the database's files. */
export interface CommandAnswer {
  readonly exit: number | null
  /** The one JSON document it printed; undefined when it printed none. */
  readonly json: unknown
}

const main = fileURLToPath(new URL(`../cli/main${extname(import.meta.url)}`, import.meta.url))

/** `words` after the program; `--json --quiet --dir` are added. Ends it, and throws gate.timeout, after `limitMs`. */
export async function runPulih(
  app: string,
  name: string,
  words: readonly string[],
  limitMs: number,
): Promise<CommandAnswer> {
  const child = spawn(process.execPath, [main, ...words, '--json', '--quiet', '--dir', app], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const out: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => out.push(piece))
  const timeout = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    timeout.reject(new PulihError('gate.timeout', { name, seconds: Math.round(limitMs / 1000) }))
  }, limitMs)
  const ended = new Promise<CommandAnswer>((resolve, reject) => {
    child.once('error', (error) => reject(new PulihError('gate.no-answer', { name, detail: error.message })))
    child.once('close', (exit) => resolve({ exit, json: parse(Buffer.concat(out).toString('utf8')) }))
  })
  try {
    return await Promise.race([ended, timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller says that there was no answer, with the exit code.
    return undefined
  }
}
