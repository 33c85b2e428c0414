import { text } from 'node:stream/consumers'
import { openCopy } from '../source/sqlite/own-copy.ts'
import { messageOf, quoted } from '../source/sqlite/sql.ts'
import type { Schema, SchemaItem } from './state.ts'

/** The entry of a child process: reads the schema of one of OUR OWN copies, whose file may be damaged in any way. */
process.umask(0o077)
const file = await text(process.stdin)
process.stdout.write(JSON.stringify(schemaOf(file)))

function schemaOf(path: string): Schema {
  try {
    const database = openCopy(path)
    const rows = database
      .prepare(
        `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
      )
      .all()
    const items = rows.map(
      (row): SchemaItem => ({
        type: String(row.type),
        name: String(row.name),
        sql: String(row.sql ?? ''),
        columns: row.type === 'table' ? columnsOf(String(row.name)) : [],
      }),
    )
    return { items, problem: null }
  } catch (error) {
    return { items: [], problem: messageOf(error) }
  }

  function columnsOf(table: string): string[] {
    try {
      const rows = openCopy(path)
        .prepare(`PRAGMA main.table_xinfo(${quoted(table)})`)
        .all()
      return rows.map((row) => `${row.name} ${row.type}`.trim())
    } catch {
      // A virtual table whose module is not here: its text still says whether it changed.
      return []
    }
  }
}
