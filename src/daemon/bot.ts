import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants as fs, statSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { App } from '../app/app.ts'
import { PulihError } from '../error.ts'

/** How one run of the bot ended. */
export interface BotEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** As a shell would tell it: the exit code, or 128 and the signal's number. */
  readonly exit: number
  readonly ranMs: number
}

/** The bot while it runs. */
export interface Bot {
  readonly process: ChildProcess
  readonly ended: Promise<BotEnd>
}

/** Throws run.missing for a command that is not there: before anything else is done. */
export function requireCommand(app: App, [command = '']: readonly string[], env: NodeJS.ProcessEnv): void {
  const folders = command.includes('/') ? [''] : (env.PATH ?? '').split(delimiter)
  const places = folders.map((folder) =>
    isAbsolute(folder) ? join(folder, command) : resolve(app.folders.app, folder, command),
  )
  if (command === '' || !places.some(isProgram)) throw new PulihError('run.missing', { command })
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, fs.X_OK)
    return statSync(path).isFile()
  } catch {
    // Not there, or not ours to run: the next place may be.
    return false
  }
}

/**
 * Starts it in the app's folder, its streams ours (with `--json` its output goes to standard error: standard output holds
 * one document). Throws run.missing when the system refuses to start it.
 */
export async function startBot(
  app: App,
  words: readonly string[],
  { quietOutput }: { quietOutput: boolean },
): Promise<Bot> {
  const started = performance.now()
  const [command = '', ...rest] = words
  const child = spawn(command, rest, {
    cwd: app.folders.app,
    env: environmentOf(app),
    stdio: ['inherit', quietOutput ? 2 : 'inherit', 'inherit'],
  })
  const { promise: ended, resolve: end } = Promise.withResolvers<BotEnd>()
  child.once('exit', (code, signal) => {
    end({ code, signal, exit: code ?? 128 + numberOf(signal), ranMs: performance.now() - started })
  })
  await new Promise<void>((good, bad) => {
    child.once('spawn', good)
    child.once('error', (error) => bad(new PulihError('run.missing', { command }, { cause: error })))
  })
  return { process: child, ended }
}

export function environmentOf(app: App): NodeJS.ProcessEnv {
  return { ...process.env, ...app.config.app.env }
}

function numberOf(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal]
}
