import { existsSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SourceFailure } from './failure.ts'

/**
 * Lets SQLite finish what a killed writer left, on OUR OWN copy of database and side file: a WAL is written back, a hot
 * journal rolled back. Afterwards the copy is one whole file. A journal that belongs to a commit over several databases
 * names a super-journal by its absolute path; SQLite asks for that file and so decides as it would in place, and leaves
 * it there because the journals in place still name it.
 */
export function recover(file: string): null {
  SourceFailure.during(file, () => {
    const database = new DatabaseSync(file, { timeout: 0 })
    try {
      database.prepare('PRAGMA user_version').get()
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      database.close()
    }
  })
  rmSync(`${file}-shm`, { force: true })
  for (const side of [`${file}-wal`, `${file}-journal`]) {
    if (existsSync(side)) throw new SourceFailure(file, null, `${side} is still there after recovery`)
  }
  return null
}
