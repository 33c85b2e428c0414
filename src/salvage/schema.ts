import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { Value } from '../format/sqlite/record.ts'
import type { Pages } from './pages.ts'
import type { SchemaObject } from './protocol.ts'
import { type Fault, walkTree } from './tree.ts'

const types = new Set(['table', 'index', 'view', 'trigger'])

/** The schema table on page 1 of a damaged file; rows that make no sense are faults. */
export function schemaOfPages(pages: Pages, faults: Fault[], onPage: (page: number) => void): SchemaObject[] {
  const objects: SchemaObject[] = []
  for (const { values, sound } of walkTree(pages, 1, { isTable: true, faults, onPage })) {
    const object = sound ? objectOf(values) : null
    if (object === null || object.root > pages.count)
      faults.push({ page: 1, detail: 'a row of the schema is unreadable' })
    else objects.push(object)
  }
  return objects
}

function objectOf([type, name, table, root, sql]: readonly Value[]): SchemaObject | null {
  if (typeof type !== 'string' || !types.has(type) || typeof name !== 'string' || typeof table !== 'string') return null
  if (typeof sql !== 'string' && sql !== null) return null
  if (sql !== null && sql !== undefined && !/^create\s/i.test(sql)) return null
  const number = typeof root === 'bigint' ? Number(root) : 0
  return { type: type as SchemaObject['type'], name, table, root: number, sql: sql ?? null }
}

/** One of our own closed copies, so that nothing appears beside it. */
export function openImmutable(file: string): DatabaseSync {
  return new DatabaseSync(`${pathToFileURL(file)}?immutable=1`, { readOnly: true })
}

export function schemaOfBackup(file: string): SchemaObject[] {
  if (!existsSync(file)) return []
  using db = openImmutable(file)
  const rows = db.prepare('SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY rowid').all()
  return rows.map((row) => ({
    type: String(row.type) as SchemaObject['type'],
    name: String(row.name),
    table: String(row.tbl_name),
    root: Number(row.rootpage ?? 0),
    sql: row.sql === null ? null : String(row.sql),
  }))
}

export function isVirtual({ sql }: SchemaObject): boolean {
  return /^create\s+virtual\b/i.test(sql ?? '')
}

/** Tables the app made, shadow tables of virtual ones included; and the counters behind AUTOINCREMENT. */
export function realTables(objects: readonly SchemaObject[]): SchemaObject[] {
  return objects.filter((one) => one.type === 'table' && !isVirtual(one) && !/^sqlite_/i.test(one.name))
}
