import { DatabaseSync } from 'node:sqlite'
import { SourceFailure } from './failure.ts'
import type { LivePath } from './protocol.ts'
import { quoted } from './sql.ts'

/**
 * Rows per table of a live database, in the child process only: a read-only connection, one short read after another, so
 * that no writer waits for all of them. Virtual tables are null: counting one may run an extension's code.
 */
export function count({ path, absolute }: LivePath): Record<string, number | null> {
  return SourceFailure.during(path, () => {
    using database = new DatabaseSync(absolute, { readOnly: true, timeout: 250 })
    const tables = database.prepare('PRAGMA main.table_list').all()
    const own = tables.filter(({ schema, type, name }) => schema === 'main' && type !== 'view' && isOfApp(String(name)))
    return Object.fromEntries(
      own.map(({ name, type }) => [String(name), type === 'virtual' ? null : rowsOf(database, String(name))]),
    )
  })
}

function isOfApp(name: string): boolean {
  return !name.startsWith('sqlite_')
}

function rowsOf(database: DatabaseSync, table: string): number {
  return Number(database.prepare(`SELECT count(*) AS rows FROM main.${quoted(table)}`).get()?.rows)
}
