import type { App } from '../../app/app.ts'
import type { BackupEntry } from '../../catalogue/types.ts'
import { cataloguePhrases as words } from '../../message/phrases/catalogue.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { DatabaseRecord, Manifest } from '../../snapshot/manifest.ts'
import type { Command } from '../command.ts'
import { ageOf, stateWord } from '../show/backup.ts'
import { bytes, dateTime, duration, number } from '../show/format.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'

export const command: Command = {
  name: 'show',
  summary: words['show.summary'],
  positionals: [{ name: 'NAME' }],
  options: {},
  examples: ['pulih show backup_manual_20250802_120000', 'pulih show latest', 'pulih show latest --json'],
  async run(call) {
    const app = await call.app()
    const { findBackup } = await import('../../catalogue/catalogue.ts')
    const backup = await findBackup(app, call.positionals[0]!)
    const [manifest, vault] = await Promise.all([manifestOf(backup), vaultCopyOf(app, backup)])
    const known = knownSince(backup, call.global.language)
    const copies = [...known.copies, ...(vault === null ? [] : [vault])]
    return {
      exit: 0,
      json: { ...(manifest === null ? entryJson(backup) : manifestJson(manifest)), ...known, copies },
      text: (language) => screen(app, backup, { manifest, vault }, language),
    }
  },
}

/** Null for a predecessor archive, and for one whose manifest cannot be read (any more). */
async function manifestOf({ path, legacy, sequence }: BackupEntry): Promise<Manifest | null> {
  if (legacy || sequence === 0) return null
  const { openArchive } = await import('../../archive/read.ts')
  await using reader = await openArchive(path)
  return reader.manifest
}

interface InVault {
  readonly place: 'vault'
  readonly repository: string
  readonly snapshot: string
  /** When the vault was last looked at. */
  readonly seen: string
}

/** As the last sync saw it: showing a backup asks no network. */
async function vaultCopyOf(app: App, backup: BackupEntry): Promise<InVault | null> {
  if (app.config.vault === null) return null
  const { copyOf, readVaultCopies } = await import('../../backup/vault-copies.ts')
  const held = await readVaultCopies(app)
  const copy = copyOf(held, backup)
  return held === null || copy === null
    ? null
    : { place: 'vault', repository: held.repository, snapshot: copy.id, seen: held.at }
}

/** Block tables are for the next archive, not for readers. */
function manifestJson(manifest: Manifest): object {
  return { ...manifest, databases: manifest.databases.map(({ blocks: _, ...database }) => database) }
}

function entryJson({ type, label, reason, trigger, sequence, created, databases }: BackupEntry): object {
  const files: readonly never[] = []
  return { ...{ type, label, reason, trigger, sequence, created, sameContentAs: null, databases, files, leftOut: [] } }
}

function knownSince(backup: BackupEntry, language: Language) {
  const { name, state, findings, path, legacy, proof, pinned, pinReason } = backup
  return {
    ...{ name, state, bytes: backup.bytes, path, legacy, pinned, pinReason, proof },
    copies: [{ place: 'archive', path, bytes: backup.bytes, state }],
    findings: findings.map((one) => ({ ...one, message: say(language, `finding.${one.code}`, one) })),
  }
}

interface Known {
  readonly manifest: Manifest | null
  readonly vault: InVault | null
}

function screen(app: App, backup: BackupEntry, known: Known, language: Language): string {
  const { manifest } = known
  const { findings, name } = backup
  const next = `pulih restore ${name} --dry-run`
  return [
    `${style.strong(name)}  ${stateWord(backup.state, language)}`,
    ...findingLines(backup, language),
    table(
      factsOf(app, backup, known, language).map(([label, value]) => [style.faint(label), value]),
      { indent: 2 },
    ),
    ...databaseLines(backup, manifest, language),
    ...leftOutLines(manifest, language),
    '',
    findings.length > 0 ? say(language, 'show.use-other') : say(language, 'front.next', { command: next }),
  ].join('\n')
}

function findingLines({ findings, state }: BackupEntry, language: Language): string[] {
  if (state !== 'damaged') return []
  const head = style.bad(say(language, 'show.damaged', { count: findings.length }))
  return [head, ...findings.map((one) => `  ${say(language, `finding.${one.code}`, one)}`)]
}

