import { countField, fieldsOf, textField } from './unpacked.ts'

/** Who works in the repository: many that add or read, or exactly one that removes. */
export interface LockFile {
  readonly time: string
  readonly exclusive: boolean
  readonly hostname: string
  readonly username: string
  readonly pid: number
  /** Ours only; restic ignores the field. `<pid>-<start>`: tells our dead process from a new one with its number. */
  readonly pulih: string | null
}

export function writeLock(lock: LockFile): string {
  const { time, exclusive, hostname, username, pid, pulih } = lock
  return JSON.stringify({ time, exclusive, hostname, username, pid, pulih: pulih ?? undefined })
}

export function readLock(json: unknown): LockFile {
  const fields = fieldsOf(json, 'lock')
  return {
    time: textField(fields, 'time'),
    exclusive: fields.exclusive === true,
    hostname: textField(fields, 'hostname'),
    username: textField(fields, 'username'),
    pid: countField(fields, 'pid'),
    pulih: typeof fields.pulih === 'string' ? fields.pulih : null,
  }
}
