/**
 * Whole commands against the stock ways, in turn, on the same data: medians of several rounds.
 *
 *   npm run bench                          everything but the large database
 *   npm run bench -- steps small start     only these parts: steps small start writers memory
 *   npm run bench -- steps --runs 5 --mb 200 [--sources]   without the build
 */
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  backupAndZip,
  buildPulih,
  type Command,
  type Contestant,
  ownerZip,
  pulihContestant,
  restic,
  sources,
} from './contestants.ts'
import { buildCode, buildDatabase, workOneDay } from './finance.ts'
import { measure, median } from './measure.ts'
import { measureWriters } from './writers.ts'

const steps = ['first', 'day', 'unchanged', 'restore'] as const
type Step = (typeof steps)[number]

/** Contestant, step -> seconds of each round. */
class Results {
  readonly #seconds = new Map<string, number[]>()

  add(row: string, step: Step, seconds: number): void {
    const key = `${row} ${step}`
    this.#seconds.set(key, [...(this.#seconds.get(key) ?? []), seconds])
  }

  of(row: string, step: Step): number {
    return median(this.#seconds.get(`${row} ${step}`) ?? [])
  }

  print(rows: readonly string[], yardstick: string): void {
    console.log(`| | ${steps.join(' | ')} |\n|---|${steps.map(() => '---|').join('')}`)
    for (const row of rows) {
      const cells = steps.map((step) => {
        const seconds = this.of(row, step)
        if (Number.isNaN(seconds)) return '–'
        return `${seconds.toFixed(2)} (${(seconds / this.of(yardstick, step)).toFixed(2)}×)`
      })
      console.log(`| ${row} | ${cells.join(' | ')} |`)
    }
  }
}

async function compareSteps(scratch: string, bin: Command, mb: number, runs: number): Promise<void> {
  const base = join(scratch, `base-${mb}`)
  mkdirSync(base)
  buildDatabase(join(base, 'finance.db'), { mb })
  buildCode(join(base, 'src'))
  const contestants = [pulihContestant(bin), restic, ownerZip, backupAndZip]
  const results = new Results()
  for (let round = 0; round < runs; round++) {
    const turn = contestants.map((_, i) => contestants[(i + round) % contestants.length] as Contestant)
    await playRound(join(scratch, 'round'), base, turn, results)
  }
  console.log(`\n### ${mb} MB and 300 files, seconds, medians of ${runs}, in brackets against restic's\n`)
  results.print(['pulih stored', 'pulih', 'restic', 'owner’s zip', '.backup + zip'], 'restic')
}

async function playRound(place: string, base: string, turn: readonly Contestant[], results: Results): Promise<void> {
  rmSync(place, { recursive: true, force: true })
  const app = join(place, 'app')
  cpSync(base, app, { recursive: true })
  const keepOf = (contestant: Contestant): string => join(place, contestant.name.replaceAll(/\W/g, ''))
  for (const contestant of turn) {
    mkdirSync(keepOf(contestant))
    await contestant.found(app, keepOf(contestant))
  }
  for (const step of ['first', 'day', 'unchanged'] as const) {
    if (step === 'day') workOneDay(join(app, 'finance.db'), { entries: entriesOfADay(join(app, 'finance.db')) })
    for (const contestant of turn) {
      const { seconds, storedSeconds } = await contestant.save(app, keepOf(contestant))
      results.add(contestant.name, step, seconds)
      if (storedSeconds !== null) results.add(`${contestant.name} stored`, step, storedSeconds)
    }
  }
  for (const contestant of turn) {
    const out = join(place, 'out')
    mkdirSync(out)
    const { seconds } = await contestant.load(app, keepOf(contestant), out)
    results.add(contestant.name, 'restore', seconds)
    rmSync(out, { recursive: true })
  }
}

/** Changes about 4 % of the pages: 2,000 entries at 200 MB. */
function entriesOfADay(database: string): number {
  return Math.ceil(statSync(database).size / 1e5)
}

async function start(scratch: string, bin: Command, runs: number): Promise<void> {
  const app = join(scratch, 'many')
  mkdirSync(app)
  buildDatabase(join(app, 'finance.db'), { mb: 0.2 })
  for (let i = 0; i < 30; i++)
    await measure([...bin, 'backup', '--json', '--dir', app, '--label', `n${i}`], { exits: [0, 3] })
  const commands = {
    '--version': ['--version'],
    '--help': ['--help'],
    list: ['list', '--dir', app],
    status: ['status', '--dir', app],
  }
  console.log(
    `\n### Start-up, milliseconds, medians of ${runs * 3}; ${globSync('backups/**/*.zip', { cwd: app }).length} archives\n`,
  )
  console.log('| command | ms |\n|---|---|')
  for (const [name, words] of Object.entries(commands)) {
    const times: number[] = []
    for (let i = 0; i < runs * 3; i++)
      times.push((await measure([...bin, ...words], { exits: [0, 3, 4] })).seconds * 1000)
    console.log(`| ${name} | ${median(times).toFixed(0)} |`)
  }
}

/** Peak of the whole process tree while a large database is kept, kept again after a day, verified and recovered. */
async function memory(scratch: string, bin: Command, mb: number): Promise<void> {
  const app = join(scratch, 'large')
  mkdirSync(app)
  buildDatabase(join(app, 'finance.db'), { mb })
  console.log(
    `\n### ${mb} MB, one run: seconds, and peak memory of the process tree in MB (each shared page counted once)\n`,
  )
  console.log('| command | s | MB |\n|---|---|---|')
  const show = async (name: string, ...words: readonly string[]): Promise<void> => {
    const { seconds, peakTreeMb } = await measure([...bin, ...words, '--yes', '--dir', app], {
      memory: true,
      exits: [0, 3],
    })
    console.log(`| ${name} | ${seconds.toFixed(1)} | ${(peakTreeMb ?? 0).toFixed(0)} |`)
  }
  await show('first backup, proven', 'backup')
  workOneDay(join(app, 'finance.db'), { entries: entriesOfADay(join(app, 'finance.db')) })
  await show('after a day, proven', 'backup')
  await show('nothing changed', 'backup')
  await show('verify', 'verify', 'latest')
  await show('restore --to, checked', 'restore', 'latest', '--to', join(scratch, 'large-out'))
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, mb: { type: 'string' }, sources: { type: 'boolean' } },
})
const parts = positionals.length > 0 ? positionals : ['steps', 'small', 'start', 'writers']
const runs = Number(values.runs)
const scratch = mkdtempSync(join(tmpdir(), 'pulih-bench-'))
try {
  const bin = values.sources ? sources : await buildPulih(scratch)
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores, ${(await measure(['restic', 'version'])).stdout.trim()}`,
  )
  if (parts.includes('steps')) await compareSteps(scratch, bin, Number(values.mb ?? 200), runs)
  if (parts.includes('small')) await compareSteps(scratch, bin, 5, runs)
  if (parts.includes('start')) await start(scratch, bin, runs)
  if (parts.includes('writers')) await measureWriters(scratch, bin, Number(values.mb ?? 200), runs)
  if (parts.includes('memory')) await memory(scratch, bin, Number(values.mb ?? 1500))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
