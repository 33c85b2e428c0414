import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { errnoOf } from '../error.ts'
import { logStamp } from '../time/zone.ts'
import { redact } from './redact.ts'

const fullBytes = 1_000_000
const keptFiles = 5

let echo = false

/** `--verbose`: from now on every log line also goes to standard error. */
export function echoLog(on: boolean): void {
  echo = on
}

/**
 * One line in the founding form, `2025-08-02 12:00:00 - INFO - ✅ …`, in `backups/logs/pulih.log` (0600, five files of
 * 1 MB). `text` is in the app's language. Secrets are dots. A log that cannot be written never stops an act: its line goes
 * to standard error instead.
 */
export function logLine(app: App, level: 'INFO' | 'WARNING' | 'ERROR', text: string): void {
  const said = redact(text, app).replaceAll(/\s*[\r\n]+\s*/g, ' ')
  const line = `${logStamp(app.clock.now(), app.zone)} - ${level} - ${said}\n`
  const written = writeLine(app.folders.logs, line)
  if (echo || !written) process.stderr.write(line)
}

function writeLine(folder: string, line: string): boolean {
  const path = join(folder, 'pulih.log')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    rotateWhenFull(path)
    appendFileSync(path, line, { mode: 0o600 })
    return true
  } catch {
    // A full or read-only disk: whoever called is about to report that in its own words; the line is not lost either.
    return false
  }
}

/** `pulih.log` -> `pulih.log.1` … `pulih.log.4`; when two processes do it at once, one line may land a file early. */
function rotateWhenFull(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.size < fullBytes) return
  rmSync(`${path}.${keptFiles - 1}`, { force: true })
  for (let number = keptFiles - 2; number >= 0; number--) {
    moveIfThere(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`)
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
