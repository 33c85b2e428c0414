import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { redact } from '../catalogue/redact.ts'
import { writeDurably } from '../disk/draft.ts'
import { errnoOf, isPulihError } from '../error.ts'
import { sayNote } from '../message/phrases.ts'
import type { Language } from '../message/sentence.ts'
import { isoWithOffset, localStamp } from '../time/zone.ts'
import type { CheckResult, Health } from './all.ts'

const kept = 50

/** The JSON contract of `health` and `monitor --once`, but for `report`. */
export function healthJson(app: App, { status, checks }: Health, language: Language) {
  return { status, checks: checks.map((one) => checkJson(app, one, language)) }
}

function checkJson(app: App, { name, status, facts, notes }: CheckResult, language: Language) {
  return { name, status, facts, message: redact(notes.map((one) => sayNote(language, one)).join('; '), app) }
}

/**
 * Writes `backups/reports/health_report_<time>.json` and lets the oldest ones go. Answers its path; null when it cannot be
 * written: a full disk is what the report was about to say, and whoever asked is told all the same.
 */
export async function writeReport(app: App, health: Health, language: Language): Promise<string | null> {
  const nowMs = app.clock.now()
  const report = { at: isoWithOffset(nowMs, app.zone), ...healthJson(app, health, language) }
  const path = freePath(join(app.folders.reports, `health_report_${localStamp(nowMs, app.zone)}`))
  try {
    await writeDurably(path, `${JSON.stringify(report, null, 2)}\n`)
    await rotate(app.folders.reports)
    return path
  } catch (error) {
    if (!isPulihError(error) && errnoOf(error) === undefined) throw error
    return null
  }
}

function freePath(stem: string): string {
  for (let n = 1; ; n++) {
    const path = n === 1 ? `${stem}.json` : `${stem}-${n}.json`
    if (!existsSync(path)) return path
  }
}

async function rotate(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^health_report_\d{8}_\d{6}(-\d+)?\.json$/.test(name)).sort()
  for (const name of names.slice(0, Math.max(0, names.length - kept))) await rm(join(folder, name), { force: true })
}
