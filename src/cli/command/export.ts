import { resolve } from 'node:path'
import { PulihError } from '../../error.ts'
import type { ExportResult } from '../../export/export.ts'
import { frontPhrases as words } from '../../message/phrases/front.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Command } from '../command.ts'
import { number } from '../show/format.ts'
import { style } from '../show/style.ts'

const forms = ['sql', 'csv', 'files'] as const

export const command: Command = {
  name: 'export',
  summary: words['export.summary'],
  positionals: [{ name: 'NAME' }],
  options: {
    sql: { type: 'string', value: 'DIR', summary: words['export.option.sql'] },
    csv: { type: 'string', value: 'DIR', summary: words['export.option.csv'] },
    files: { type: 'string', value: 'DIR', summary: words['export.option.files'] },
  },
  examples: [
    'pulih export latest --sql ./sql',
    'pulih export backup_manual_20250802_120000 --csv ./csv',
    'pulih export latest --files ./code',
  ],
  async run({ positionals: [name = ''], options, app: open, signal, progress }) {
    const folders = Object.fromEntries(
      forms.flatMap((form) => (options[form] === undefined ? [] : [[form, resolve(String(options[form]))]])),
    )
    if (Object.keys(folders).length === 0) throw new PulihError('export.nothing-chosen')
    const app = await open()
    const { findBackup } = await import('../../catalogue/catalogue.ts')
    const backup = await findBackup(app, name)
    const { exportBackup } = await import('../../export/export.ts')
    const result = await exportBackup(app, { ...folders, backup, signal, progress })
    return { exit: 0, json: { exported: result.written, ...result }, text: (language) => screen(result, language) }
  },
}

const shownAtMost = 20

function screen({ name, written, rows }: ExportResult, language: Language): string {
  const more = written.length - shownAtMost
  const sql = written.find((path) => path.endsWith('.sql'))
  return [
    style.good(
      say(language, 'export.done', { name, files: number(written.length, language), rows: number(rows, language) }),
    ),
    ...written.slice(0, shownAtMost).map((path) => `  ${path}`),
    ...(more > 0 ? [`  ${say(language, 'export.more', { count: number(more, language) })}`] : []),
    say(language, 'export.safe'),
    ...(sql === undefined ? [] : [say(language, 'front.next', { command: `sqlite3 new.db ".read '${sql}'"` })]),
  ].join('\n')
}
