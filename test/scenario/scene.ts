import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeBot } from '../../src/demo/bot.ts'
import type { Plan, PlanStep } from '../../src/scenario/plan.ts'
import { type Ended, pulih } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

const writer = join(import.meta.dirname, '../../src/demo/writer.ts')

/** The bot as a service of its machine: `app.start` keeps its process number beside the app, `app.stop` ends it. */
export const asService = {
  start: `echo $$ > ../bot.pid; exec '${process.execPath}' --no-warnings '${writer}' .`,
  stop: 'kill "$(cat ../bot.pid)"',
}

export const smokeTest = 'python3 main.py --periksa'

/** A demo bot in a folder of its own, and everything a story does to it through the command line. */
export interface Scene extends AsyncDisposable {
  readonly app: string
  readonly money: string
  readonly assets: string
  join(...names: string[]): string
  /** Runs `pulih …` in the app's folder. */
  run(...words: string[]): Promise<Ended>
  /** The same with `--json`; its exit code must be `exit`. */
  json(exit: number, ...words: string[]): Promise<Answer>
  plan(name: string): Plan
  /** Process number of the bot as `app.start` left it; null when it is not running. */
  botPid(): number | null
}

// biome-ignore lint/suspicious/noExplicitAny: answers are data of many shapes, each checked by the test that asked.
export type Answer = any

export async function makeScene(config: object = {}): Promise<Scene> {
  const folder = tempFolder()
  const app = folder.join('bot')
  const { moneyPath, assetPath } = await makeBot(app, { transactions: 1000, config: { ...config } })
  const run = (...words: string[]): Promise<Ended> => pulih(words, { cwd: app })
  const botPid = (): number | null => {
    const file = folder.join('bot.pid')
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
    return pid > 0 && isRunning(pid) ? pid : null
  }
  return {
    app,
    money: moneyPath,
    assets: assetPath,
    join: folder.join,
    run,
    botPid,
    async json(exit, ...words) {
      const end = words.includes('--') ? words.indexOf('--') : words.length
      const ended = await run(...words.toSpliced(end, 0, '--json'))
      assert.equal(ended.code, exit, `pulih ${words.join(' ')}\n${ended.stdout}\n${ended.stderr}`)
      return JSON.parse(ended.stdout)
    },
    plan: (name) => JSON.parse(readFileSync(join(app, 'backups', `${name}.json`), 'utf8')),
    async [Symbol.asyncDispose]() {
      const pid = botPid()
      if (pid !== null) process.kill(pid, 'SIGKILL')
      folder[Symbol.dispose]()
    },
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    // It has ended.
    return false
  }
}

/** Statements as the bot itself would run them. */
export function change(database: string, sql: string): void {
  using connection = new DatabaseSync(database, { timeout: 5000 })
  connection.exec(sql)
}

/** One number out of a database that may be in use. */
export function count(database: string, sql: string): number {
  using connection = new DatabaseSync(database, { readOnly: true, timeout: 5000 })
  return Number(Object.values(connection.prepare(sql).get() ?? {})[0])
}

/** Stock sqlite3's hash over schema and rows. */
export function content(database: string): string {
  return execFileSync('sqlite3', [database, '.sha3sum --schema'], { encoding: 'utf8' }).trim()
}

/** Zeroes whole pages in the middle of a database nobody has open. */
export function damage(database: string): void {
  for (const side of ['-wal', '-shm']) rmSync(database + side, { force: true })
  execFileSync('dd', ['if=/dev/zero', `of=${database}`, 'bs=4096', 'seek=3', 'count=8', 'conv=notrunc', 'status=none'])
}

export function step(plan: { readonly steps: readonly PlanStep[] }, id: string): PlanStep {
  const found = plan.steps.find((one) => one.id === id)
  assert.ok(found, `step ${id}`)
  return found
}

/** Step -> status, in order. */
export function statuses(plan: { readonly steps: readonly PlanStep[] }): Record<string, string> {
  return Object.fromEntries(plan.steps.map(({ id, status }) => [id, status]))
}
