import { blockBytes } from '../format/zip/deflate-blocks.ts'
import { unsafePath } from '../format/zip/name.ts'
import type { Finding } from '../snapshot/finding.ts'
import type {
  BlockTable,
  DatabaseRecord,
  FileRecord,
  InvariantRecord,
  LeftOut,
  Manifest,
  StoredEntry,
  TableRecord,
} from '../snapshot/manifest.ts'
import { unpackBlocks } from './block-table.ts'
import {
  boolean,
  count,
  integer,
  isObject,
  listOf,
  matching,
  milliseconds,
  moment,
  nullable,
  object,
  oneOf,
  type Rule,
  recordOf,
  rule,
  sha256,
  text,
} from './rule.ts'

/** A manifest that holds to its shape, or every reason why it does not (`manifest-invalid`). */
export type ParsedManifest =
  | { readonly manifest: Manifest; readonly findings: readonly [] }
  | { readonly manifest: null; readonly findings: readonly Finding[] }

/** True for the manifest of an archive of ours, of any version and however damaged. */
export function isOwnManifest(value: unknown): boolean {
  return isObject(value) && value.format === 'pulih-archive'
}

/** Strict: shapes, safe paths, no path twice, block tables that fit. Unknown keys are let through untouched. */
export function parseManifest(value: unknown): ParsedManifest {
  const problems: string[] = []
  if (isObject(value) && Number(value.version) > 1) {
    problems.push(`version ${value.version} was written by a newer pulih`)
  } else {
    manifestRule(value, 'manifest', problems)
  }
  if (problems.length === 0) {
    const manifest = value as Manifest
    problems.push(...repeated(manifest), ...badTables(manifest))
    if (problems.length === 0) return { manifest, findings: [] }
  }
  const findings = problems.slice(0, 20).map((detail): Finding => ({ code: 'manifest-invalid', path: null, detail }))
  return { manifest: null, findings }
}

const path: Rule = rule('a safe relative path', (value) => typeof value === 'string' && unsafePath(value) === null)
const name = matching('a backup name', /^[A-Za-z0-9._-]{1,200}$/)
const base64 = matching('base64', /^[A-Za-z0-9+/]*={0,2}$/)
const positive = rule('a whole number from 1', (value) => Number.isSafeInteger(value) && Number(value) >= 1)
const mode = rule('permission bits', (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0o777)
const pageSize = rule('a page size', (value) =>
  [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536].includes(Number(value)),
)

const stored = object<StoredEntry['stored']>({ bytes: count, sha256 })
const entry = { path, bytes: count, sha256, stored }
const table = object<TableRecord>({
  rows: count,
  maxRowid: nullable(matching('a rowid', /^-?\d{1,19}$/)),
  newest: nullable(text),
})

const database = object<DatabaseRecord>({
  ...entry,
  pageSize,
  pages: count,
  journalMode: oneOf('wal', 'rollback'),
  encoding: oneOf('UTF-8', 'UTF-16le', 'UTF-16be'),
  userVersion: integer,
  applicationId: integer,
  schemaSha256: sha256,
  quickCheck: oneOf('ok'),
  foreignKeys: recordOf(count),
  tables: recordOf(table),
  invariants: listOf(object<InvariantRecord>({ name: text, violations: count, baseline: count })),
  blocks: object<BlockTable>({ sizeBytes: oneOf(blockBytes), sha256: base64, lengths: base64 }),
})

const file = object<FileRecord>({
  ...entry,
  kind: oneOf('file'),
  mode,
  mtimeMs: rule('a time', (value) => Number.isFinite(value)),
  secret: boolean,
})

const manifestRule = object<Manifest>({
  format: oneOf('pulih-archive'),
  version: oneOf(1),
  name,
  type: name,
  label: nullable(name),
  reason: nullable(text),
  trigger: text,
  sequence: positive,
  created: moment,
  capture: object<Manifest['capture']>({ from: moment, to: moment }),
  host: text,
  app: object<Manifest['app']>({ folder: text, version: nullable(text) }),
  versions: object<Manifest['versions']>({ pulih: text, node: text, sqlite: text }),
  sameContentAs: nullable(name),
  databases: listOf(database),
  files: listOf(file),
  leftOut: listOf(
    object<LeftOut>({
      path: text,
      reason: oneOf('too-large', 'excluded', 'unreadable', 'special', 'backup-folder'),
      detail: nullable(text),
    }),
  ),
  timings: recordOf(milliseconds),
})

/** Two records with one path would be restored over each other. */
function repeated(manifest: Manifest): string[] {
  const paths = Map.groupBy([...manifest.databases, ...manifest.files], (one) => one.path)
  return [...paths].filter(([, records]) => records.length > 1).map(([one]) => `manifest: ${one} twice`)
}

function badTables(manifest: Manifest): string[] {
  return manifest.databases
    .filter((one) => unpackBlocks(one.blocks, one.bytes, one.stored.bytes) === null)
    .map((one) => `manifest: the block table of ${one.path} does not fit`)
}
