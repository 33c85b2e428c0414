/**
 * The vault against restic on the same data, in turn: first save, after a day, nothing changed, restore, check with every
 * byte read; memory; and what 30 days cost. `vault sync` is timed alone: the backup it sends was made and proven before.
 *
 *   node bench/vault.ts                       all of it, 200 MB
 *   node bench/vault.ts steps --runs 3 --mb 200 [--sources]
 *   node bench/vault.ts growth --days 30
 */
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPulih, type Command, sources } from './contestants.ts'
import { buildCode, buildDatabase, workOneDay } from './finance.ts'
import { type Measured, type MeasureOptions, measure, median } from './measure.ts'

const secrets = { BENCH_PASSWORD: 'bench', RESTIC_PASSWORD: 'bench' }
const steps = ['first', 'day', 'unchanged', 'restore', 'check'] as const
type Step = (typeof steps)[number]

/** One app with both repositories beside it. */
class Place {
  readonly app: string
  readonly #folder: string
  readonly #bin: Command

  constructor(folder: string, bin: Command, base: string) {
    this.#folder = folder
    this.#bin = bin
    this.app = join(folder, 'app')
    cpSync(base, this.app, { recursive: true })
    mkdirSync(join(this.app, 'config'))
    const vault = { repository: join(folder, 'vault'), password: { env: 'BENCH_PASSWORD' } }
    writeFileSync(join(this.app, 'config/backup_config.json'), JSON.stringify({ vault }))
  }

  async found(): Promise<void> {
    await this.pulih('vault', 'init')
    await this.restic('init')
  }

  pulih(...words: readonly string[]): Promise<Measured> {
    return this.#measure([...this.#bin, ...words, '--dir', this.app])
  }

  restic(...words: readonly string[]): Promise<Measured> {
    return this.#measure(['restic', '--quiet', '-r', join(this.#folder, 'restic'), ...words])
  }

  memory: MeasureOptions['memory'] = false

