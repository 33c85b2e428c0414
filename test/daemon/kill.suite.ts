import assert from 'node:assert/strict'
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Dice } from '../../bench/dice.ts'
import type { App } from '../../src/app/app.ts'
import { openApp } from '../../src/app/open.ts'
import { listBackups } from '../../src/catalogue/catalogue.ts'
import { readSlots } from '../../src/daemon/slots.ts'
import { systemClock } from '../../src/time/clock.ts'
import { nextRun } from '../../src/time/schedule.ts'
import { makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

const child = join(import.meta.dirname, 'timetable-child.ts')

/**
 * A daemon's timetable over many days, killed with SIGKILL at random moments around its slots: each slot has exactly one
 * backup, proven. Answers how often it was killed.
 */
export async function killedOver(slots: number, seed: number): Promise<number> {
  using folder = tempFolder()
  const { path } = makeApp(folder.join('bot'), { mb: 0.05, config: { time_zone: 'America/New_York' } })
  const clock = new ClockFile(folder.join('clock'), Date.parse('2025-02-01T12:00:00-05:00'))
  const app = await openApp({ dir: path, clock: { ...systemClock, now: () => clock.now } })
  const dice = new Dice(seed)
  let kills = 0
  await using daemon = new Daemon(path, clock.path)
  await daemon.start()
  await until(async () => (await readSlots(app)).sinceMs > 0)
  for (let day = 0; day < slots; day++) {
    const slot = nextRun(app.config.schedule, app.zone, clock.now)
    assert.ok(slot !== null)
    clock.set(slot.at + dice.below(3 * 3_600_000))
    while (dice.chance(0.6)) {
      await sleep(dice.below(400))
      await daemon.kill()
      kills++
      await daemon.start()
    }
    await until(async () => (await readSlots(app)).done.includes(slot.at))
    await sleep(20)
    const made = await madeSince(app, slot.at)
    assert.deepEqual(made, ['proven'], `slot ${day} (${new Date(slot.at).toISOString()}): ${made}`)
  }
  return kills
}

/** One slot, killed at a fail point of it: begun again, it has exactly one backup, proven. */
export async function killedAt(failpoint: string): Promise<void> {
  using folder = tempFolder()
  const { path } = makeApp(folder.join('bot'), { mb: 0.05, config: { time_zone: 'Asia/Jakarta' } })
  const clock = new ClockFile(folder.join('clock'), Date.parse('2025-02-01T12:00:00+07:00'))
  const app = await openApp({ dir: path, clock: { ...systemClock, now: () => clock.now } })
  await using daemon = new Daemon(path, clock.path)
  const killed = await daemon.start({ PULIH_FAILPOINT: failpoint })
  await until(async () => (await readSlots(app)).sinceMs > 0)
  const slot = nextRun(app.config.schedule, app.zone, clock.now)
  assert.ok(slot !== null)
  const ended = once(killed, 'exit')
  clock.set(slot.at)
  assert.deepEqual(await ended, [null, 'SIGKILL'])
  await daemon.start()
  await until(async () => (await readSlots(app)).done.includes(slot.at))
  assert.deepEqual(await madeSince(app, slot.at), ['proven'])
}

/** States of the scheduled backups of one slot: the next one is later than any of them. */
async function madeSince(app: App, at: number): Promise<string[]> {
  const scheduled = (await listBackups(app)).filter((one) => one.type === 'scheduled' && one.createdMs >= at)
  return scheduled.map(({ state }) => state)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('waited a minute')
    await sleep(10)
  }
}

class ClockFile {
  readonly path: string
  now: number

  constructor(path: string, startMs: number) {
    this.path = path
    this.now = startMs
    this.set(startMs)
  }

  set(ms: number): void {
    this.now = ms
    writeFileSync(`${this.path}.new`, String(ms))
    renameSync(`${this.path}.new`, this.path)
  }
}

class Daemon implements AsyncDisposable {
  readonly #words: readonly string[]
  #process: ChildProcess | null = null

  constructor(app: string, clock: string) {
    this.#words = [child, app, clock]
  }

  /** Does not wait until it is ready: the next kill may well find it starting. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
    const stdio: StdioOptions = ['pipe', 'ignore', 'inherit']
    const started = spawn(process.execPath, this.#words, { stdio, env: { ...process.env, ...env } })
    this.#process = started
    await once(started, 'spawn')
    return started
  }

  async kill(): Promise<void> {
    const running = this.#process
    if (running === null || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
