import { globSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Measured, measure } from './measure.ts'

const root = join(import.meta.dirname, '..')
const python = '/usr/bin/python3'

/** One way of keeping an app safe. `keep` is its folder for copies; the app holds `finance.db` and `src/`. */
export interface Contestant {
  readonly name: string
  /** Not timed. */
  found(app: string, keep: string): Promise<void>
  /** Seconds until it says it is done. */
  save(app: string, keep: string): Promise<Timed>
  /** The newest copy into an empty folder. `checked`: the database there has passed `integrity_check`. */
  load(app: string, keep: string, out: string): Promise<Timed>
}

export interface Timed {
  readonly seconds: number
  /** Until the bytes were kept and read back; null for those who do not say. */
  readonly storedSeconds: number | null
}

/** The words that start pulih. */
export type Command = readonly string[]

/** The sources as they are, without a build: start-up is slower than what is published. */
export const sources: Command = [process.execPath, join(root, 'src/cli/main.ts')]

/** A built package outside the checkout: what is measured is what is published. */
export async function buildPulih(folder: string): Promise<Command> {
  await measure(['sh', 'tools/build.sh', join(folder, 'package')], { cwd: root })
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const own of globSync('package/node_modules', { cwd: root })) {
    rmSync(join(folder, own), { recursive: true, force: true })
    symlinkSync(join(root, own), join(folder, own))
  }
  return [join(folder, 'package/bin/pulih')]
}

export function pulihContestant(bin: Command): Contestant {
  return {
    name: 'pulih',
    async found(app) {
      rmSync(join(app, 'backups'), { recursive: true, force: true })
    },
    async save(app) {
      const { seconds, stdout } = await measure([...bin, 'backup', '--json', '--dir', app], { exits: [0, 3] })
      const { storedMs, provenMs } = JSON.parse(stdout) as { storedMs: number; provenMs: number }
      return { seconds, storedSeconds: seconds - (provenMs - storedMs) / 1000 }
    },
    async load(app, _keep, out) {
      return timed(await measure([...bin, 'restore', 'latest', '--to', out, '--yes', '--dir', app], { exits: [0, 3] }))
    },
  }
}

const timed = ({ seconds }: Measured): Timed => ({ seconds, storedSeconds: null })

export const restic: Contestant = {
  name: 'restic',
  async found(_app, keep) {
    await run(keep, 'init')
  },
  async save(app, keep) {
    return timed(await run(keep, 'backup', join(app, 'finance.db'), join(app, 'src')))
  },
  async load(_app, keep, out) {
    const { seconds } = await run(keep, 'restore', 'latest', '--target', out)
    const [database = ''] = globSync('**/finance.db', { cwd: out })
    return { seconds: seconds + (await check(join(out, database))), storedSeconds: null }
  },
}

function run(keep: string, ...words: readonly string[]): Promise<Measured> {
  const env = { RESTIC_REPOSITORY: keep, RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: `${keep}.cache` }
  return measure(['restic', '--quiet', ...words], { env })
}

/** Seconds of stock `integrity_check`. */
async function check(database: string): Promise<number> {
  const { seconds, stdout } = await measure(['sqlite3', database, 'PRAGMA integrity_check'])
  if (stdout.trim() !== 'ok') throw new Error(stdout)
  return seconds
}

export const ownerZip: Contestant = {
  name: 'owner’s zip',
  async found() {
    // A folder is enough.
  },
  async save(app, keep) {
    return timed(await measure([python, join(import.meta.dirname, 'owner_zip.py'), 'save', app, keep]))
  },
  async load(_app, keep, out) {
    const { seconds } = await measure([python, join(import.meta.dirname, 'owner_zip.py'), 'load', keep, out])
    return { seconds: seconds + (await check(join(out, 'finance.db'))), storedSeconds: null }
  },
}

export const backupAndZip: Contestant = {
  name: '.backup + zip',
  async found() {
    // A folder is enough.
  },
  async save(app, keep) {
    rmSync(join(keep, 'copy'), { recursive: true, force: true })
    mkdirSync(join(keep, 'copy'))
    const line = `sqlite3 finance.db '.backup ${keep}/copy/finance.db' && cp -R src ${keep}/copy/ && cd ${keep}/copy && zip -q -6 -r ../newest.zip .`
    rmSync(join(keep, 'newest.zip'), { force: true })
    return timed(await measure(['sh', '-c', line], { cwd: app }))
  },
  async load(_app, keep, out) {
    const { seconds } = await measure(['unzip', '-q', join(keep, 'newest.zip'), '-d', out])
    return { seconds: seconds + (await check(join(out, 'finance.db'))), storedSeconds: null }
  },
}
