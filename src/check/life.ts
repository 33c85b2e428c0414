import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { isAlive } from '../disk/process.ts'
import { errnoOf } from '../error.ts'

/** What is known about the daemon of an app, from the outside. */
export interface DaemonLife {
  /** Alive and not hung: exactly that process runs and its heart beat within five minutes. */
  readonly running: boolean
  readonly pid: number | null
  /** ISO with offset; null when no daemon was ever seen here. */
  readonly heartbeat: string | null
  readonly ageMs: number | null
  /** One was seen before. */
  readonly expected: boolean
  /** When it ended on purpose; null while it runs, or when it died. */
  readonly stopped: string | null
}

export const staleMs = 5 * 60_000

const unseen: DaemonLife = { running: false, pid: null, heartbeat: null, ageMs: null, expected: false, stopped: null }

export async function daemonLife(app: App): Promise<DaemonLife> {
  const beat = await readBeat(join(app.folders.state, 'heartbeat.json'))
  if (beat === null) return unseen
  const ageMs = app.clock.now() - Date.parse(beat.at)
  const alive = beat.stopped === null && isAlive(beat.process)
  // A heart that beat in the future: the clock was set back meanwhile; then only the process counts.
  const running = alive && ageMs <= staleMs
  const { pid, at, stopped } = beat
  return { running, pid, heartbeat: at, ageMs: Math.max(0, ageMs), expected: true, stopped }
}

interface Beat {
  readonly pid: number
  readonly process: string
  readonly at: string
  readonly stopped: string | null
}

/** Null when there is none. One that cannot be understood counts as beating at the beginning of time: silent. */
async function readBeat(path: string): Promise<Beat | null> {
  try {
    const { pid, process, at, stopped } = JSON.parse(await readFile(path, 'utf8')) as Partial<Beat>
    if (typeof pid === 'number' && typeof at === 'string' && !Number.isNaN(Date.parse(at)))
      return { pid, process: process ?? `${pid}-0`, at, stopped: stopped ?? null }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
  }
  return { pid: 0, process: '', at: '1970-01-01T00:00:00.000Z', stopped: null }
}
