import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pulihJson } from '../fixture/pulih.ts'
import type { ScratchApp } from '../fixture/scratch-app.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
export const command = `${process.execPath} ${main}`
/** What starts test/host/host.ts and host.py. */
export const hosts: Readonly<Record<string, readonly string[]>> = {
  TypeScript: [process.execPath, join(import.meta.dirname, 'host.ts')],
  Python: ['python3', join(import.meta.dirname, 'host.py')],
}

export interface Answer {
  readonly ran: { readonly asked: number; readonly stored: readonly string[] } | null
  readonly code: string | null
  readonly text: string
  readonly ms: number
}

export interface Host extends AsyncDisposable {
  readonly process: ChildProcess
  /** The next thing it says. */
  hears<T>(): Promise<T>
}

export function startHost(words: readonly string[], app: ScratchApp, env: Readonly<Record<string, string>> = {}): Host {
  const [program = '', ...rest] = words
  const child = spawn(program, rest, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LANG: 'C.UTF-8',
      PULIH_DIR: app.path,
      PULIH_COMMAND: command,
      PYTHONDONTWRITEBYTECODE: '1',
      ...env,
    },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    process: child,
    async hears<T>() {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${program}: ended without a word`)
      return JSON.parse(value) as T
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

export async function said<T>(
  words: readonly string[],
  app: ScratchApp,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  await using host = startHost(words, app, env)
  return await host.hears<T>()
}

/** When the capture of each backup began. */
async function capturesOf(app: ScratchApp): Promise<ReadonlyMap<string, number>> {
  const { backups } = await pulihJson<{ backups: { name: string }[] }>(['list', '--dir', app.path])
  const shown = backups.map(async ({ name }): Promise<[string, number]> => {
    const { capture } = await pulihJson<{ capture: { from: string } }>(['show', name, '--dir', app.path])
    return [name, Date.parse(capture.from)]
  })
  return new Map(await Promise.all(shown))
}

/** `count` guarded calls at once: every body began behind a backup captured after its call. Answers how many backups that took. */
export async function manyAtOnce(words: readonly string[], app: ScratchApp, count: number): Promise<number> {
  const calls = await said<NonNullable<Answer['ran']>[]>([...words, 'many', String(count)], app)
  assert.equal(calls.length, count)
  const captures = await capturesOf(app)
  for (const { asked, stored } of calls)
    assert.ok(
      stored.some((name) => (captures.get(name) ?? 0) >= asked),
      `${asked}: ${stored.join()}`,
    )
  return captures.size
}
