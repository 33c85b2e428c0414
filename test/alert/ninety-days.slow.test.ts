import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { drillWithAlert } from '../../src/alert/drill.ts'
import { monitor } from '../../src/alert/monitor.ts'
import { defaultConfig } from '../../src/app/config-file.ts'
import { Secret } from '../../src/app/secret.ts'
import { listBackups } from '../../src/catalogue/catalogue.ts'
import { isDrillDue } from '../../src/daemon/job/drill.ts'
import { manualClock } from '../../src/time/manual.ts'
import { backupWithRetention } from '../../src/trigger/retention.ts'
import { bareApp } from '../fixture/bare-app.ts'
import { makeApp, sqlite3, workInApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { hookStandIn } from './hook-stand-in.ts'

const hour = 3_600_000
const day = 24 * hour
const days = 90
/** Ahead of the kernel's clock, by which files are dated. */
const start = Date.parse('2037-01-01T01:55:00+07:00')

/** What goes wrong on which day, and the alert that must come, within how many days. */
const faults: readonly { readonly onDay: number; readonly key: string; readonly withinDays: number }[] = [
  { onDay: 20, key: 'no-proven-backup', withinDays: 2 },
  { onDay: 40, key: 'rows-fell', withinDays: 1 },
  { onDay: 55, key: 'stored-file-damaged', withinDays: 8 },
  { onDay: 75, key: 'backup-failed', withinDays: 1 },
]

test('ninety days: no false alert, and none missed', async () => {
  using folder = tempFolder()
  await using hook = await hookStandIn()
  const made = makeApp(folder.join('app'), { mb: 0.3 })
  const clock = manualClock(start)
  const alerts = { ...defaultConfig().alerts, order: ['webhook'] as const, remindAfterMs: 0 }
  const thresholds = { ...defaultConfig().thresholds, diskWarnUsedPercent: 100, diskCriticalFreePercent: 0 }
  const webhook = { url: new Secret(hook.url), secret: null }
  const config = { databases: made.databases, alerts: { ...alerts, webhook }, thresholds }
  const app = bareApp(made.path, { clock, config })
  const missing = bareApp(made.path, { clock, config: { ...config, databases: [...made.databases, 'gone.db'] } })
  const told: { readonly day: number; readonly key: string; readonly event: string }[] = []
  const round = async (today: number, times: number) => {
    for (let n = 0; n < times; n++) {
      await clock.advance((day - hour) / times)
      await monitor(app)
      for (const { body } of hook.hits.slice(told.length)) {
        const { key, event } = JSON.parse(body)
        told.push({ day: today, key, event })
      }
    }
  }
  for (let today = 0; today < days; today++) {
    workInApp(made, today, 12)
    // The app's own, ordinary deletions.
    if (today % 3 === 0) sqlite3(join(made.path, 'finance_bot.db'), `DELETE FROM entries WHERE rowid = ${today + 5}`)
    if (today === 40) sqlite3(join(made.path, 'finance_bot.db'), 'DELETE FROM entries WHERE rowid % 5 = 0')
    await pause(15)
    const daily = { type: 'scheduled', trigger: 'daily_scheduled' }
    if (today === 75) {
      await assert.rejects(backupWithRetention(missing, daily))
      await clock.advance(60_000)
    }
    if (today !== 20) await backupWithRetention(app, daily)
    if (today === 55) flip((await listBackups(app)).at(-1)?.path ?? '')
    await clock.advance(hour)
    if (await isDrillDue(app, clock.now())) await drillWithAlert(app, {})
    await round(today, today === 20 ? 4 : 2)
  }
  for (const { onDay, key, withinDays } of faults) {
    const opened = told.filter((one) => one.event === 'opened' && one.key.startsWith(key))
    assert.equal(opened.length, 1, `${key}: ${JSON.stringify(opened)}`)
    const late = (opened[0]?.day ?? Number.POSITIVE_INFINITY) - onDay
    assert.ok(late >= 0 && late <= withinDays, `${key} came ${late} days after its cause`)
  }
  const known = (key: string): boolean => faults.some((one) => key.startsWith(one.key))
  assert.deepEqual(
    told.filter(({ key }) => !known(key)),
    [],
  )
  const open = new Set(told.filter(({ event }) => event === 'opened').map(({ key }) => key))
  for (const { key, event } of told) if (event === 'closed') open.delete(key)
  // The damaged archive stays on the disk, and so does its alert until somebody removes it.
  assert.ok([...open].every((key) => key.startsWith('stored-file-damaged')))
})

function flip(path: string): void {
  const bytes = readFileSync(path)
  bytes[Math.floor(bytes.length / 2)]! ^= 0x01
  writeFileSync(path, bytes)
}
