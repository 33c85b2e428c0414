import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { type HeaderReading, headerBytes, readHeader } from '../../format/sqlite/header.ts'
import { passOnMachineTrouble, sqliteCodeOf } from './failure.ts'

/** Page cache of one inspection. The kernel has the file too: measured, eight times as much saves nothing. */
const cacheKib = 8 * 1024

interface Opened {
  readonly file: string
  readonly identity: string
  readonly database: DatabaseSync
}

let current: Opened | null = null

/**
 * A connection to one of OUR OWN copies, read-only and `immutable`: no lock, no -wal, no -shm, works on a read-only disk.
 * Kept open for the next question about the same file. No mmap: a file cut short meanwhile would end the process.
 */
export function openCopy(file: string): DatabaseSync {
  const identity = identityOf(file)
  if (current?.file === file && current.identity === identity) return current.database
  current?.database.close()
  current = null
  // Sorters spill here instead of to a /tmp that may be small, or memory.
  process.env.SQLITE_TMPDIR = dirname(file)
  const url = pathToFileURL(file)
  url.search = 'immutable=1'
  const database = new DatabaseSync(url, { readOnly: true, readBigInts: true, timeout: 0, defensive: true })
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON')
  if (isReadable(database)) database.exec(`PRAGMA cache_size = -${cacheKib}`)
  current = { file, identity, database }
  return database
}

/** Some pragmas read the schema first; where that fails, it is for the checks to say why. */
function isReadable(database: DatabaseSync): boolean {
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return true
  } catch (error) {
    passOnMachineTrouble(error)
    if (sqliteCodeOf(error) === null) throw error
    return false
  }
}

export function headerOf(file: string): HeaderReading {
  const fd = openSync(file, 'r')
  try {
    const start = Buffer.alloc(headerBytes)
    const bytes = readSync(fd, start, 0, headerBytes, 0)
    return readHeader(start.subarray(0, bytes), fstatSync(fd).size)
  } finally {
    closeSync(fd)
  }
}

/** A copy made anew under the same name is another file. */
function identityOf(file: string): string {
  const { ino, size, mtimeNs } = statSync(file, { bigint: true })
  return `${ino}:${size}:${mtimeNs}`
}
