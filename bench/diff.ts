/**
 * The difference of two 200 MB states of a bot's database, paired with a full comparison in SQL (an EXCEPT each way over
 * every table): `node bench/diff.ts [--mb 200] [--pairs 3]`. Goal: never slower, ten times faster with 1 % changed.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { compareFiles } from '../src/diff/compare-files.ts'
import { buildDatabase } from './finance.ts'

const { values } = parseArgs({
  options: { mb: { type: 'string', default: '200' }, pairs: { type: 'string', default: '3' } },
})

function fullComparison(from: string, to: string): number {
  using db = new DatabaseSync(`file:${from}?immutable=1`, { readOnly: true })
  db.exec(`ATTACH 'file:${to}?immutable=1' AS other; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY`)
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all()
  const count = (one: string, two: string, table: unknown): number =>
    Number(
      db
        .prepare(`SELECT count(*) AS n FROM (SELECT * FROM ${one}."${table}" EXCEPT SELECT * FROM ${two}."${table}")`)
        .get()?.n,
    )
  return tables.reduce((sum, { name }) => sum + count('main', 'other', name) + count('other', 'main', name), 0)
}

/** Changes about this share of the largest table: the newest rows, as a bot does, or every n-th. */
function change(file: string, share: number, spread: boolean): void {
  using db = new DatabaseSync(file)
  const { n } = db.prepare('SELECT count(*) AS n FROM entries').get() as { n: number }
  const where = spread
    ? `id % ${Math.round(1 / share)} = 0`
    : `id > (SELECT max(id) FROM entries) - ${Math.round(n * share)}`
  db.exec(`PRAGMA journal_mode = DELETE; UPDATE entries SET amount = amount + 1 WHERE ${where}`)
}

const folder = mkdtempSync(join(tmpdir(), 'pulih-bench-'))
try {
  const from = join(folder, 'from.db')
  buildDatabase(from, { mb: Number(values.mb), journal: 'delete' })
  console.log(`${Math.round(statSync(from).size / 1e6)} MB`)
  for (const [name, share, spread] of [
    ['1 % changed, the newest rows', 0.01, false],
    ['0.1 % changed, all over', 0.001, true],
    ['1 % changed, all over', 0.01, true],
    ['half changed', 0.5, true],
  ] as const) {
    const to = join(folder, 'to.db')
    copyFileSync(from, to)
    change(to, share, spread)
    for (let pair = 1; pair <= Number(values.pairs); pair++) {
      let started = performance.now()
      const found = await compareFiles({ from, to, table: null }, null)
      const ours = performance.now() - started
      started = performance.now()
      const rows = fullComparison(from, to)
      const full = performance.now() - started
      const changed = 'tables' in found ? found.tables.entries?.changed : found.problem
      console.log(
        `${name}: ours ${ours.toFixed(0)} ms (${changed} changed), full ${full.toFixed(0)} ms (${rows / 2}), ${(full / ours).toFixed(1)}x`,
      )
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
