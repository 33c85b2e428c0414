import { execFile } from 'node:child_process'
import { accessSync, closeSync, constants, existsSync, openSync, readlinkSync, readSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { headerBytes, readHeader } from '../format/sqlite/header.ts'
import { note } from '../message/phrases.ts'
import { findHolders } from '../restore/holders.ts'
import { version } from '../version.ts'
import { type Advice, critical, info, type Patient, warning } from './doctor.ts'

/**
 * The WAL-reset race: SQLite 3.7.0 to 3.51.2 can lose commits when two connections commit and checkpoint at the wrong
 * moment. Mended in 3.51.3 and in the branches 3.50.7 and 3.44.6.
 */
export function hasWalResetBug(sqlite: string): boolean {
  const [major = 0, minor = 0, patch = 0] = sqlite.split('.').map(Number)
  if (major !== 3 || minor < 7 || minor > 51) return false
  const mended = { 51: 3, 50: 7, 44: 6 }[minor]
  return mended === undefined || patch < mended
}

/** The versions of pulih and of the bot, and what is known against them. */
export async function lookAtSqlite(patient: Patient): Promise<Advice[]> {
  const own = process.versions.sqlite ?? '0'
  const bots = await sqlitesOf(patient)
  const live = patient.found.databases.some((path) => usesWal(join(patient.app.folders.app, path)))
  const facts = {
    pulih: version,
    node: process.versions.node,
    sqlite: own,
    bots: bots.map((bot) => `${bot.who} ${bot.sqlite}`),
  }
  return [
    ...(hasWalResetBug(own) ? [critical(note('doctor.sqlite-own', { sqlite: own }), 'npm ci')] : []),
    ...bots
      .filter((bot) => hasWalResetBug(bot.sqlite))
      .map(({ who, sqlite }) => {
        const about = note('doctor.sqlite-bot', { who, sqlite, wal: live })
        const fix = 'sudo apt-get update && sudo apt-get install --only-upgrade libsqlite3-0'
        return live ? warning(about, fix) : info(about, fix)
      }),
    info(note('doctor.versions', facts)),
  ]
}

function usesWal(path: string): boolean {
  try {
    const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const start = Buffer.alloc(headerBytes)
      const reading = readHeader(start.subarray(0, readSync(handle, start, 0, headerBytes, 0)), statSync(path).size)
      return reading.kind === 'sqlite' && reading.header.journalMode === 'wal'
    } finally {
      closeSync(handle)
    }
  } catch {
    return false // missing or unreadable: said elsewhere
  }
}

interface BotSqlite {
  readonly who: string
  readonly sqlite: string
}

/** The SQLite inside the Python that runs the bot (whoever has a database open), or that would. */
async function sqlitesOf({ app, found, env, signal }: Patient): Promise<BotSqlite[]> {
  const live = found.databases.map((path) => ({ path, absolute: join(app.folders.app, path) }))
  const running = findHolders(live).holders.flatMap(({ pid }) => pythonOf(pid))
  const likely = running.length > 0 || !isPythonApp(found.files) ? [] : likelyPython(app.folders.app, env)
  const all = new Map([...running, ...likely].map((one) => [one.program, one]))
  const asked = [...all.values()].map(async ({ who, program }) => {
    const sqlite = await askPython(program, signal)
    return sqlite === null ? [] : [{ who, sqlite }]
  })
  return (await Promise.all(asked)).flat()
}

interface Python {
  readonly who: string
  readonly program: string
}

function pythonOf(pid: number): Python[] {
  try {
    const program = readlinkSync(`/proc/${pid}/exe`)
    return /\/python[\d.]*$/.test(program) ? [{ who: `python (${pid})`, program }] : []
  } catch {
    return [] // gone, or somebody else's: nothing to ask
  }
}

function isPythonApp(files: readonly string[]): boolean {
  return files.some((path) => path.endsWith('.py') || path === 'requirements.txt' || path === 'pyproject.toml')
}

function likelyPython(app: string, env: NodeJS.ProcessEnv): Python[] {
  const own = ['.venv', 'venv'].map((folder) => join(app, folder, 'bin/python'))
  const onPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'python3'))
  const program = [...own, ...onPath].find((path) => path.startsWith('/') && existsSync(path))
  return program === undefined ? [] : [{ who: 'python3', program }]
}

const question = 'import sqlite3; print(sqlite3.sqlite_version)'

/** Runs only a program that its owner could have run as us anyway: root's or our own. `-I`: nothing of the folder is imported. */
async function askPython(program: string, signal?: AbortSignal): Promise<string | null> {
  try {
    accessSync(program, constants.X_OK)
    if (![0, process.getuid?.()].includes(statSync(program).uid)) return null
  } catch {
    return null // it cannot be run, so it does not run the bot either
  }
  const options = { timeout: 10_000, cwd: '/', ...(signal && { signal }) }
  return new Promise((resolve) => {
    execFile(program, ['-I', '-c', question], options, (error, stdout) => {
      const found = stdout.trim()
      resolve(error === null && /^\d+\.\d+\.\d+$/.test(found) ? found : null)
    })
  })
}
