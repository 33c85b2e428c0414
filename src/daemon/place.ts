import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../error.ts'

/** How clients find the daemon of an app: `.pulih/daemon.json`, there while one listens (and after one was killed). */
export interface DaemonPlace {
  readonly version: 1
  readonly pid: number
  /** `<pid>-<start>`, see disk/process.ts: exactly that process. */
  readonly process: string
  /** Absolute path of the Unix socket. */
  readonly socket: string
  /** ISO with offset. */
  readonly started: string
}

export function placePath(state: string): string {
  return join(state, 'daemon.json')
}

/** Null when no daemon ever listened, or the last one ended cleanly. A killed one leaves it: its socket then refuses. */
export async function readPlace(state: string): Promise<DaemonPlace | null> {
  let text: string
  try {
    text = await readFile(placePath(state), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
  return parsePlace(text)
}

/** Also null for a text that makes no sense: written by something else, it names no daemon of ours. */
function parsePlace(text: string): DaemonPlace | null {
  try {
    const value = JSON.parse(text) as Partial<DaemonPlace>
    if (value.version !== 1 || typeof value.pid !== 'number' || typeof value.socket !== 'string') return null
    return value as DaemonPlace
  } catch {
    return null
  }
}
