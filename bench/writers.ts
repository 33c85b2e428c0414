import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startWriter } from '../test/fixture/hot-writer.ts'
import type { Command } from './contestants.ts'
import { buildDatabase } from './finance.ts'
import { measure, median, percentile } from './measure.ts'

type Journal = 'wal' | 'delete'

/** What a commit costs the bot while a copy is taken: `p50`, `p99`, `worst` in milliseconds. */
interface Cost {
  readonly p50: number
  readonly p99: number
  readonly worst: number
  readonly errors: number
}

const oneStep = `
import sqlite3, sys
source, target = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2])
source.backup(target)`

/** The bot commits every 5 ms; during that each way takes its copy. */
export async function measureWriters(scratch: string, bin: Command, mb: number, runs: number): Promise<void> {
  console.log(
    `\n### What a commit costs a bot during a backup: one commit every 5 ms, ${mb} MB, medians of ${runs}, ms\n`,
  )
  console.log('| journal | during | p50 | p99 | worst | errors |\n|---|---|---|---|---|---|')
  for (const journal of ['wal', 'delete'] as const) {
    const costs = new Map<string, Cost[]>()
    for (let round = 0; round < runs; round++) {
      for (const [way, cost] of await playRound(join(scratch, 'writers'), bin, journal, mb))
        costs.set(way, [...(costs.get(way) ?? []), cost])
    }
    for (const [way, list] of costs) {
      const cell = (of: (cost: Cost) => number): string => median(list.map(of)).toFixed(1)
      const errors = list.reduce((sum, cost) => sum + cost.errors, 0)
      console.log(
        `| ${journal} | ${way} | ${cell((c) => c.p50)} | ${cell((c) => c.p99)} | ${cell((c) => c.worst)} | ${errors} |`,
      )
    }
  }
}

async function playRound(
  place: string,
  bin: Command,
  journal: Journal,
  mb: number,
): Promise<ReadonlyMap<string, Cost>> {
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  const database = join(place, 'finance.db')
  buildDatabase(database, { mb, journal })
  const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['nothing', () => new Promise((resolve) => setTimeout(resolve, 3000))],
    ['one-step online backup', () => measure(['/usr/bin/python3', '-c', oneStep, database, `${place}-copy.db`])],
    ['pulih backup, first, to the proof', () => measure([...bin, 'backup', '--dir', place], { exits: [0, 3] })],
    ['pulih backup, a moment later', () => measure([...bin, 'backup', '--dir', place], { exits: [0, 3] })],
  ]
  const costs = new Map<string, Cost>()
  for (const [way, act] of ways) costs.set(way, await costDuring(database, act))
  return costs
}

async function costDuring(database: string, act: () => Promise<unknown>): Promise<Cost> {
  await using writer = await startWriter(database)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const from = steady()
  await act()
  const to = steady()
  const { commits, errors } = await writer.stop()
  // A commit that waits for the copy may end after it: what began during it counts.
  const took = commits.filter(([start]) => start >= from && start <= to).map(([, ms]) => ms)
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99), worst: Math.max(...took), errors: errors.length }
}

function steady(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
