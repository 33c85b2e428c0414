import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { unbalanced } from '../../bench/finance.ts'
import { type HotWriter, startWriter, type WriterReport } from '../fixture/hot-writer.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { makeApp, type ScratchApp, sqlite3 } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

export interface Fire {
  readonly journal: 'wal' | 'delete'
  readonly backups: number
  readonly mb: number
}

/**
 * Makes backups while a bot commits to each database every few milliseconds. Every archive is recovered by stock unzip
 * and sqlite3: sound, balanced to the cent, holding every act committed before its backup began. No bot sees an error.
 */
export async function underFire(fire: Fire): Promise<void> {
  using folder = tempFolder()
  const app = makeApp(folder.join('app'), fire)
  const writers = await Promise.all(app.databases.map((name, seed) => startWriter(join(app.path, name), { seed })))
  try {
    for (let i = 0; i < fire.backups; i++) await backupAndRecover(app, writers, folder.join('recovered'))
    const reports = await Promise.all(writers.map((writer) => writer.stop()))
    reports.forEach(noHarm)
  } finally {
    for (const writer of writers) await writer[Symbol.asyncDispose]()
  }
}

async function backupAndRecover(app: ScratchApp, writers: readonly HotWriter[], out: string): Promise<void> {
  const before = await Promise.all(writers.map((writer) => writer.committed()))
  const { path, state } = await pulihJson<{ path: string; state: string }>(['backup', '--dir', app.path])
  assert.equal(state, 'proven')
  mkdirSync(out)
  execFileSync('unzip', ['-q', path, '-d', out])
  for (const [i, name] of app.databases.entries()) {
    const copy = join(out, 'databases', name)
    assert.equal(sqlite3(copy, 'PRAGMA integrity_check'), 'ok', path)
    assert.equal(sqlite3(copy, unbalanced), '', `${path}: ${name} does not balance`)
    const held = Number(sqlite3(copy, 'SELECT seq FROM writer_mark'))
    assert.ok(held >= (before[i] as number), `${path}: ${name} holds ${held} acts, ${before[i]} were committed before`)
  }
  rmSync(out, { recursive: true })
}

function noHarm(report: WriterReport): void {
  assert.deepEqual(report.errors, [])
  assert.ok(report.commits.length > 20, `the writer made only ${report.commits.length} commits`)
}
