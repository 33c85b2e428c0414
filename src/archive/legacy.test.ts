import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type Forged, forgedTime, forgeZip } from '../../test/fixture/forge-zip.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { parseTimestamp } from './legacy.ts'
import { type ArchiveReader, openArchive } from './read.ts'

function sqlite(folder: string): Buffer {
  const file = `${folder}/made.db`
  const database = new DatabaseSync(file)
  database.exec('CREATE TABLE IF NOT EXISTS wallets(id INTEGER PRIMARY KEY, balance)')
  database.close()
  return readFileSync(file)
}

const name = 'backup_pre_deployment_20250802_120000'
const info = {
  backup_name: name,
  backup_type: 'pre_deployment',
  reason: 'Sebelum update',
  timestamp: '2025-08-02T12:00:00.123456',
  databases: { 'finance_bot.db': true, 'wealth.db': true, 'old.db': false },
  code_backup: true,
  success: true,
}
const metadata = { record_counts: { wallets: 3, transactions: 120 }, size: 4096 }

async function reading(
  entries: readonly Forged[],
  zipName: string,
  look: (reader: ArchiveReader, folder: string) => Promise<void>,
) {
  using folder = tempFolder()
  const database = sqlite(folder.path)
  const filled = entries.map((one) => (one.data === undefined ? { ...one, data: database, method: 8 as const } : one))
  writeFileSync(folder.join(zipName), forgeZip(filled))
  await using reader = await openArchive(folder.join(zipName))
  await look(reader, folder.path)
}

const predecessor: readonly Forged[] = [
  { name: 'backup_info.json', data: JSON.stringify(info), method: 8 },
  { name: 'finance_bot.db.backup' },
  { name: 'finance_bot.db.metadata.json', data: JSON.stringify(metadata) },
  { name: 'wealth.db' },
  { name: 'code/', data: '', unixMode: 0o040755 },
  { name: 'code/src/bot.py', data: 'print(1)', unixMode: 0o100755 },
  { name: 'code/.env', data: 'TOKEN=x' },
]

test("the predecessor's archive is read, its underscores left alone", async () => {
  await reading(predecessor, `${name}.zip`, async (reader) => {
    assert.deepEqual(reader.findings, [])
    assert.deepEqual(await reader.readBack(), [])
    assert.equal(reader.manifest, null)
    const { legacy } = reader
    assert.equal(legacy?.name, name)
    assert.equal(legacy?.type, 'pre_deployment')
    assert.equal(legacy?.reason, 'Sebelum update')
    assert.equal(legacy?.createdMs, new Date(2025, 7, 2, 12, 0, 0, 123).getTime())
    assert.deepEqual(
      legacy?.databases.map(({ path }) => path),
      ['finance_bot.db', 'wealth.db'],
    )
    assert.deepEqual(
      legacy?.files.map(({ path }) => path),
      ['src/bot.py', '.env'],
    )
    assert.deepEqual(legacy?.recordCounts, { 'finance_bot.db': metadata.record_counts })
    assert.deepEqual(legacy?.failed, { databases: ['old.db'], whole: false })
    assert.equal(legacy?.hasInfo, true)
  })
})

test('a database named with its folder and stored without it belongs into that folder', async () => {
  const databases = { 'finance_bot.db': true, 'data/wealth.db': true, 'a/twin.db': true, 'b/twin.db': true }
  const flat = [
    { name: 'backup_info.json', data: JSON.stringify({ ...info, databases }) },
    ...['finance_bot.db.backup', 'wealth.db.backup', 'twin.db.backup'].map((one) => ({ name: one })),
    { name: 'wealth.db.metadata.json', data: JSON.stringify(metadata) },
  ]
  await reading(flat, `${name}.zip`, async (reader) => {
    assert.deepEqual(
      reader.legacy?.databases.map(({ path }) => path),
      ['finance_bot.db', 'data/wealth.db', 'twin.db'],
    )
    assert.deepEqual(reader.legacy?.recordCounts, { 'data/wealth.db': metadata.record_counts })
    assert.deepEqual(
      reader.findings.map(({ code, path }) => `${code} ${path}`),
      ['entry-missing a/twin.db', 'entry-missing b/twin.db'],
    )
  })
})

