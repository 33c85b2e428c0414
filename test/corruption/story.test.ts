import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { contentOf, copyApp, makeApp, type ScratchApp, workInApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Loss {
  readonly minutes: number
  readonly rows: Readonly<Record<string, Readonly<Record<string, number | null>>>>
}

interface Corruption {
  readonly scenario: string
  readonly plan: string
  readonly backup: string | null
  readonly status: string
  readonly findings: readonly { code: string; path: string; detail: string; message: string }[]
  readonly options: readonly { id: string; backup: string | null; loss: Loss; downtimeSeconds: number | null }[]
  readonly recommendation: { option: string | null; backup: string | null; reason: string } | null
}

const database = 'finance_bot.db'

function prepared(path: string): { app: ScratchApp; live: string } {
  const app = makeApp(path, { mb: 0.3, journal: 'delete' })
  return { app, live: join(path, database) }
}

function backUp(app: ScratchApp): Promise<{ name: string }> {
  return pulihJson(['backup', '--dir', app.path])
}

function scenario(app: ScratchApp, ...words: string[]): Promise<Corruption> {
  return pulihJson(['scenario', 'corruption', '--dir', app.path, ...words], { exits: [0, 3] })
}

function counts(file: string): Record<string, number> {
  using db = new DatabaseSync(file, { readOnly: true })
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all()
  return Object.fromEntries(
    names.map(({ name }) => [name, Number(db.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n)]),
  )
}

async function runPlan(app: ScratchApp): Promise<void> {
  const { code, stdout, stderr } = await pulih(['plan', 'run', 'recovery_plan', '--dir', app.path, '--lang', 'en'])
  assert.equal(code, 0, `${stdout}\n${stderr}`)
}

const damages: Readonly<Record<string, { damage: (live: string) => void; code: string }>> = {
  'the file is gone': { damage: (live) => rmSync(live), code: 'missing' },
  'the file holds nothing': { damage: (live) => truncateSync(live, 0), code: 'header' },
  'the header is gone': { damage: (live) => writeAt(live, 0, Buffer.alloc(100)), code: 'not-sqlite' },
  'the file is cut': { damage: (live) => truncateSync(live, 90_000), code: 'integrity' },
  'a page is zeroed': { damage: (live) => writeAt(live, 4096 * 30, Buffer.alloc(4096)), code: 'integrity' },
  'the schema is noise': { damage: (live) => writeAt(live, 100, Buffer.alloc(3000, 0xa7)), code: 'integrity' },
  'a text file stands there': { damage: (live) => writeFileSync(live, 'deleted by mistake\n'), code: 'not-sqlite' },
}

function writeAt(file: string, at: number, bytes: Buffer): void {
  const all = readFileSync(file)
  bytes.copy(all, at)
  writeFileSync(file, all)
}

describe('scenario corruption', { concurrency: 2 }, () => {
  it('finds nothing wrong with a sound app: exit 0, and its plan is done', async () => {
    using place = tempFolder()
    const { app } = prepared(place.path)
    await backUp(app)
    const ended = await pulih(['scenario', 'corruption', '--dir', app.path, '--json'])
    assert.equal(ended.code, 0, ended.stderr)
    const { findings, options, recommendation, status } = JSON.parse(ended.stdout) as Corruption
    assert.deepEqual([findings, options, recommendation, status], [[], [], null, 'done'])
  })

  it('each kind of damage is found, and every proven backup offered with the tables it would bring back', async () => {
    using place = tempFolder()
    const { app, live } = prepared(place.join('app'))
    const first = await backUp(app)
    workInApp(app, 1)
    const second = await backUp(app)
    const tables = Object.keys(counts(live)).sort()
    for (const [n, [name, { damage, code }]] of Object.entries(damages).entries()) {
      const broken = copyApp(app, place.join(String(n)))
      damage(join(broken.path, database))
      const { status, findings, options, recommendation } = await scenario(broken)
      assert.ok(findings.some((one) => one.code === code) && findings.every(({ path }) => path === database), name)
      const backups = options.filter(({ backup, id }) => id === backup)
      const names = backups.map(({ backup }) => backup)
      assert.deepEqual([status, names], ['ready', [second.name, first.name]], name)
      assert.ok(options.some(({ id }) => id === recommendation?.option))
      for (const { loss, downtimeSeconds } of backups) {
        assert.deepEqual(Object.keys(loss.rows[database] ?? {}).sort(), tables)
        assert.ok((downtimeSeconds ?? 0) > 0)
        assert.ok(Object.values(loss.rows['data/assets.db'] ?? {}).every((rows) => rows === 0))
      }
    }
  })

  for (const name of ['the file is gone', 'a page is zeroed'] as const) {
    it(`${name}: the plan brings the backup back, keeps the damaged file and leaves what is sound alone`, async () => {
      using place = tempFolder()
      const { app, live } = prepared(place.path)
      await backUp(app)
      const kept = contentOf(live)
      workInApp(app, 2)
      const other = contentOf(join(app.path, 'data/assets.db'))
      damages[name]?.damage(live)
      const damaged = existsSync(live) ? readFileSync(live) : null
      const { options } = await scenario(app)
      const way = options.find(({ id, backup }) => id === backup)?.id ?? ''
      assert.equal((await scenario(app, '--use', way)).backup, way)
      await runPlan(app)
      assert.equal(contentOf(live), kept)
      assert.equal(contentOf(join(app.path, 'data/assets.db')), other)
      const held = globSync(`backups/.pulih/quarantine/*/${database}`, { cwd: app.path })
      assert.equal(held.length, damaged === null ? 0 : 1)
      if (damaged !== null) assert.ok(readFileSync(join(app.path, held[0] as string)).equals(damaged))
    })
  }

  it('rows of tables that can be read are counted exactly, those of others are not known', async () => {
    using place = tempFolder()
    const { app, live } = prepared(place.path)
    await backUp(app)
    const before = counts(live)
    workInApp(app, 1)
    const truth = counts(live)
    {
      using db = new DatabaseSync(live)
      const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'").get()?.rootpage
      writeAt(live, (Number(root) - 1) * 4096, Buffer.alloc(4096))
    }
    const { options } = await scenario(app)
    const rows = options.find(({ id }) => id.startsWith('backup_'))?.loss.rows[database] ?? {}
    assert.equal(rows.entries, null)
    const exact = Object.entries(rows).filter(([, lost]) => lost !== null)
    assert.ok(exact.length > 0)
    for (const [table, lost] of exact) assert.equal(lost, (truth[table] ?? 0) - (before[table] ?? 0), table)
  })

  it('an emptied database is found although SQLite has nothing against it', async () => {
    using place = tempFolder()
    const { app, live } = prepared(place.path)
    await backUp(app)
    rmSync(live)
    const db = new DatabaseSync(live)
    db.exec('CREATE TABLE fresh (id INTEGER PRIMARY KEY)')
    db.close()
    const { findings, options } = await scenario(app)
    assert.ok(findings.every(({ code }) => code === 'rows') && findings.length > 0)
    assert.ok(Object.values(options[0]?.loss.rows[database] ?? {}).every((rows) => rows === 0))
  })

  it('only an index is broken: rebuilding it is recommended, and the plan keeps every row', async () => {
    using place = tempFolder()
    const { app, live } = prepared(place.path)
    await backUp(app)
    workInApp(app, 1)
    const truth = rowsOf(live)
    const root = rootOf(live, "type = 'index' AND tbl_name = 'entries'")
    writeAt(live, (root - 1) * 4096, Buffer.alloc(4096, 0x5a))
    const { options, recommendation, backup, findings } = await scenario(app)
    assert.equal(recommendation?.option, 'reindex', recommendation?.reason)
    const way = options.find(({ id }) => id === 'reindex')
    assert.ok(Object.values(way?.loss.rows[database] ?? {}).every((lost) => lost === 0))
    assert.ok(findings.some(({ detail }) => /^index \w+ does not agree/.test(detail)))
    assert.equal(backup !== null, true)
    await runPlan(app)
    assert.deepEqual(rowsOf(live), truth)
    assert.deepEqual((await scenario(app)).findings, [])
    const undone = await pulih(['restore', '--undo', '--yes', '--dir', app.path])
    assert.equal(undone.code, 0, undone.stderr)
  })

  it('salvage keeps what only the live file has, the backup stands in for the rest, and nothing is invented', async () => {
    using place = tempFolder()
    const { app, live } = prepared(place.path)
    await backUp(app)
    const before = rowsOf(live)
    workInApp(app, 1)
    const truth = rowsOf(live)
    const leaf = leafOf(live, 'entries')
    writeAt(live, (leaf - 1) * 4096, Buffer.alloc(4096))
    const { options } = await scenario(app, '--use', 'salvage')
    const lost = options.find(({ id }) => id === 'salvage')?.loss.rows[database] ?? {}
    await runPlan(app)
    const after = rowsOf(live)
    for (const [table, rows] of Object.entries(after)) {
      const [was, is] = [new Set(before[table]), new Set(truth[table])]
      assert.ok(
        rows.every((row) => was.has(row) || is.has(row)),
        `${table}: a row that never was`,
      )
      if (lost[table] === 0) assert.deepEqual(rows, truth[table], table)
    }
    const isNew = (row: string): boolean => !before.entries?.includes(row)
    const [fresh, kept] = [truth.entries?.filter(isNew) ?? [], after.entries?.filter(isNew) ?? []]
    assert.equal(lost.entries, null)
    assert.ok(kept.length > fresh.length / 2, `${kept.length} of ${fresh.length} new rows`)
  })

  it('without a proven backup what can be read is the only way back, and it says so', async () => {
    using place = tempFolder()
    const { app, live } = prepared(place.path)
    const leaf = leafOf(live, 'entries')
    writeAt(live, (leaf - 1) * 4096, Buffer.alloc(4096))
    const { status, options, recommendation } = await scenario(app)
    assert.deepEqual([status, recommendation?.option, options.length], ['ready', 'salvage', 1])
    assert.equal(options[0]?.loss.rows[database]?.entries, null)
    assert.equal(options[0]?.loss.rows[database]?.members, 0)
  })
})

/** Table -> its rows as text, sorted. */
function rowsOf(file: string): Record<string, string[]> {
  using db = new DatabaseSync(file, { readOnly: true })
  const names = Object.keys(counts(file))
  return Object.fromEntries(
    names.map((name) => [
      name,
      db
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  )
}

function rootOf(file: string, where: string): number {
  using db = new DatabaseSync(file, { readOnly: true })
  return Number(db.prepare(`SELECT rootpage FROM sqlite_schema WHERE ${where} LIMIT 1`).get()?.rootpage)
}

/** A page in the middle of a table that holds rows: the first child of its root, as far down as it goes. */
function leafOf(file: string, table: string): number {
  const bytes = readFileSync(file)
  let page = rootOf(file, `name = '${table}'`)
  for (;;) {
    const at = (page - 1) * 4096
    if (bytes[at] === 13) return page
    const middle = Math.floor(bytes.readUInt16BE(at + 3) / 2)
    page = bytes.readUInt32BE(at + bytes.readUInt16BE(at + 12 + 2 * middle))
  }
}