function factsOf(
  { clock, zone }: App,
  backup: BackupEntry,
  { manifest, vault }: Known,
  language: Language,
): [label: string, value: string][] {
  const date = dateTime(backup.createdMs, zone, language)
  const age = ageOf(backup.createdMs, clock.now(), language)
  const { type, label, reason, sequence, sameContentAs, pinReason, path } = backup
  const known: readonly [label: string, value: string | null][] = [
    [say(language, 'show.type'), label === null ? type : `${type} ${label}`],
    [say(language, 'show.reason'), reason],
    [say(language, 'show.created'), say(language, 'show.when', { date, age, sequence })],
    [say(language, 'show.capture'), manifest === null ? null : duration(windowMs(manifest), language)],
    [say(language, 'show.same'), sameContentAs],
    [say(language, 'show.pinned'), backup.pinned ? (pinReason ?? say(language, 'show.pinned-plain')) : null],
    [say(language, 'show.proof'), proofOf(backup, zone, language)],
    [say(language, 'show.copies'), `${path} (${bytes(backup.bytes, language)})`],
    ['', vault === null ? null : say(language, 'show.vault-copy', { ...vault, id: vault.snapshot.slice(0, 8) })],
    [say(language, 'show.files'), filesOf(backup, manifest, language)],
  ]
  return known.filter((fact): fact is [string, string] => fact[1] !== null)
}

function windowMs({ capture }: Manifest): number {
  return Math.max(0, Date.parse(capture.to) - Date.parse(capture.from))
}

function proofOf({ proof, state, name }: BackupEntry, zone: string, language: Language): string | null {
  if (state === 'damaged') return null
  if (proof === null) return style.warn(say(language, 'show.proof-none', { name }))
  const at = dateTime(Date.parse(proof.at), zone, language)
  if (proof.by.kind === 'byte-equal') return say(language, 'show.proof-equal', { at, of: proof.by.of })
  return say(language, 'show.proof-recovered', { at, took: duration(proof.recoveryMs, language) })
}

function filesOf(backup: BackupEntry, manifest: Manifest | null, language: Language): string {
  if (manifest === null) return number(backup.files, language)
  const size = manifest.files.reduce((sum, one) => sum + one.bytes, 0)
  const secret = manifest.files.filter((one) => one.secret).length
  const count = number(manifest.files.length, language)
  return say(language, 'show.files-count', { count, size: bytes(size, language), secret })
}

const tablesShown = 12

function databaseLines(backup: BackupEntry, manifest: Manifest | null, language: Language): string[] {
  if (backup.databases.length === 0) return []
  return backup.databases.flatMap((one) => {
    const record = manifest?.databases.find(({ path }) => path === one.path)
    const tables = Object.entries(one.rows).toSorted(([, a], [, b]) => b - a)
    const facts = {
      size: bytes(one.bytes, language),
      tables: number(tables.length, language),
      rows: number(
        tables.reduce((sum, [, rows]) => sum + rows, 0),
        language,
      ),
      broken: brokenRows(record),
    }
    const rows = tables.slice(0, tablesShown).map(([name, count]) => [name, number(count, language)])
    if (tables.length > tablesShown) rows.push(['…', ''])
    return [
      '',
      `  ${style.strong(one.path)}  ${say(language, 'show.database', facts)}`,
      ...(rows.length === 0 ? [] : [table(rows, { indent: 4, align: ['left', 'right'] })]),
    ]
  })
}

function brokenRows(record: DatabaseRecord | undefined): number {
  return Object.values(record?.foreignKeys ?? {}).reduce((sum, rows) => sum + rows, 0)
}

const leftOutShown = 8

function leftOutLines(manifest: Manifest | null, language: Language): string[] {
  const told = (manifest?.leftOut ?? []).flatMap(({ path, reason }) =>
    reason === 'backup-folder' ? [] : [say(language, `left-out.${reason}`, { path })],
  )
  if (told.length === 0) return []
  const lines = told.slice(0, leftOutShown)
  if (told.length > leftOutShown) lines.push(say(language, 'left-out.more', { count: told.length - leftOutShown }))
  return ['', ...lines.map((line) => `  ${style.faint(line)}`)]
}
