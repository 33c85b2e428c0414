import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { assert, PulihError } from '../../error.ts'
import { sourceError } from './errors.ts'
import type { Inspection, InspectRequest, InvariantResult } from './inspection.ts'
import type { Asks, HoldWindow, LivePath, Reply } from './protocol.ts'

const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url))

/** How long `hold` tries to get every read lock. */
const lockWaitMs = 10_000
/** A rule of the app that takes longer is an error of that rule: its process is ended. */
const invariantLimitMs = 60_000

/**
 * A child process with SQLite in it. Ends with `kill()`, with its scope, with the signal, or with this process. When it
 * dies by itself (a damaged file can kill it) every open question rejects with source.helper-died; the next question
 * starts a new one, which holds nothing.
 */
export interface SqliteChild extends AsyncDisposable {
  /**
   * Opens the databases read-only and pins each to its newest committed state, all within the answered window. Waits up to
   * 10 s for locks. Throws source.busy, source.unopenable, source.not-sqlite, source.malformed, source.interrupted (a hot
   * journal, which only a writer may roll back).
   */
  hold(databases: readonly LivePath[], waitMs?: number): Promise<HoldWindow>
  /** The held state of a WAL database as a new file `to`, through SQLite's own backup. */
  copy(absolute: string, to: string, onProgress?: (done: number, total: number) => void): Promise<void>
  /**
   * Lets go of these databases, or of all. Naming them, it fails unless each was held without a break until now: only
   * then is a copy of the files made meanwhile worth anything.
   */
  release(absolute?: readonly string[]): Promise<void>
  /**
   * Rows per table of a live database (null for a virtual one); null when that takes longer than `limitMs` (the process is ended then, and with it
   * whatever it held). Throws source.*.
   */
  count(database: LivePath, limitMs: number): Promise<Readonly<Record<string, number | null>> | null>
  /** Finishes what a killed writer left, on OUR OWN copy of a database and its -wal or -journal. */
  recover(file: string): Promise<void>
  /** Looks at OUR OWN copy. Damage is in the answer; throws only when the file cannot be read or the process dies of it. */
  inspect(file: string, request: InspectRequest): Promise<Inspection>
  kill(): void
}

export function spawnSqlite(signal?: AbortSignal, limits: { readonly invariantMs?: number } = {}): SqliteChild {
  return new Client(signal, limits.invariantMs ?? invariantLimitMs)
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly onProgress: ((done: number, total: number) => void) | undefined
  /** What a failure without a path of its own is about. */
  readonly path: string | null
}

interface Question {
  readonly path?: string
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  /** After this long the process is ended and the question rejects with `late`. */
  readonly limitMs?: number
}

const late = Symbol('late')

class Client implements SqliteChild {
  readonly #signal: AbortSignal | undefined
  readonly #waiting = new Map<number, Waiting>()
  readonly #invariantMs: number
  readonly #onAbort = () => this.kill()
  #process: ChildProcess | null = null
  #lastId = 0
  #isOver = false

  constructor(signal: AbortSignal | undefined, invariantMs: number) {
    signal?.throwIfAborted()
    this.#invariantMs = invariantMs
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.#start()
  }

  async hold(databases: readonly LivePath[], waitMs = lockWaitMs): Promise<HoldWindow> {
    return this.#ask('hold', { databases, waitMs })
  }

  async copy(absolute: string, to: string, onProgress?: (done: number, total: number) => void): Promise<void> {
    await this.#ask('copy', { absolute, to }, { path: absolute, onProgress })
  }

  async release(absolute?: readonly string[]): Promise<void> {
    await this.#ask('release', { absolute: absolute ?? null })
  }

  async count(database: LivePath, limitMs: number): Promise<Readonly<Record<string, number | null>> | null> {
    try {
      return await this.#ask('count', { database }, { path: database.absolute, limitMs })
    } catch (error) {
      if (error !== late) throw error
      return null
    }
  }

  async recover(file: string): Promise<void> {
    await this.#ask('recover', { file }, { path: file })
  }

  async inspect(file: string, { invariants, ...request }: InspectRequest): Promise<Inspection> {
    const seen = await this.#ask('inspect', { file, request }, { path: file })
    if (invariants === undefined) return seen
    const results: InvariantResult[] = []
    for (const { name, sql } of invariants) results.push(await this.#invariant(file, name, sql))
    return { ...seen, invariants: results }
  }

  async #invariant(file: string, name: string, sql: string): Promise<InvariantResult> {
    try {
      return await this.#ask('invariant', { file, name, sql }, { path: file, limitMs: this.#invariantMs })
    } catch (error) {
      if (error !== late) throw error
      return { name, violations: 0, looked: 0, error: `did not finish within ${this.#invariantMs / 1000} s` }
    }
  }

  kill(): void {
    this.#process?.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    const running = this.#process
    if (running === null) return
    const ended = once(running, 'exit')
    this.kill()
    await ended
  }

  async #ask<Op extends keyof Asks>(
    op: Op,
    take: Asks[Op]['take'],
    question: Question = {},
  ): Promise<Asks[Op]['give']> {
    this.#signal?.throwIfAborted()
    assert(!this.#isOver, 'a SQLite process was asked after its end')
    const running = this.#process ?? this.#start()
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.set(id, { resolve, reject, onProgress: question.onProgress, path: question.path ?? null })
    // When it cannot be sent the process is dead, and its exit answers.
    running.send({ id, op, ...take }, () => undefined)
    const timer = question.limitMs === undefined ? null : setTimeout(() => this.#giveUp(id), question.limitMs)
    try {
      return (await promise) as Asks[Op]['give']
    } finally {
      if (timer !== null) clearTimeout(timer)
    }
  }

  #giveUp(id: number): void {
    this.#waiting.get(id)?.reject(late)
    this.#waiting.delete(id)
    this.#abandon()
  }

  /** The next question gets a new process; this one is on its way out. */
  #abandon(): void {
    this.kill()
    this.#process = null
  }

  #start(): ChildProcess {
    const started = fork(entry, [], {
      execArgv: ['--no-warnings'],
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let complaint = ''
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000)
    })
    started.on('message', (reply: Reply) => this.#receive(reply))
    started.on('error', (error) => this.#end(started, error.message))
    started.on('exit', (code, signal) => this.#end(started, signal ?? lastLine(complaint) ?? `exit code ${code}`))
    this.#process = started
    return started
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    if (reply.kind === 'progress') {
      waiting.onProgress?.(reply.done, reply.total)
      return
    }
    this.#waiting.delete(reply.id)
    if (reply.kind === 'done') waiting.resolve(reply.value)
    else waiting.reject(sourceError(reply.failure, waiting.path))
  }

  #end(ended: ChildProcess, how: string): void {
    if (this.#process !== ended) return
    this.#process = null
    const open = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject, path } of open) {
      reject(this.#signal?.aborted ? this.#signal.reason : new PulihError('source.helper-died', { path, how }))
    }
  }
}

/** It opens files of unknown origin, so it is handed no more than it needs: no token, no password. */
function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH', 'NODE_V8_COVERAGE', 'SYSTEMROOT']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1)?.trim() || null
}
