import type { BackupRecord } from '../../backup/backup.ts'
import { PulihError } from '../../error.ts'
import { frontPhrases as words } from '../../message/phrases/front.ts'
import { type Note, say, sayNote } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { LeftOut } from '../../snapshot/manifest.ts'
import { parseDuration } from '../../time/duration.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { bytes, duration, number } from '../show/format.ts'
import { style } from '../show/style.ts'

export const command: Command = {
  name: 'backup',
  summary: words['backup.summary'],
  positionals: [],
  options: {
    type: { type: 'string', value: 'TYPE', summary: words['backup.option.type'] },
    label: { type: 'string', value: 'LABEL', summary: words['backup.option.label'] },
    reason: { type: 'string', value: 'TEXT', summary: words['backup.option.reason'] },
    wait: { type: 'string', value: '30s', summary: words['backup.option.wait'] },
    until: { type: 'string', value: 'stored|proven', summary: words['backup.option.until'] },
  },
  examples: [
    'pulih backup',
    'pulih backup --reason "before changing prices"',
    'pulih backup --type pre_deployment --label v2.0.0',
    'pulih backup --json --quiet',
  ],
  async run(call) {
    if (call.global.dryRun) return preview(call)
    const request = requestFrom(call)
    const app = await call.app()
    const { backupWithRetention } = await import('../../trigger/retention.ts')
    return outcomeOf(await backupWithRetention(app, { ...request, signal: call.signal, progress: call.progress }), call)
  },
}

function requestFrom({ options }: Call) {
  const { type, label, reason, wait, until } = options as Record<string, string | undefined>
  return {
    type: type ?? 'manual',
    label: label ?? null,
    reason: reason ?? null,
    trigger: 'manual',
    ...(until === undefined ? {} : { until: untilFrom(until) }),
    ...(wait === undefined ? {} : { waitMs: waitFrom(wait) }),
  }
}

function untilFrom(until: string): 'stored' | 'proven' {
  if (until === 'stored' || until === 'proven') return until
  throw new PulihError('usage.value', { option: '--until', found: until, allowed: 'stored, proven' })
}

function waitFrom(wait: string): number {
  const ms = parseDuration(wait)
  if (ms === null) throw new PulihError('usage.value', { option: '--wait', found: wait, allowed: '30s, 5m, 1h' })
  return ms
}

/** `--dry-run`: what a backup would hold. */
async function preview(call: Call): Promise<Outcome> {
  const app = await call.app()
  const { discover } = await import('../../source/discover.ts')
  const { databases, files, leftOut } = await discover(app)
  return {
    exit: 0,
    json: { dryRun: true, databases, files, leftOut },
    text: (language) =>
      [
        say(language, 'backup.preview', { databases: databases.length, files: files.length }),
        ...databases.map((path) => `  ${path}`),
        ...leftOutLines(leftOut, language),
        say(language, 'front.next', { command: 'pulih backup' }),
      ].join('\n'),
  }
}

function outcomeOf(record: BackupRecord, call: Call): Outcome {
  const { entry, manifest, warnings } = record
  return {
    exit: warnings.length > 0 ? 3 : 0,
    json: {
      name: entry.name,
      type: entry.type,
      label: entry.label,
      reason: entry.reason,
      state: entry.state,
      path: entry.path,
      sequence: entry.sequence,
      created: entry.created,
      bytes: entry.bytes,
      sameContentAs: entry.sameContentAs,
      databases: manifest.databases.map((database) => ({
        path: database.path,
        integrity: database.quickCheck,
        rows: Object.fromEntries(Object.entries(database.tables).map(([table, { rows }]) => [table, rows])),
        bytes: database.bytes,
        sha256: database.sha256,
        foreignKeys: database.foreignKeys,
        invariants: database.invariants,
      })),
      files: manifest.files.length,
      leftOut: manifest.leftOut,
      warnings: warnings.map((one) => ({ code: one.code, message: sayNote(call.global.language, one) })),
      storedMs: record.storedMs,
      provenMs: record.provenMs,
    },
    text: (language) => (call.global.quiet ? entry.name : screen(record, language)),
  }
}

function screen(record: BackupRecord, language: Language): string {
  const { entry, manifest, warnings } = record
  const rows = entry.databases.flatMap((database) => Object.values(database.rows)).reduce((sum, n) => sum + n, 0)
  const facts = {
    databases: number(manifest.databases.length, language),
    rows: number(rows, language),
    files: number(manifest.files.length, language),
    size: bytes(entry.bytes, language),
  }
  return [
    style.good(say(language, 'backup.done', { name: entry.name })),
    `  ${say(language, 'backup.holds', facts)}`,
    ...(entry.sameContentAs === null ? [] : [`  ${say(language, 'backup.same', { name: entry.sameContentAs })}`]),
    `  ${safetyLine(record, language)}`,
    `  ${entry.path}`,
    ...leftOutLines(manifest.leftOut, language),
    ...warningLines(warnings, language),
    say(language, 'front.next', { command: record.provenMs === null ? `pulih verify ${entry.name}` : 'pulih list' }),
  ].join('\n')
}

function safetyLine({ storedMs, provenMs }: BackupRecord, language: Language): string {
  const stored = duration(storedMs, language)
  if (provenMs === null) return style.warn(say(language, 'backup.stored', { stored }))
  return say(language, 'backup.proven', { stored, proven: duration(provenMs, language) })
}

const leftOutShown = 5

/** Each left-out thing is told, but not that backups do not hold themselves. */
function leftOutLines(all: readonly LeftOut[], language: Language): string[] {
  const told = all.flatMap(({ path, reason }) =>
    reason === 'backup-folder' ? [] : [say(language, `left-out.${reason}`, { path })],
  )
  const lines = told.slice(0, leftOutShown)
  if (told.length > leftOutShown) lines.push(say(language, 'left-out.more', { count: told.length - leftOutShown }))
  return lines.map((line) => `  ${style.faint(line)}`)
}

function warningLines(warnings: readonly Note[], language: Language): string[] {
  return warnings.map((one) => style.warn(`⚠️ ${sayNote(language, one)}`))
}