test('everything in one folder inside the zip is read the same way', async () => {
  const inside = predecessor.map((one) => ({ ...one, name: `${name}/${one.name}` }))
  await reading(inside, 'x.zip', async (reader) => {
    assert.deepEqual(reader.findings, [])
    assert.equal(reader.legacy?.name, name)
    assert.deepEqual(
      reader.items.map(({ path, kind }) => [kind, path]),
      [
        ['database', 'finance_bot.db'],
        ['database', 'wealth.db'],
        ['file', 'src/bot.py'],
        ['file', '.env'],
      ],
    )
  })
})

test('a database the info promises and the zip lacks is a finding', async () => {
  await reading(
    predecessor.filter((one) => one.name !== 'wealth.db'),
    'x.zip',
    async (reader) => {
      assert.deepEqual(reader.findings, [{ code: 'entry-missing', path: 'wealth.db', detail: '' }])
    },
  )
})

test('a bare zip with a database in it is accepted, the database known by its header', async () => {
  const bare: readonly Forged[] = [
    { name: 'data/books' },
    { name: 'notes.txt', data: 'SQLite' },
    { name: 'empty.db', data: '' },
  ]
  await reading(bare, 'dari-teman.zip', async (reader, folder) => {
    assert.deepEqual(reader.findings, [])
    assert.equal(reader.legacy?.name, 'dari-teman')
    assert.equal(reader.legacy?.hasInfo, false)
    assert.equal(reader.legacy?.createdMs, forgedTime)
    assert.deepEqual(
      reader.items.map(({ path, kind }) => `${kind} ${path}`),
      ['database data/books', 'file notes.txt', 'file empty.db'],
    )
    await reader.extract(reader.items[0]!.entry, `${folder}/out`)
    assert.ok(readFileSync(`${folder}/out`).equals(readFileSync(`${folder}/made.db`)))
  })
})

test('a database counts once: x.backup before x, and before a copy under code/', async () => {
  const twice: readonly Forged[] = [
    { name: 'f.db', data: 'SQLite format 3\0 old' },
    { name: 'f.db.backup' },
    { name: 'code/f.db', data: 'SQLite format 3\0' },
  ]
  await reading(twice, 'x.zip', async (reader) => {
    assert.deepEqual(
      reader.legacy?.databases.map(({ entry }) => entry.name),
      ['f.db.backup'],
    )
    assert.deepEqual(reader.legacy?.files, [])
    assert.deepEqual(reader.legacy?.shadowed, ['f.db', 'code/f.db'])
  })
})

test('odd info is taken as far as it goes', async () => {
  const odd = { backup_name: '', backup_type: 7, databases: ['f.db'], success: false, timestamp: 'kemarin' }
  await reading(
    [{ name: 'f.db' }, { name: 'backup_info.json', data: JSON.stringify(odd) }],
    'aneh.zip',
    async (reader) => {
      assert.deepEqual(reader.findings, [])
      assert.equal(reader.legacy?.name, 'aneh')
      assert.equal(reader.legacy?.type, 'legacy')
      assert.equal(reader.legacy?.createdMs, forgedTime)
      assert.deepEqual(reader.legacy?.failed, { databases: [], whole: true })
    },
  )
})

test('timestamps: founding stamp, ISO with and without offset, seconds; nothing else', () => {
  const local = new Date(2025, 7, 2, 12, 0, 0).getTime()
  assert.equal(parseTimestamp('20250802_120000'), local)
  assert.equal(parseTimestamp('2025-08-02T12:00:00'), local)
  assert.equal(parseTimestamp('2025-08-02 12:00:00'), local)
  assert.equal(parseTimestamp('2025-08-02T12:00:00+07:00'), Date.UTC(2025, 7, 2, 5))
  assert.equal(parseTimestamp(1754110800), 1754110800000)
  for (const nothing of ['', 'x', null, undefined, {}, -1, Number.NaN, '20251399_999999'])
    assert.equal(parseTimestamp(nothing), null)
})
