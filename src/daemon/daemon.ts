import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { logLine } from '../catalogue/log.ts'
import { makeFolder } from '../disk/draft.ts'
import { tryExclusive } from '../disk/exclusive.ts'
import { PulihError } from '../error.ts'
import { say } from '../message/phrases.ts'
import type { Progress } from '../snapshot/progress.ts'
import { nextRun } from '../time/schedule.ts'
import { isoWithOffset } from '../time/zone.ts'
import { AppOnDisk } from './app-on-disk.ts'
import { Gates } from './gates.ts'
import { Pulse } from './heartbeat.ts'
import { loop } from './loop.ts'
import { readPlace } from './place.ts'
import { ControlServer } from './server.ts'

export interface DaemonOptions {
  /** Its end is the daemon's: the running backup is cancelled cleanly and made up for at the next start. */
  readonly signal: AbortSignal
  readonly progress?: Progress | undefined
  /** Called once it listens. */
  readonly onReady?: (facts: { readonly pid: number; readonly nextRun: string | null }) => void
}

/**
 * Watches over one app until the signal: the timetable, the control socket for hosts, the jobs, the heartbeat. A backup
 * that fails is on record and alerted, and the daemon lives on. Throws daemon.running (exit 5) when there is one already.
 */
export async function runDaemon(first: App, { signal, progress, onReady }: DaemonOptions): Promise<void> {
  using _alone = await beAlone(first)
  const onDisk = new AppOnDisk(first)
  const app = (): App => onDisk.current
  await using pulse = new Pulse(app)
  const next = (): string | null => nextBackup(app())
  const status = () => ({ pid: process.pid, started: pulse.started, doing: pulse.doing, nextRun: next() })
  await using _server = await ControlServer.open({ app, gates: new Gates(app, signal), status, started: pulse.started })
  logLine(first, 'INFO', say(first.language, 'log.daemon-started', { pid: process.pid }))
  onReady?.({ pid: process.pid, nextRun: next() })
  await loop({ app, onDisk, pulse, signal, progress })
  logLine(app(), 'INFO', say(app().language, 'log.daemon-stopped', { pid: process.pid }))
}

/** One daemon per app: the kernel frees its place when it dies, however it dies. */
async function beAlone({ folders: { state } }: App): Promise<Disposable> {
  await makeFolder(state)
  const connection = tryExclusive(join(state, 'daemon.sqlite'))
  if (connection !== null) return { [Symbol.dispose]: () => connection.close() }
  throw new PulihError('daemon.running', { pid: (await readPlace(state))?.pid ?? null })
}

/** ISO with offset; null when the timetable is switched off. */
export function nextBackup({ config, zone, clock }: App): string | null {
  const next = config.enabled ? nextRun(config.schedule, zone, clock.now()) : null
  return next === null ? null : isoWithOffset(next.at, zone)
}
