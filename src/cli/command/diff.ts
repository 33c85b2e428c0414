import type { RowDiff } from '../../diff/protocol.ts'
import { diffPhrases as words } from '../../message/phrases/diff.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { csvHead, csvLines, diffScreen } from '../show/diff.ts'

/** Rows kept for one JSON document or one screen; `--csv` has no limit. */
const rowsKept = 10_000

export const command: Command = {
  name: 'diff',
  summary: words['diff.summary'],
  positionals: [{ name: 'NAME' }, { name: 'NAME|live', optional: true }],
  options: {
    table: { type: 'string', value: 'TABLE', summary: words['diff.option.table'] },
    rows: { type: 'boolean', summary: words['diff.option.rows'] },
    csv: { type: 'boolean', summary: words['diff.option.csv'] },
  },
  examples: [
    'pulih diff latest',
    'pulih diff backup_manual_20250802_120000 live --table transactions --rows',
    'pulih diff backup_manual_20250802_120000 backup_manual_20250803_120000 --csv',
  ],
  async run(call) {
    const [from = 'latest', to = 'live'] = call.positionals
    const app = await call.app()
    const { diff } = await import('../../diff/diff.ts')
    const table = (call.options.table as string | undefined) ?? null
    const sink = sinkFor(call)
    const { signal, progress } = call
    const found = await diff(app, { from, to, table, onRow: sink.onRow, signal, progress })
    return sink.outcome(found)
  },
}

interface Sink {
  readonly onRow: ((database: string, row: RowDiff) => void) | null
  outcome(found: Parameters<typeof diffScreen>[0]): Outcome
}

function sinkFor({ options, terminal, global }: Call): Sink {
  if (options.csv === true && !global.json) {
    // One line is held back: the last of them is what the command answers.
    let held = csvHead
    const onRow = (database: string, row: RowDiff): void => {
      for (const line of csvLines(database, row)) {
        terminal.show(held)
        held = line
      }
    }
    return { onRow, outcome: (found) => ({ exit: exitOf(found), json: found, text: () => held }) }
  }
  if (options.rows !== true && options.csv !== true) {
    return {
      onRow: null,
      outcome: (found) => ({ exit: exitOf(found), json: found, text: (l) => diffScreen(found, [], 0, l) }),
    }
  }
  const rows: (RowDiff & { readonly database: string })[] = []
  let total = 0
  return {
    onRow: (database, row) => {
      total++
      if (rows.length < rowsKept) rows.push({ database, ...row })
    },
    outcome: (found) => ({
      exit: exitOf(found),
      json: { ...found, rows, rowsLeftOut: total - rows.length },
      text: (language) => diffScreen(found, rows, total, language),
    }),
  }
}

/** What could not be compared needs a look. */
function exitOf({ databases }: Parameters<typeof diffScreen>[0]): 0 | 3 {
  const isKnown = databases.every(
    ({ problem, tables }) => problem === null && Object.values(tables).every((one) => one.problem === null),
  )
  return isKnown ? 0 : 3
}