  #measure(command: readonly string[]): Promise<Measured> {
    const env = { ...secrets, RESTIC_CACHE_DIR: join(this.#folder, 'cache') }
    return measure(command, { env, exits: [0, 3], memory: this.memory ?? false })
  }

  work(day: number): void {
    workOneDay(join(this.app, 'finance.db'), { entries: Math.ceil(this.databaseBytes / 1e5), day })
  }

  get databaseBytes(): number {
    return statSync(join(this.app, 'finance.db')).size
  }

  /** What it is for both to keep the app as it is now. */
  save(who: 'pulih' | 'restic'): Promise<Measured> {
    if (who === 'pulih') return this.pulih('vault', 'sync')
    return this.restic('backup', join(this.app, 'finance.db'), join(this.app, 'src'))
  }

  async load(who: 'pulih' | 'restic'): Promise<Measured> {
    const out = join(this.#folder, 'out')
    rmSync(out, { recursive: true, force: true })
    if (who === 'pulih') return this.pulih('vault', 'restore', 'latest', '--to', out)
    return this.restic('restore', 'latest', '--target', out)
  }

  check(who: 'pulih' | 'restic'): Promise<Measured> {
    return who === 'pulih' ? this.pulih('vault', 'check') : this.restic('check', '--read-data')
  }

  megabytes(who: 'vault' | 'restic'): number {
    const folder = join(this.#folder, who)
    const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
    return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1e6
  }
}

const contestants = ['pulih', 'restic'] as const

async function playRound(place: Place, round: number, add: (who: string, step: Step, seconds: number) => void) {
  const turn = round % 2 === 0 ? contestants : contestants.toReversed()
  await place.found()
  for (const step of ['first', 'day', 'unchanged'] as const) {
    if (step === 'day') place.work(1)
    if (step !== 'unchanged') await place.pulih('backup')
    for (const who of turn) add(who, step, (await place.save(who)).seconds)
  }
  for (const who of turn) add(who, 'restore', (await place.load(who)).seconds)
  for (const who of turn) add(who, 'check', (await place.check(who)).seconds)
}

async function compareSteps(scratch: string, base: string, bin: Command, runs: number): Promise<void> {
  const seconds = new Map<string, number[]>()
  for (let round = 0; round < runs; round++) {
    const folder = join(scratch, 'round')
    await playRound(new Place(folder, bin, base), round, (who, step, taken) => {
      seconds.set(`${who} ${step}`, [...(seconds.get(`${who} ${step}`) ?? []), taken])
    })
    rmSync(folder, { recursive: true })
  }
  const of = (who: string, step: Step) => median(seconds.get(`${who} ${step}`) ?? [])
  console.log(`\n### Seconds, medians of ${runs}, in brackets against restic's\n`)
  console.log(`| | ${steps.join(' | ')} |\n|---|${steps.map(() => '---|').join('')}`)
  for (const who of contestants) {
    const cells = steps.map(
      (step) => `${of(who, step).toFixed(2)} (${(of(who, step) / of('restic', step)).toFixed(2)}×)`,
    )
    console.log(`| ${who} | ${cells.join(' | ')} |`)
  }
}

async function growth(scratch: string, base: string, bin: Command, days: number): Promise<void> {
  const place = new Place(join(scratch, 'growth'), bin, base)
  await place.found()
  console.log(`\n### Megabytes stored, all kept\n\n| | ${[...marks(days)].map((day) => `day ${day}`).join(' | ')} |`)
  console.log(`|---|${[...marks(days)].map(() => '---|').join('')}`)
  const rows: Record<'vault' | 'restic', string[]> = { vault: [], restic: [] }
  for (let day = 0; day <= days; day++) {
    if (day > 0) place.work(day)
    await place.pulih('backup')
    for (const who of contestants) await place.save(who)
    if (!marks(days).has(day)) continue
    for (const who of ['vault', 'restic'] as const) rows[who].push(place.megabytes(who).toFixed(0))
  }
  for (const who of ['vault', 'restic'] as const) console.log(`| ${who} | ${rows[who].join(' | ')} |`)
}

function marks(days: number): ReadonlySet<number> {
  return new Set([0, 1, 2, 10, 20, days].filter((day) => day <= days))
}

async function memory(scratch: string, base: string, bin: Command): Promise<void> {
  const place = new Place(join(scratch, 'memory'), bin, base)
  await place.found()
  console.log('\n### Peak memory of the process tree, MB\n\n| | pulih | restic |\n|---|---|---|')
  const show = async (step: string, act: (who: 'pulih' | 'restic') => Promise<Measured>): Promise<void> => {
    place.memory = true
    const cells: string[] = []
    for (const who of contestants) cells.push(((await act(who)).peakTreeMb ?? 0).toFixed(0))
    place.memory = false
    console.log(`| ${step} | ${cells.join(' | ')} |`)
  }
  await place.pulih('backup')
  await show('first', (who) => place.save(who))
  place.work(1)
  await place.pulih('backup')
  await show('day', (who) => place.save(who))
  await show('restore', (who) => place.load(who))
  await show('check', (who) => place.check(who))
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    mb: { type: 'string', default: '200' },
    days: { type: 'string', default: '30' },
    sources: { type: 'boolean' },
  },
})
const parts = positionals.length > 0 ? positionals : ['steps', 'memory', 'growth']
const scratch = mkdtempSync(join(tmpdir(), 'pulih-bench-vault-'))
try {
  const bin = values.sources ? sources : await buildPulih(scratch)
  const base = join(scratch, 'base')
  mkdirSync(base)
  buildDatabase(join(base, 'finance.db'), { mb: Number(values.mb) })
  buildCode(join(base, 'src'))
  const version = (await measure(['restic', 'version'])).stdout.trim()
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${version}, ${values.mb} MB`)
  if (parts.includes('steps')) await compareSteps(scratch, base, bin, Number(values.runs))
  if (parts.includes('memory')) await memory(scratch, base, bin)
  if (parts.includes('growth')) await growth(scratch, base, bin, Number(values.days))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
