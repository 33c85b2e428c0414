import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { isAlive, selfIdentity } from '../disk/process.ts'

/**
 * Which process on which running machine a lock of ours belongs to: `<boot>/<process namespace>/<pid>-<start>`. Two
 * containers may share a host name and process numbers; they do not share this.
 */
export function ownMark(): string {
  return `${scope()}/${selfIdentity()}`
}

/** True when the mark is of a process that this machine can see to be gone. */
export function isCertainlyDead(mark: string): boolean {
  const at = mark.lastIndexOf('/')
  return mark.slice(0, at) === scope() && !isAlive(mark.slice(at + 1))
}

/** True when the mark is of this machine before it was started anew (or of another one). */
export function isFromOtherBoot(mark: string): boolean {
  return mark.split('/')[0] !== bootId()
}

function scope(): string {
  return `${bootId()}/${processNamespace()}`
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // No such file outside Linux: the host's name must do.
    return hostname()
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    // No namespaces outside Linux.
    return '0'
  }
}

/** Who writes key files, locks and snapshots. */
export function whoAmI(): { readonly username: string; readonly hostname: string } {
  try {
    return { username: userInfo().username, hostname: hostname() }
  } catch {
    // A user without an entry in the user list has no name; none is needed.
    return { username: '', hostname: hostname() }
  }
}
