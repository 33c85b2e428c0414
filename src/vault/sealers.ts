import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Repository } from './repository.ts'
import { type PlainBatch, type SealedBatch, sealBatch } from './seal-batch.ts'

const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url))

/** A thread takes a tenth of a second to start: less than this is sealed here. */
const threadsFromBytes = 12 << 20
const maxThreads = 2

/**
 * Seals batches: on this thread at first, on others once there is enough to do. Several batches may be asked for at
 * once; each answer comes when it is ready. A batch's bytes belong to the sealer from then on.
 */
export class Sealers implements AsyncDisposable {
  readonly #repository: Repository
  readonly #threads: Worker[] = []
  readonly #queues = new Map<Worker, Promise<unknown>>()
  #bytes = 0
  #turn = 0

  constructor(repository: Repository) {
    this.#repository = repository
  }

  /** How many batches are worth having under way. */
  get width(): number {
    return this.#threads.length === 0 ? 1 : this.#threads.length * 2
  }

  async seal(batch: PlainBatch): Promise<SealedBatch> {
    this.#bytes += batch.bytes.length
    if (this.#bytes > threadsFromBytes && this.#threads.length === 0) this.#start()
    const { sealer, config } = this.#repository
    if (this.#threads.length === 0) return sealBatch(sealer, config.version, batch)
    const thread = this.#threads[this.#turn++ % this.#threads.length] as Worker
    const before = this.#queues.get(thread) ?? Promise.resolve()
    const answer = before.then(() => ask(thread, batch))
    this.#queues.set(
      thread,
      answer.catch(() => {
        // Its error is with whoever asked; the next batch of this thread fails by itself if it has to.
      }),
    )
    return answer
  }

  #start(): void {
    const { key, config } = this.#repository
    const workerData = { keys: key.keys, version: config.version }
    const count = Math.min(maxThreads, availableParallelism())
    for (let number = 0; number < count; number++) {
      const thread = new Worker(entry, { workerData, resourceLimits: { maxOldGenerationSizeMb: 64 } })
      thread.unref()
      this.#threads.push(thread)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }
}

async function ask(thread: Worker, batch: PlainBatch): Promise<SealedBatch> {
  // An 'error' of the thread rejects this.
  const answer = once(thread, 'message')
  thread.postMessage(batch, [batch.bytes.buffer])
  const [sealed] = (await answer) as [SealedBatch]
  return sealed
}
