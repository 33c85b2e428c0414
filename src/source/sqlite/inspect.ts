import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { SqliteHeader } from '../../format/sqlite/header.ts'
import { passOnMachineTrouble, requirePagesRead, sqliteCodeOf } from './failure.ts'
import type { Inspection, InspectRequest } from './inspection.ts'
import { headerOf, openCopy } from './own-copy.ts'
import { messageOf, quoted } from './sql.ts'
import { recordTables } from './tables.ts'

type Request = Omit<InspectRequest, 'invariants'>

const maxLines = 100

/** SQLite's general error: a name it does not know. Damage has codes of its own. */
const unknownName = 1

/** Looks at one of our own copies as asked. Whatever is wrong with it is in the answer; only what is wrong here is thrown. */
export function inspect(file: string, request: Request): Inspection {
  const reading = headerOf(file)
  if (reading.kind === 'sqlite') return look(openCopy(file), reading.header, request)
  const line = reading.kind === 'damaged' ? `header: ${reading.detail}` : 'file is not a database'
  return {
    ...factsOf(noHeader),
    schemaSha256: '',
    sqliteVersion: process.versions.sqlite ?? '',
    quickCheck: request.quick === true ? [line] : null,
    integrity: request.integrity === undefined || request.integrity === false ? null : [line],
    foreignKeys: request.foreignKeys === true ? {} : null,
    tables: request.tables === true ? {} : null,
    invariants: null,
    tableNames: [],
    unseen: [],
  }
}

const noHeader: Pick<
  SqliteHeader,
  'pageSize' | 'pages' | 'journalMode' | 'encoding' | 'userVersion' | 'applicationId'
> = { pageSize: 0, pages: 0, journalMode: 'rollback', encoding: 'UTF-8', userVersion: 0, applicationId: 0 }

function factsOf(header: typeof noHeader): typeof noHeader {
  const { pageSize, pages, journalMode, encoding, userVersion, applicationId } = header
  return { pageSize, pages, journalMode, encoding, userVersion, applicationId }
}

function look(database: DatabaseSync, header: SqliteHeader, request: Request): Inspection {
  const unseen: string[] = []
  const schema = schemaOf(database)
  const tableNames = schema?.names ?? []
  return {
    ...factsOf(header),
    schemaSha256: schema?.sha256 ?? '',
    sqliteVersion: process.versions.sqlite ?? '',
    quickCheck: request.quick === true ? check(database, 'quick_check', tableNames, unseen) : null,
    integrity: fullCheck(database, request.integrity, tableNames, unseen),
    foreignKeys: request.foreignKeys !== true ? null : schema === null ? {} : foreignKeys(database, tableNames, unseen),
    tables: request.tables !== true ? null : schema === null ? {} : recordTables(database, unseen),
    invariants: null,
    tableNames,
    unseen,
  }
}

/** Null when it cannot be read; the checks fail then too, and say why in SQLite's own words. */
function schemaOf(database: DatabaseSync): { readonly names: readonly string[]; readonly sha256: string } | null {
  try {
    return { names: namesIn(database), sha256: schemaHash(database) }
  } catch (error) {
    passOnMachineTrouble(error)
    if (sqliteCodeOf(error) === null) throw error
    return null
  }
}

function namesIn(database: DatabaseSync): string[] {
  const rows = database.prepare('PRAGMA main.table_list').all()
  return rows
    .filter((row) => row.schema === 'main' && row.type !== 'view' && row.name !== 'sqlite_schema')
    .map((row) => String(row.name))
    .sort()
}

/** Statistics come and go with ANALYZE and are no part of what the app declared. */
function schemaHash(database: DatabaseSync): string {
  const hash = createHash('sha256')
  const rows = database.prepare(
    `SELECT type, name, tbl_name, sql FROM sqlite_schema
     WHERE tbl_name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\' ORDER BY type, name, tbl_name`,
  )
  for (const { type, name, tbl_name, sql } of rows.iterate()) {
    hash.update(`${JSON.stringify([type, name, tbl_name, sql])}\n`)
  }
  return hash.digest('hex')
}

function fullCheck(
  database: DatabaseSync,
  asked: Request['integrity'],
  names: readonly string[],
  unseen: string[],
): string[] | null {
  if (asked === undefined || asked === false) return null
  if (asked === true) return check(database, 'integrity_check', names, unseen)
  return asked.tables.flatMap((table) => checkTable(database, 'integrity_check', table, unseen)).slice(0, maxLines)
}

type Check = 'quick_check' | 'integrity_check'

/**
 * The whole file at once. A collation, function or module that only the app has makes SQLite refuse the whole pragma;
 * that is no damage: then table by table, and those that need it are named as unseen.
 */
function check(database: DatabaseSync, pragma: Check, names: readonly string[], unseen: string[]): string[] {
  try {
    return linesOf(database, `PRAGMA main.${pragma}(${maxLines})`)
  } catch (error) {
    passOnMachineTrouble(error)
    if (sqliteCodeOf(error) !== unknownName || names.length === 0) return [messageOf(error)]
    return names.flatMap((table) => checkTable(database, pragma, table, unseen)).slice(0, maxLines)
  }
}

function checkTable(database: DatabaseSync, pragma: Check, table: string, unseen: string[]): string[] {
  try {
    return linesOf(database, `PRAGMA main.${pragma}(${quoted(table)})`)
  } catch (error) {
    passOnMachineTrouble(error)
    if (sqliteCodeOf(error) !== unknownName) return [`${table}: ${messageOf(error)}`]
    unseen.push(`${table}: ${messageOf(error)}`)
    return []
  }
}

function linesOf(database: DatabaseSync, sql: string): string[] {
  const lines = database
    .prepare(sql)
    .all()
    .map((row) => String(Object.values(row)[0]))
  requirePagesRead(lines)
  return lines.length === 1 && lines[0] === 'ok' ? [] : lines
}

function foreignKeys(database: DatabaseSync, names: readonly string[], unseen: string[]): Record<string, number> {
  try {
    return countViolations(database, '')
  } catch (error) {
    passOnMachineTrouble(error)
    // One declaration SQLite cannot follow (parent without a unique key) must not hide the others.
    return Object.assign({}, ...names.map((table) => violationsOf(database, table, unseen)))
  }
}

function violationsOf(database: DatabaseSync, table: string, unseen: string[]): Record<string, number> {
  try {
    return countViolations(database, `(${quoted(table)})`)
  } catch (error) {
    passOnMachineTrouble(error)
    unseen.push(`${table}: ${messageOf(error)}`)
    return {}
  }
}

function countViolations(database: DatabaseSync, of: string): Record<string, number> {
  const rows = database.prepare(`PRAGMA main.foreign_key_check${of}`)
  const counts = new Map<string, number>()
  for (const row of rows.iterate()) {
    const table = String(row.table)
    counts.set(table, (counts.get(table) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}
