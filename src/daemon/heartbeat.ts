import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { writeDurably } from '../disk/draft.ts'
import { selfIdentity } from '../disk/process.ts'
import { isPulihError } from '../error.ts'
import { say } from '../message/phrases.ts'
import { isoWithOffset } from '../time/zone.ts'

/** `.pulih/heartbeat.json`: whoever reads it knows the daemon by its age (stale after 5 min) and its process. */
export interface Heartbeat {
  readonly version: 1
  readonly pid: number
  /** `<pid>-<start>`, see disk/process.ts: exactly that process. */
  readonly process: string
  readonly at: string
  readonly startTime: string
  /** What it works on; null when it waits. */
  readonly doing: string | null
  /** When it ended on purpose; null while it runs. */
  readonly stopped: string | null
}

const everyMs = 20_000

/** From now on silence counts: a service was installed, and a daemon that never even starts must be noticed. */
export async function expectDaemon({ folders, clock, zone }: App): Promise<void> {
  const path = heartbeatPath(folders.state)
  const now = isoWithOffset(clock.now(), zone)
  const beat: Heartbeat = { version: 1, pid: 0, process: '', at: now, startTime: now, doing: null, stopped: null }
  if (!existsSync(path)) await writeDurably(path, `${JSON.stringify(beat)}\n`)
}

/** Nobody expects one any more; a daemon that runs all the same is seen again with its next beat. */
export async function forgetDaemon({ folders }: App): Promise<void> {
  await rm(heartbeatPath(folders.state), { force: true })
}

function heartbeatPath(state: string): string {
  return join(state, 'heartbeat.json')
}

/** What one daemon is doing, and since when: a step that takes longer than its limit stops the heart. */
export class Pulse implements AsyncDisposable {
  readonly started: string
  doing: string | null = null
  #app: () => App
  #overMs = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout
  #writing: Promise<void> = Promise.resolve()
  #failed = false

  constructor(app: () => App) {
    this.#app = app
    this.started = this.#now()
    this.#timer = setInterval(() => this.beat(), everyMs)
    this.beat()
  }

  /** Runs `step` under its name. */
  async during<T>(name: string, limitMs: number, step: () => Promise<T>): Promise<T> {
    this.doing = name
    this.#overMs = performance.now() + limitMs + 60_000
    try {
      return await step()
    } finally {
      this.doing = null
      this.#overMs = Number.POSITIVE_INFINITY
    }
  }

  /** A step that hangs is no life: then the file grows old, and whoever watches says so. */
  beat(): void {
    if (performance.now() > this.#overMs) return
    this.#write(null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    this.#write(this.#now())
    await this.#writing
  }

  #write(stopped: string | null): void {
    this.#writing = this.#writing.then(() => this.#writeOne(stopped))
  }

  async #writeOne(stopped: string | null): Promise<void> {
    const app = this.#app()
    const { started: startTime, doing } = this
    const process_ = { pid: process.pid, process: selfIdentity() }
    const beat: Heartbeat = { version: 1, ...process_, at: this.#now(), startTime, doing, stopped }
    try {
      await writeDurably(heartbeatPath(app.folders.state), `${JSON.stringify(beat)}\n`)
      this.#failed = false
    } catch (error) {
      // A full disk must not end the daemon. The file grows old, which is an alarm of its own; the log says it once.
      const reason = isPulihError(error) ? error.words(app.language)[0] : String(error)
      if (!this.#failed) logLine(app, 'ERROR', say(app.language, 'log.heartbeat-failed', { reason }))
      this.#failed = true
    }
  }

  #now(): string {
    const { clock, zone } = this.#app()
    return isoWithOffset(clock.now(), zone)
  }
}
