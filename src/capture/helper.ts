import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'

/** The one child process of a capture, started when it is first needed: a capture of nothing new needs none. */
export class Helper implements AsyncDisposable {
  readonly #signal: AbortSignal | undefined
  #child: SqliteChild | null = null

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  start(): SqliteChild {
    this.#child ??= spawnSqlite(this.#signal)
    return this.#child
  }

  /** Lets go of whatever is held. */
  async release(): Promise<void> {
    await this.#child?.release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]()
  }
}
