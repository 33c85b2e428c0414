import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { writeDurably } from '../disk/draft.ts'
import { isAlive, selfIdentity } from '../disk/process.ts'
import { errnoOf, PulihError } from '../error.ts'

/** `.pulih/run.json`: who supervises this app's bot. A killed supervisor leaves it; its process is gone then. */
export interface Supervisor {
  readonly version: 1
  readonly pid: number
  readonly process: string
  /** Null while the bot is held or between two runs. */
  readonly bot: number | null
}

const waitMs = 60_000

/** Who supervises this app now; null: nobody. */
export async function supervisorOf(app: App): Promise<Supervisor | null> {
  try {
    const found = JSON.parse(await readFile(notePath(app), 'utf8')) as Partial<Supervisor>
    const known = found.version === 1 && typeof found.process === 'string' && isAlive(found.process)
    return known ? (found as Supervisor) : null
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

export async function writeSupervisor(app: App, bot: number | null): Promise<void> {
  const note: Supervisor = { version: 1, pid: process.pid, process: selfIdentity(), bot }
  await writeDurably(notePath(app), `${JSON.stringify(note)}\n`)
}

export async function removeSupervisor(app: App): Promise<void> {
  await rm(notePath(app), { force: true })
}

/** Asks for the bot to be stopped, and kept stopped until `resume`. Resolves when it is; throws run.none, run.deaf. */
export async function hold(app: App): Promise<void> {
  if ((await supervisorOf(app)) === null) throw new PulihError('run.none', { folder: app.folders.app })
  await writeDurably(holdPath(app), `${selfIdentity()}\n`)
  await untilBot(app, (bot) => bot === null)
}

/** Lets the bot start again. Resolves when it runs; throws run.none, run.deaf. */
export async function resume(app: App): Promise<void> {
  await forgetHold(app)
  if ((await supervisorOf(app)) === null) throw new PulihError('run.none', { folder: app.folders.app })
  await untilBot(app, (bot) => bot !== null)
}

/** A wish left by a run that was killed counts no more once somebody starts the bot. */
export async function forgetHold(app: App): Promise<void> {
  await rm(holdPath(app), { force: true })
}

/** True while somebody (a restore) wants the bot stopped. */
export function isHeld(app: App): boolean {
  return existsSync(holdPath(app))
}

async function untilBot(app: App, isThere: (bot: number | null) => boolean): Promise<void> {
  const until = app.clock.steady() + waitMs
  for (;;) {
    const supervisor = await supervisorOf(app)
    if (supervisor === null) throw new PulihError('run.none', { folder: app.folders.app })
    if (isThere(supervisor.bot)) return
    if (app.clock.steady() > until) throw new PulihError('run.deaf', { pid: supervisor.pid, seconds: waitMs / 1000 })
    await app.clock.sleep(100)
  }
}

function notePath(app: App): string {
  return join(app.folders.state, 'run.json')
}

function holdPath(app: App): string {
  return join(app.folders.state, 'run-hold')
}
