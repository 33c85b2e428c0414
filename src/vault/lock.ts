import { isPulihError, PulihError } from '../error.ts'
import type { Id } from '../format/restic/id.ts'
import { type LockFile, readLock, writeLock } from '../format/restic/lock-file.ts'
import { goTime, parseGoTime } from '../format/restic/time.ts'
import type { Clock } from '../time/clock.ts'
import { isCertainlyDead, isFromOtherBoot, ownMark, whoAmI } from './machine.ts'
import type { Repository } from './repository.ts'

const minuteMs = 60_000
/** restic's own numbers: refreshed every five minutes, given up after 22.5, called stale after 30. */
const refreshMs = 5 * minuteMs
const lostMs = 22.5 * minuteMs
const staleMs = 30 * minuteMs
const settleMs = 200

export interface LockOptions {
  /** Removing and rewriting need it; adding and reading do not. */
  readonly exclusive: boolean
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

export interface HeldLock {
  readonly id: Id
  readonly lock: LockFile
}

/**
 * A lock as restic takes it: any number of shared ones, or one exclusive. Locks that dead processes of ours left are
 * removed on the way; everybody else's are honoured: throws vault.busy (exit 5). Refreshed until disposed; `signal`
 * aborts with vault.lock-lost when that fails for too long, and whoever works under the lock must stop then.
 */
export class VaultLock implements AsyncDisposable {
  readonly signal: AbortSignal
  readonly #repository: Repository
  readonly #options: LockOptions
  readonly #lost = new AbortController()
  #id: Id
  #refreshedMs: number
  #timer: NodeJS.Timeout | undefined
  #refreshing: Promise<void> = Promise.resolve()

  private constructor(repository: Repository, options: LockOptions, id: Id) {
    this.#repository = repository
    this.#options = options
    this.#id = id
    this.#refreshedMs = options.clock.steady()
    const { signal } = this.#lost
    this.signal = options.signal === undefined ? signal : AbortSignal.any([options.signal, signal])
    this.#timer = setInterval(() => this.#tick(), refreshMs)
    this.#timer.unref()
  }

  static async acquire(repository: Repository, options: LockOptions): Promise<VaultLock> {
    refuseConflict(await healedLocks(repository, options), options.exclusive)
    const id = await repository.writeJson('locks', lockText(options), options.signal)
    try {
      // Whoever looked at the same moment sees ours now, as we see theirs: then both give way.
      await options.clock.sleep(settleMs, options.signal)
      const others = (await readLocks(repository, options.signal)).filter((held) => held.id !== id)
      refuseConflict(others, options.exclusive)
      return new VaultLock(repository, options, id)
    } catch (error) {
      await repository.backend.remove({ kind: 'locks', name: id })
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#refreshing
    await this.#repository.backend.remove({ kind: 'locks', name: this.#id })
  }

  #tick(): void {
    this.#refreshing = this.#refreshing.then(() => this.#refresh())
  }

  /** A new file, then the old one goes; a failure is tried again at the next tick until the lock counts as lost. */
  async #refresh(): Promise<void> {
    if (this.#timer === undefined) return
    const { clock } = this.#options
    try {
      await this.#refuseLate()
      const next = await this.#repository.writeJson('locks', lockText(this.#options))
      const last = this.#id
      this.#id = next
      this.#refreshedMs = clock.steady()
      await this.#repository.backend.remove({ kind: 'locks', name: last })
    } catch (error) {
      if (isPulihError(error, 'vault.lock-lost') || clock.steady() - this.#refreshedMs > lostMs)
        this.#lost.abort(new PulihError('vault.lock-lost', undefined, { cause: error }))
    }
  }

  /** After a long pause (a laptop asleep) somebody may have declared us dead and gone to work. */
  async #refuseLate(): Promise<void> {
    if (this.#options.clock.steady() - this.#refreshedMs < lostMs) return
    try {
      await this.#repository.backend.size({ kind: 'locks', name: this.#id })
    } catch (error) {
      throw new PulihError('vault.lock-lost', undefined, { cause: error })
    }
  }
}

function lockText(options: LockOptions): string {
  const time = goTime(options.clock.now())
  return writeLock({ time, exclusive: options.exclusive, ...whoAmI(), pid: process.pid, pulih: ownMark() })
}

function refuseConflict(others: readonly HeldLock[], exclusive: boolean): void {
  const conflict = others.find(({ lock }) => exclusive || lock.exclusive)
  if (conflict === undefined) return
  const { hostname: host, pid, time: since, exclusive: theirs } = conflict.lock
  throw new PulihError('vault.busy', { host, pid, since, exclusive: theirs })
}

/** Every lock there is. Empty files (an interrupted upload) and files that go away meanwhile do not count. */
export async function readLocks(repository: Repository, signal?: AbortSignal): Promise<readonly HeldLock[]> {
  const held: HeldLock[] = []
  for await (const { name, bytes } of repository.backend.list('locks', signal)) {
    const lock = bytes === 0 ? null : await readHeld(repository, name, signal)
    if (lock !== null) held.push({ id: name as Id, lock })
  }
  return held
}

async function readHeld(repository: Repository, name: string, signal?: AbortSignal): Promise<LockFile | null> {
  try {
    return readLock(await repository.readJson('locks', name, signal))
  } catch (error) {
    if (isPulihError(error, 'backend.missing')) return null
    if (!isPulihError(error, 'vault.damaged')) throw error
    throw new PulihError('vault.lock-unreadable', { name, detail: error.facts.detail }, { cause: error })
  }
}

/** The locks that are left after our own dead processes' ones were removed. */
async function healedLocks(repository: Repository, options: LockOptions): Promise<readonly HeldLock[]> {
  const held = await readLocks(repository, options.signal)
  const dead = held.filter(({ lock }) => isOursAndDead(lock, options.clock.now()))
  for (const { id } of dead) await repository.backend.remove({ kind: 'locks', name: id }, options.signal)
  return held.filter((one) => !dead.includes(one))
}

/**
 * Only locks we wrote: of a process this machine can see to be gone; of this host before it was started anew and not
 * refreshed since; or older than restic lets any lock grow.
 */
export function isOursAndDead(lock: LockFile, nowMs: number): boolean {
  if (lock.pulih === null) return false
  const ageMs = nowMs - parseGoTime(lock.time)
  const before = lock.hostname === whoAmI().hostname && isFromOtherBoot(lock.pulih) && ageMs > 2 * refreshMs
  return isCertainlyDead(lock.pulih) || before || ageMs > staleMs
}

/** restic's rule for anybody's lock: older than half an hour, or of a process of this host that does not exist. */
export function isStale(lock: LockFile, nowMs: number): boolean {
  if (lock.pulih !== null && isOursAndDead(lock, nowMs)) return true
  const here = lock.hostname === whoAmI().hostname
  return nowMs - parseGoTime(lock.time) > staleMs || (here && lock.pulih === null && !processExists(lock.pid))
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes stale locks, or all of them; answers how many went and which stay. */
export async function unlock(
  repository: Repository,
  options: { readonly all: boolean; readonly nowMs: number },
): Promise<{ readonly removed: number; readonly left: readonly HeldLock[] }> {
  const left: HeldLock[] = []
  let removed = 0
  for await (const { name, bytes } of repository.backend.list('locks')) {
    const lock = options.all || bytes === 0 ? null : await readHeld(repository, name)
    if (lock !== null && !isStale(lock, options.nowMs)) {
      left.push({ id: name as Id, lock })
      continue
    }
    await repository.backend.remove({ kind: 'locks', name })
    removed++
  }
  return { removed, left }
}
