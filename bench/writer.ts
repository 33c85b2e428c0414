/**
 * The bot at work on its database: commits one act every few milliseconds until its standard input closes.
 *
 *   node bench/writer.ts FILE [--every-ms 5] [--timeout 5000] [--seed 1]
 *
 * Prints one JSON object a line: `{"ready":true}`, `{"seq":n}` for each `seq` it reads (so many commits are durable in
 * SQLite's sense by now), `{"time":t}` for each `time`, and at the end `{"commits":[[startMs, tookMs], …], "errors":[…]}`
 * with times on the machine's steady clock. The row of `writer_mark` counts the commits, so a copy tells which it holds.
 */
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { Dice } from './dice.ts'
import { Bot } from './finance.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    'every-ms': { type: 'string', default: '5' },
    timeout: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
})
const db = new DatabaseSync(positionals[0] ?? '', { timeout: Number(values.timeout) })
db.exec('CREATE TABLE IF NOT EXISTS writer_mark (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL)')
db.exec('INSERT OR IGNORE INTO writer_mark VALUES (1, 0)')
let seq = Number(db.prepare('SELECT seq FROM writer_mark').get()?.seq)
const bot = new Bot(db, new Dice(Number(values.seed) * 65_537 + seq))
const commits: [number, number][] = []
const errors: string[] = []
let open = true

const print = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`)
/** Comparable between processes: the monotonic clock, in milliseconds. */
const steady = (): number => Number(process.hrtime.bigint() / 1000n) / 1000

function commitOne(): void {
  const started = steady()
  try {
    bot.act(new Date().toISOString().slice(0, 19).replace('T', ' '), 'UPDATE writer_mark SET seq = seq + 1')
    seq++
    commits.push([started, steady() - started])
  } catch (error) {
    // Counted and reported at the end: a bot that loses a commit is what no backup may cause.
    errors.push(error instanceof Error ? error.message : String(error))
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}

process.stdin.setEncoding('utf8').on('data', (text: string) => {
  for (const line of text.split('\n')) {
    if (line === 'seq') print({ seq })
    if (line === 'time') print({ time: steady() })
  }
})
process.stdin.on('end', () => {
  open = false
})

let due = steady()
print({ ready: true })
while (open) {
  commitOne()
  due = Math.max(due + Number(values['every-ms']), steady())
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - steady())))
}
db.close()
print({ commits, errors })
