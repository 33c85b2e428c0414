import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { history } from '../catalogue/history.ts'
import { isPulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { backupAvailability } from './backup-availability.ts'
import {
  type Check,
  type CheckName,
  type Depth,
  type Scene,
  type Status,
  type Verdict,
  verdictOf,
  worst,
} from './check.ts'
import { continuity } from './continuity.ts'
import { databaseIntegrity } from './database-integrity.ts'
import { drill } from './drill.ts'
import { exposure } from './exposure.ts'
import { schedule } from './schedule.ts'
import { storage } from './storage.ts'
import { storedFiles } from './stored-files.ts'
import { vault } from './vault.ts'

/** In the order they are shown. */
export const checks: readonly Check[] = [
  ...[backupAvailability, databaseIntegrity, storage, storedFiles, continuity],
  ...[drill, schedule, vault, exposure],
]

export interface CheckResult extends Verdict {
  readonly name: CheckName
  /** What its alerts' keys begin with; none when it could not be looked at: then nothing is known to be over. */
  readonly families: readonly string[]
}

export interface Health {
  readonly status: Status
  readonly checks: readonly CheckResult[]
}

export interface HealthRequest extends Work {
  readonly depth: Depth
  /** One check alone; all when not told. */
  readonly only?: CheckName | undefined
}

/**
 * Asks every question about the health of an app. Never throws for what it finds: a question that cannot be answered is
 * critical itself. Throws cancelled.
 */
export async function lookAtHealth(app: App, request: HealthRequest): Promise<Health> {
  const wanted = checks.filter(({ name }) => request.only === undefined || name === request.only)
  const results = new Map<CheckName, CheckResult>()
  // First, since what it finds damaged counts for nothing in the others.
  const first = wanted.filter((one) => one === storedFiles)
  for (const check of [...first, ...wanted.filter((one) => one !== storedFiles)])
    results.set(check.name, await answer(check, app, request))
  const ordered = wanted.map(({ name }) => results.get(name) as CheckResult)
  return { status: worst(ordered.map(({ status }) => status)), checks: ordered }
}

async function answer(check: Check, app: App, request: HealthRequest): Promise<CheckResult> {
  const { name, families } = check
  try {
    request.signal?.throwIfAborted()
    const verdict = await check.look(await sceneOf(app, request))
    return { name, families: [...families, 'not-looked'], ...verdict }
  } catch (error) {
    if (!isPulihError(error) || error.exit === 130 || request.signal?.aborted) throw error
    const said = note('check.not-looked', { check: name, en: error.words('en')[0], id: error.words('id')[0] })
    // A full disk leaves no room to look: `storage` is the one to say so, for one cause is one alert.
    if (error.code === 'disk.full')
      return { name, families: [], status: 'warning', facts: { error: error.code }, notes: [said], causes: [] }
    const causes = [{ key: `not-looked:${name}`, severity: 'critical' as const, note: said }]
    return { name, families: [], ...verdictOf({ error: error.code }, causes, said) }
  }
}

async function sceneOf(app: App, { depth, signal, progress }: HealthRequest): Promise<Scene> {
  const [backups, acts] = await Promise.all([listBackups(app), history(app)])
  return { app, nowMs: app.clock.now(), depth, backups, acts, signal, progress }
}
