import { readFileSync } from 'node:fs'

/**
 * A process by more than its number, which the system uses again: `<pid>-<start>`, the start in clock ticks since boot
 * (0 where there is no `/proc`). Used to tell whether whoever began something is still there.
 */
export type ProcessIdentity = string

let own: ProcessIdentity | undefined

/** This process. */
export function selfIdentity(): ProcessIdentity {
  own ??= `${process.pid}-${startOf(process.pid) ?? 0}`
  return own
}

/** Another process that runs now; null when it is gone. */
export function identityOf(pid: number): ProcessIdentity | null {
  const started = startOf(pid)
  return started === null ? null : `${pid}-${started}`
}

/** True while exactly that process runs; a number that somebody else has now, or a zombie, is not it. */
export function isAlive(identity: ProcessIdentity): boolean {
  const match = /^(\d+)-(\d+)$/.exec(identity)
  if (match === null) return false
  const pid = Number(match[1])
  const started = Number(match[2])
  if (!answers(pid)) return false
  return started === 0 || startOf(pid) === started
}

/** Field 22 of `/proc/<pid>/stat`; the name in field 2 may hold spaces and brackets. Null: gone, a zombie, or no `/proc`. */
function startOf(pid: number): number | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    // No such process, or a system without /proc: both mean "nothing to compare with".
    return null
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const dead = fields[0] === 'Z' || fields[0] === 'X'
  return dead ? null : Number(fields[19])
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
