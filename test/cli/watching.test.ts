import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { hookStandIn } from '../alert/hook-stand-in.ts'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { copyApp, makeApp, type ScratchApp, sqlite3 } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Health {
  readonly status: string
  readonly checks: readonly { name: string; status: string; facts: Record<string, unknown>; message: string }[]
  readonly report: string
}

const names = [
  ...['backup-availability', 'database-integrity', 'storage', 'stored-files', 'continuity'],
  ...['drill', 'schedule', 'vault', 'exposure'],
]

describe('health, status, monitor, drill and alerts, as sessions', () => {
  const folder = tempFolder()
  let app: ScratchApp
  const at = (...words: string[]): string[] => [...words, '--dir', app.path]
  const health = (exits: readonly number[], ...words: string[]) => pulihJson<Health>(at('health', ...words), { exits })
  const statusOf = ({ checks }: Health, name: string) => checks.find((one) => one.name === name)?.status

  before(() => {
    // A nearly full disk of the machine that runs this must not decide it.
    const thresholds = { disk_warn_used_percent: 100, disk_critical_free_percent: 0 }
    const smoke = 'test "$PULIH_DRILL" = 1 && test -f main.py && sqlite3 finance_bot.db "select 1"'
    app = makeApp(folder.join('app'), { config: { thresholds, app: { smoke_test: smoke } } })
  })
  after(() => folder[Symbol.dispose]())

  test('without a backup health is critical, names the command, and writes its report', async () => {
    const seen = await health([4])
    assert.equal(seen.status, 'critical')
    assert.deepEqual(
      seen.checks.map(({ name }) => name),
      names,
    )
    assert.equal(statusOf(seen, 'backup-availability'), 'critical')
    assert.match(seen.checks[0]?.message ?? '', /pulih backup/)
    assert.deepEqual(JSON.parse(readFileSync(seen.report, 'utf8')).checks, seen.checks)
    assert.match(seen.report, /backups\/reports\/health_report_\d{8}_\d{6}(-\d+)?\.json$/)
  })

  test('after a backup it is healthy, in the same words for a program in both languages', async () => {
    await pulihJson(at('backup'))
    const [en, id] = [await health([0]), await health([0], '--lang', 'id')]
    assert.deepEqual([en.status, id.status], ['healthy', 'healthy'])
    assert.deepEqual(
      en.checks.map(({ name, status }) => [name, status]),
      id.checks.map(({ name, status }) => [name, status]),
    )
    assert.notEqual(en.checks[0]?.message, id.checks[0]?.message)
    assert.match((await pulih(at('health', '--lang', 'id'))).stdout, /✅ sehat/)
  })

  test('status is one screen and the fields of the contract', async () => {
    const seen = await pulihJson<Record<string, never>>(at('status'))
    assert.equal(seen.backups, 1)
    assert.deepEqual(seen.databases, { healthy: 2, total: 2 })
    assert.deepEqual(seen.daemon, { running: false, pid: null, heartbeat: null })
    assert.deepEqual(seen.alerts, [])
    assert.equal(seen.lastDrill, null)
    assert.match(String(seen.nextRun), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/)
    assert.deepEqual(Object.keys(seen.latest ?? {}), ['name', 'ageDays', 'state'])
    assert.match((await pulih(at('status'))).stdout, /2\/2 healthy[\s\S]*next: pulih drill/)
    assert.match((await pulih(at('status', '--lang', 'id'))).stdout, /2\/2 sehat/)
  })

  test('a drill recovers, asks the app, records its time, and leaves nothing behind', async () => {
    const seen = await pulihJson<Record<string, never>>(at('drill'))
    assert.equal(seen.outcome, 'passed')
    const { lastDrill } = await pulihJson<{ lastDrill: Record<string, unknown> }>(at('status'))
    assert.deepEqual([lastDrill.outcome, lastDrill.recoverySeconds], ['done', seen.recoverySeconds])
    const scratch = join(app.path, 'backups/.pulih/scratch')
    assert.deepEqual(existsSync(scratch) ? readdirSync(scratch) : [], [])
  })

  test('a smoke test that fails makes the drill exit 1, an alert, and a critical check until one passes', async () => {
    const sick = copyApp(app, folder.join('sick'))
    const path = join(sick.path, 'config/backup_config.json')
    const config = readFileSync(path, 'utf8')
    writeFileSync(path, config.replace(/"smoke_test":".*?[^\\]"/, '"smoke_test":"echo no money; exit 7"'))
    const here = (...words: string[]): string[] => [...words, '--dir', sick.path]
    const seen = await pulihJson<{ outcome: string; reason: string }>(here('drill'), { exits: [1] })
    assert.match(seen.reason, /exit 7.*no money/)
    const { alerts } = await pulihJson<{ alerts: { key: string; severity: string }[] }>(here('status'))
    assert.deepEqual(
      alerts.map(({ key, severity }) => [key, severity]),
      [['drill-failed', 'critical']],
    )
    assert.equal(statusOf(await pulihJson<Health>(here('health'), { exits: [4] }), 'drill'), 'critical')
    writeFileSync(path, config)
    await pulihJson(here('drill'))
    assert.deepEqual((await pulihJson<{ alerts: [] }>(here('status'))).alerts, [])
  })

  test('a flipped byte in an archive and a damaged page are found, and the databases are not touched by looking', async () => {
    const hurt = copyApp(app, folder.join('hurt'))
    const here = (...words: string[]): string[] => [...words, '--dir', hurt.path]
    flip(globSync('backups/*.zip', { cwd: hurt.path }).map((name) => join(hurt.path, name))[0]!, 0.5)
    const seen = await pulihJson<Health>(here('health'), { exits: [4] })
    assert.deepEqual([statusOf(seen, 'stored-files'), statusOf(seen, 'backup-availability')], ['critical', 'critical'])
    const database = join(hurt.path, 'finance_bot.db')
    sqlite3(database, 'PRAGMA wal_checkpoint(TRUNCATE)')
    smash(database)
    const before = sha256(database)
    const next = await pulihJson<Health>(here('health', '--only', 'database-integrity'), { exits: [4] })
    assert.match(next.checks[0]?.message ?? '', /^finance_bot\.db.*pulih scenario corruption$/)
    assert.equal(sha256(database), before)
    const { databases } = await pulihJson<{ databases: object }>(here('status'))
    assert.deepEqual(databases, { healthy: 1, total: 2 })
  })

  test('rows that go without a record are noticed', async () => {
    const shrunk = copyApp(app, folder.join('shrunk'))
    const here = (...words: string[]): string[] => [...words, '--dir', shrunk.path]
    const table = 'entries'
    sqlite3(join(shrunk.path, 'finance_bot.db'), `DELETE FROM ${table} WHERE rowid % 9 = 0`)
    await pulihJson(here('backup'), { exits: [0, 3] })
    const seen = await pulihJson<Health>(here('health', '--only', 'continuity'), { exits: [3] })
    assert.match(seen.checks[0]?.message ?? '', new RegExp(table))
  })

  test('monitor --once tells of each cause once, and of its end; a heart that stopped is critical', async () => {
    await using hook = await hookStandIn()
    await using outside = await hookStandIn()
    const watched = copyApp(app, folder.join('watched'))
    const here = (...words: string[]): string[] => [...words, '--dir', watched.path]
    const path = join(watched.path, 'config/backup_config.json')
    const config = JSON.parse(readFileSync(path, 'utf8'))
    const alerts = { webhook: { url: hook.url, secret: 's' }, heartbeat_url: `${outside.url}/ping` }
    writeFileSync(path, JSON.stringify({ ...config, alerts }))
    const beat = { version: 1, pid: 999999, process: '999999-1', startTime: '', doing: null, stopped: null }
    const beating = join(watched.path, 'backups/.pulih/heartbeat.json')
    writeFileSync(beating, JSON.stringify({ ...beat, at: new Date(Date.now() - 6 * 60_000).toISOString() }))
    const round = async (exits: readonly number[]) => await pulihJson<Health>(here('monitor', '--once'), { exits })
    assert.equal(statusOf(await round([4]), 'schedule'), 'critical')
    await round([4])
    const told = () => hook.hits.map(({ body }) => [JSON.parse(body).key, JSON.parse(body).event])
    assert.deepEqual(told(), [['daemon-silent', 'opened']])
    const pings = () => outside.hits.map((hit) => hit.path)
    assert.deepEqual(pings(), ['/ping/start', '/ping/fail', '/ping/start', '/ping/fail'])
    writeFileSync(beating, JSON.stringify({ ...beat, at: new Date().toISOString() }))
    await round([0])
    assert.deepEqual(told().at(-1), ['daemon-silent', 'closed'])
    assert.equal(pings().at(-1), '/ping')
    const { alerts: known } = await pulihJson<{ alerts: { key: string; closed: string | null }[] }>(
      here('alerts', 'list'),
    )
    assert.deepEqual(
      known.map(({ key, closed }) => [key, closed !== null]),
      [['daemon-silent', true]],
    )
    assert.match((await pulih(here('alerts', 'test'))).stdout, /✅ webhook: accepted/)
  })

  test('a backup that fails is an alert at once, and over with the next that is proven', async () => {
    await using hook = await hookStandIn()
    const failing = copyApp(app, folder.join('failing'))
    const here = (...words: string[]): string[] => [...words, '--dir', failing.path]
    const path = join(failing.path, 'config/backup_config.json')
    const config = JSON.parse(readFileSync(path, 'utf8'))
    const alerts = { webhook: { url: hook.url } }
    const missing = { backup_paths: { databases: ['finance_bot.db', 'gone.db'] } }
    writeFileSync(path, JSON.stringify({ ...config, alerts, ...missing }))
    assert.equal((await pulih(here('backup'))).code, 1)
    const told = () => hook.hits.map(({ body }) => [JSON.parse(body).key, JSON.parse(body).event])
    assert.deepEqual(told(), [['backup-failed', 'opened']])
    const seen = await pulihJson<Health>(here('health'), { exits: [4] })
    assert.equal(statusOf(seen, 'backup-availability'), 'critical')
    writeFileSync(path, JSON.stringify({ ...config, alerts }))
    await pulihJson(here('backup'), { exits: [0, 3] })
    assert.deepEqual(told().at(-1), ['backup-failed', 'closed'])
  })

  test('alerts test without a channel exits 2 and says how to get one', async () => {
    const ended = await pulih(at('alerts', 'test'))
    assert.equal(ended.code, 2)
    assert.match(ended.stderr, /"alerts"/)
    assert.equal((await pulih(at('health', '--only', 'nothing'))).code, 2)
  })
})

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

function flip(path: string, where: number): void {
  const bytes = readFileSync(path)
  bytes[Math.floor(bytes.length * where)]! ^= 0x01
  writeFileSync(path, bytes)
}

/** Every page from the third on loses its header. */
function smash(path: string): void {
  const bytes = readFileSync(path)
  for (let page = 2; page * 4096 + 16 < bytes.length; page++) bytes.fill(0xa5, page * 4096, page * 4096 + 16)
  writeFileSync(path, bytes)
}
