import type { App } from '../app/app.ts'
import { type Health, lookAtHealth } from '../check/all.ts'
import { sayNote } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { type Alert, reconcile } from './alert.ts'
import { familyOf } from './change.ts'
import { deliver } from './deliver.ts'
import { ping } from './ping.ts'
import { keepAlertsReady } from './state.ts'

/**
 * One round of watching: asks every question, opens an alert for each cause and closes those that are over, sends what is
 * due, and tells the outside that it is still alive. Throws disk.*, cancelled.
 */
export async function monitor(app: App, work: Work = {}): Promise<Health> {
  await keepAlertsReady(app)
  await ping(app, 'start', '')
  const health = await lookAtHealth(app, { depth: 'quick', ...work })
  await reconcile(
    app,
    health.checks.flatMap(({ causes }) => causes),
    isOverIn(app, health),
  )
  await ping(app, health.status === 'critical' ? 'fail' : 'success', summaryOf(app, health))
  await deliver(app)
  return health
}

/** Only what was looked at can be over; a failed backup only when there is a newer one that is proven. */
function isOverIn(app: App, { checks }: Health): (alert: Alert) => boolean {
  const looked = new Set(checks.flatMap(({ families }) => families))
  const ageMs = checks.find(({ name }) => name === 'backup-availability')?.facts.ageMs
  const provenMs = typeof ageMs === 'number' ? app.clock.now() - ageMs : Number.NEGATIVE_INFINITY
  return ({ key, sinceMs }) => {
    const family = familyOf(key)
    if (family === 'backup-failed' || family === 'override') return provenMs >= sinceMs
    return looked.has(family)
  }
}

function summaryOf(app: App, { status, checks }: Health): string {
  const proven = checks.find(({ name }) => name === 'backup-availability')?.facts
  const bad = checks.filter((one) => one.status !== 'healthy')
  return [
    `status ${status}`,
    `newest proven ${proven?.newestProven ?? 'none'}`,
    ...bad.map(({ name, notes }) => `${name}: ${notes.map((one) => sayNote(app.language, one)).join('; ')}`),
  ].join('\n')
}
