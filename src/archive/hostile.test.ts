import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import { manifestOf } from '../../test/fixture/archive.ts'
import { type Forged, type ForgedZip, forgeZip, u16, u32 } from '../../test/fixture/forge-zip.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { isPulihError } from '../error.ts'
import { encodeEnd } from '../format/zip/encode.ts'
import type { Finding, FindingCode } from '../snapshot/finding.ts'
import type { FileRecord } from '../snapshot/manifest.ts'
import { findingOf } from './damage.ts'
import { type ArchiveReader, openArchive } from './read.ts'

const text: Forged = { name: 'RESTORE.txt', data: 'how' }

function recordOf({ name, data = 'x', method = 0 }: Forged): FileRecord {
  const raw = Buffer.from(data)
  const stored = method === 8 ? deflateRawSync(raw) : raw
  return {
    path: name.replace(/^code\//, ''),
    bytes: raw.length,
    sha256: hash('sha256', raw, 'hex'),
    stored: { bytes: stored.length, sha256: hash('sha256', stored, 'hex') },
    kind: 'file',
    mode: 0o640,
    mtimeMs: Date.UTC(2025, 7, 2, 5, 0, 0),
    secret: false,
  }
}

/** A zip that claims to be ours and whose manifest lists `listed`. */
function ours(entries: readonly Forged[], listed: readonly Forged[] = entries, zip: ForgedZip = {}): Buffer {
  const manifest = manifestOf('backup_manual_20250802_120000', [], listed.map(recordOf))
  return forgeZip([...entries, text, { name: 'backup_info.json', data: JSON.stringify(manifest), method: 8 }], zip)
}

/** A predecessor's zip. */
function legacy(entries: readonly Forged[], zip: ForgedZip = {}): Buffer {
  const info = { backup_name: 'backup_manual_20250802_120000', backup_type: 'manual', databases: {}, success: true }
  return forgeZip([...entries, { name: 'backup_info.json', data: JSON.stringify(info) }], zip)
}

const good: Forged = { name: 'code/a.txt', data: 'good' }
const evil = (name: string, more: Partial<Forged> = {}): Forged => ({ name, data: 'evil', ...more })
const bomb = deflateRawSync(Buffer.alloc(4_000_000))

interface Case {
  readonly zip: Buffer
  readonly code: FindingCode
  readonly detail?: RegExp
  /** An entry that must not be extractable. */
  readonly entry?: string
  /** Only reading the content shows it. */
  readonly onReading?: true
}

const cases: Readonly<Record<string, Case>> = {
  'a name that climbs out': { zip: legacy([evil('code/../../x')]), code: 'entry-unsafe-name', entry: 'code/../../x' },
  'a name that climbs out in one of ours': {
    zip: ours([evil('code/../x')], [good]),
    code: 'entry-unsafe-name',
    entry: 'code/../x',
  },
  'a manifest whose path climbs out': { zip: ours([good], [evil('code/../x')]), code: 'manifest-invalid' },
  'a name with a dot segment': { zip: legacy([evil('code/./x')]), code: 'entry-unsafe-name', entry: 'code/./x' },
  'an absolute name': { zip: legacy([evil('/etc/x')]), code: 'entry-unsafe-name', entry: '/etc/x' },
  'an absolute name behind the prefix': {
    zip: legacy([evil('code//etc/x')]),
    code: 'entry-unsafe-name',
    entry: 'code//etc/x',
  },
  'a drive letter': { zip: legacy([evil('C:/x')]), code: 'entry-unsafe-name', entry: 'C:/x' },
  'a drive letter behind the prefix': {
    zip: legacy([evil('code/C:/x')]),
    code: 'entry-unsafe-name',
    entry: 'code/C:/x',
  },
  'a backslash name': { zip: legacy([evil('code\\..\\x')]), code: 'entry-unsafe-name', entry: 'code\\..\\x' },
  'a NUL in the name': { zip: legacy([evil('code/x\0.txt')]), code: 'entry-unsafe-name', entry: 'code/x\0.txt' },
  'an empty segment': { zip: legacy([evil('code/a//b')]), code: 'entry-unsafe-name', entry: 'code/a//b' },
  'an empty name': { zip: legacy([evil('')]), code: 'entry-unsafe-name', entry: '' },
  'a name that is not UTF-8': {
    zip: legacy([evil('code/xx', { local: badUtf8(30), central: badUtf8(46) })]),
    code: 'entry-unsafe-name',
  },
  'a second name in the extras': {
    zip: legacy([evil('code/x', { central: withUnicodePath('code/x', '/etc/y') })]),
    code: 'entry-unsafe-name',
    detail: /second name/,
  },
  'a symbolic link': {
    zip: legacy([evil('code/link', { data: '/etc', unixMode: 0o120777 })]),
    code: 'entry-unsafe-name',
    detail: /symbolic link/,
    entry: 'code/link',
  },
  'a symbolic link, then a file through it': {
    zip: legacy([evil('code/link', { data: '/etc', unixMode: 0o120777 }), evil('code/link/x')]),
    code: 'entry-unsafe-name',
    detail: /code\/link is a file/,
    entry: 'code/link/x',
  },
  'a file that is a folder of another': {
    zip: legacy([evil('code/a'), evil('code/a/b')]),
    code: 'entry-unsafe-name',
    entry: 'code/a/b',
  },
  'a character device': {
    zip: legacy([evil('code/null', { unixMode: 0o020666 })]),
    code: 'entry-unsafe-name',
    entry: 'code/null',
  },
  'a block device': {
    zip: legacy([evil('code/sda', { unixMode: 0o060660 })]),
    code: 'entry-unsafe-name',
    entry: 'code/sda',
  },
  'a named pipe': {
    zip: legacy([evil('code/pipe', { unixMode: 0o010600 })]),
    code: 'entry-unsafe-name',
    entry: 'code/pipe',
  },
  'a socket': {
    zip: legacy([evil('code/sock', { unixMode: 0o140600 })]),
    code: 'entry-unsafe-name',
    entry: 'code/sock',
  },
  'one name twice': {
    zip: legacy([evil('code/a'), evil('code/a')]),
    code: 'entry-unsafe-name',
    detail: /twice/,
    entry: 'code/a',
  },
  'two names that differ only in case': {
    zip: legacy([evil('code/ReadMe.md'), evil('code/README.md')]),
    code: 'entry-unsafe-name',
    detail: /only in case/,
    entry: 'code/README.md',
  },
  'two names that differ only in Unicode form': {
    zip: legacy([evil('code/caf\u00e9'), evil('code/cafe\u0301')]),
    code: 'entry-unsafe-name',
    entry: 'code/cafe\u0301',
  },
  'a case twin the manifest does not hold': {
    zip: ours([good, evil('code/A.TXT')], [good]),
    code: 'entry-unsafe-name',
    entry: 'code/A.TXT',
  },
  'an entry the manifest does not hold': {
    zip: ours([good, evil('code/more')], [good]),
    code: 'entry-unlisted',
    entry: 'code/more',
  },
  'a folder entry in one of ours': {
    zip: ours([good, evil('code/', { data: '', unixMode: 0o040755 })], [good]),
    code: 'entry-unlisted',
  },
  'an entry that is missing': { zip: ours([], [good]), code: 'entry-missing' },
  'two entries over the same bytes': {
    zip: legacy([evil('code/a'), evil('code/b', { sameBytesAs: 'code/a' })]),
    code: 'entry-damaged',
    detail: /overlaps/,
    entry: 'code/b',
  },
  'an entry inside another one': {
    zip: legacy([
      evil('code/a', { data: forgeZip([evil('code/b')]) }),
      evil('code/b', { sameBytesAs: 'x', lie: { offset: 49 } }),
    ]),
    code: 'entry-damaged',
    detail: /overlaps/,
    entry: 'code/b',
  },
  'another name in the local header': {
    zip: legacy([evil('code/a', { local: (header) => rename(header, 'code/b') })]),
    code: 'entry-damaged',
    detail: /name differs/,
    entry: 'code/a',
  },
  'another method in the local header': {
    zip: legacy([evil('code/a', { local: u16(8, 8) })]),
    code: 'entry-damaged',
    detail: /method/,
  },
  'another size in the local header': {
    zip: legacy([evil('code/a', { local: u32(22, 9) })]),
    code: 'entry-damaged',
    detail: /size/,
  },
  'another CRC in the local header': {
    zip: legacy([evil('code/a', { local: u32(14, 9) })]),
    code: 'entry-damaged',
    detail: /CRC/,
  },
  'no local header where the directory points': {
    zip: legacy([evil('code/a', { local: u32(0, 9) })]),
    code: 'entry-damaged',
    detail: /no local header/,
    entry: 'code/a',
  },
  'an entry outside the file': {
    zip: legacy([evil('code/a'), evil('code/b', { central: u32(42, 1e9) })]),
    code: 'entry-damaged',
    detail: /outside/,
    entry: 'code/b',
  },
  'a stored size past the end': {
    zip: legacy([evil('code/a', { lie: { bytes: 1e6, storedBytes: 1e6 } })]),
    code: 'entry-damaged',
  },
  'an encrypted entry': {
    zip: legacy([evil('code/a', { local: u16(6, 0x801), central: u16(8, 0x801) })]),
    code: 'entry-damaged',
    detail: /encrypted/,
    entry: 'code/a',
  },
  'an unknown method': {
    zip: legacy([evil('code/a', { local: u16(8, 12), central: u16(10, 12) })]),
    code: 'entry-damaged',
    detail: /method 12/,
    entry: 'code/a',
  },
  'an entry on another disk': {
    zip: legacy([evil('code/a', { central: u16(34, 1) })]),
    code: 'entry-damaged',
    detail: /disk/,
  },
  'a stored entry with two sizes': {
    zip: legacy([evil('code/a', { lie: { bytes: 99 } })]),
    code: 'entry-damaged',
    detail: /sizes differ/,
    entry: 'code/a',
  },
  'a size no deflate can reach': {
    zip: legacy([evil('code/a', { method: 8, lie: { bytes: 1e9 } })]),
    code: 'entry-damaged',
    detail: /impossible/,
    entry: 'code/a',
  },
  'a bomb that inflates to more than declared': {
    zip: legacy([evil('code/a', { method: 8, stored: bomb })]),
    code: 'entry-damaged',
    onReading: true,
    entry: 'code/a',
  },
  'a bomb in one of ours, with the size it has': {
    zip: ours(
      [evil('code/a', { data: Buffer.alloc(4_000_000), method: 8 })],
      [evil('code/a', { data: 'x', method: 8 })],
    ),
    code: 'entry-size',
    entry: 'code/a',
  },
  'fewer bytes than declared': {
    zip: legacy([evil('code/a', { method: 8, lie: { bytes: 99 } })]),
    code: 'entry-size',
    onReading: true,
    entry: 'code/a',
  },
  'bytes behind the compressed data': {
    zip: legacy([
      evil('code/a', { method: 8, stored: Buffer.concat([deflateRawSync(Buffer.from('evil')), Buffer.from('more')]) }),
    ]),
    code: 'entry-damaged',
    detail: /behind/,
    onReading: true,
    entry: 'code/a',
  },
  'a wrong CRC': {
    zip: legacy([evil('code/a', { lie: { crc32: 1 } })]),
    code: 'entry-damaged',
    detail: /CRC/,
    onReading: true,
    entry: 'code/a',
  },
  'a wrong CRC in one of ours': {
    zip: ours([{ ...good, lie: { crc32: 1 } }], [good]),
    code: 'entry-damaged',
    detail: /CRC/,
    onReading: true,
    entry: 'code/a.txt',
  },
  'another mode than recorded': {
    zip: ours([{ ...good, lie: { mode: 0o666 } }], [good]),
    code: 'entry-damaged',
    detail: /mode/,
  },
  'a wrong data descriptor': {
    zip: legacy([evil('code/a', { local: u16(6, 0x808), central: u16(8, 0x808), after: Buffer.alloc(16) })]),
    code: 'entry-damaged',
    detail: /descriptor/,
  },
  'bytes before the first entry': {
    zip: legacy([good], { before: Buffer.from('#!/bin/sh') }),
    code: 'archive-unreadable',
    detail: /before/,
  },
  'bytes after the end': {
    zip: legacy([good], { after: Buffer.from('more') }),
    code: 'archive-unreadable',
    detail: /after/,
  },
  'bytes between entries': {
    zip: legacy([evil('code/a', { after: Buffer.from('hidden') })]),
    code: 'archive-unreadable',
    detail: /no entry/,
  },
  'two ends': { zip: withInnerEnd(), code: 'archive-unreadable', detail: /more than one end/ },
  'a comment that is not ours': {
    zip: ours([good], [good], { comment: 'hello' }),
    code: 'archive-rewritten',
    detail: /last part/,
  },
  'an extra field twice': {
    zip: legacy([evil('code/a', { central: (header) => grow(header, header.subarray(header.length - 9)) })]),
    code: 'entry-damaged',
    detail: /twice/,
  },
  'an extra field cut off': {
    zip: legacy([evil('code/a', { central: (header) => grow(header, Buffer.from([1, 0, 99, 0, 1])) })]),
    code: 'entry-damaged',
    detail: /cut off/,
  },
  'neither manifest nor database': { zip: forgeZip([good]), code: 'manifest-missing' },
  'a manifest twice': {
    zip: forgeZip([
      { name: 'backup_info.json', data: '{}' },
      { name: 'backup_info.json', data: '{}' },
    ]),
    code: 'manifest-invalid',
  },
  'a manifest that is not JSON': { zip: forgeZip([{ name: 'backup_info.json', data: '{' }]), code: 'manifest-invalid' },
  'a manifest of something else': {
    zip: forgeZip([{ name: 'backup_info.json', data: '{"a":1}' }]),
    code: 'manifest-invalid',
  },
  'a manifest from a newer pulih': {
    zip: forgeZip([text, { name: 'backup_info.json', data: '{"format":"pulih-archive","version":2}' }]),
    code: 'manifest-invalid',
    detail: /newer/,
  },
}

for (const [title, one] of Object.entries(cases)) {
  test(`${title} is found: ${one.code}`, async () => {
    using folder = tempFolder()
    writeFileSync(folder.join('a.zip'), one.zip)
    await using reader = await openArchive(folder.join('a.zip'))
    const matching = (finding: Finding): boolean =>
      finding.code === one.code && (one.detail ?? /./s).test(`${finding.detail} `)
    if (!one.onReading) assert.ok(reader.findings.some(matching), JSON.stringify(reader.findings))
    else assert.ok(!reader.findings.some(matching), JSON.stringify(reader.findings))
    const all = [...(await reader.readBack()), ...(await readAll(reader))]
    assert.ok(all.some(matching), JSON.stringify(all))
    await refuses(reader, one.entry, folder.join('out'))
  })
}

async function readAll(reader: ArchiveReader): Promise<Finding[]> {
  const found = await Promise.all(
    reader.items.map(({ entry, path }) =>
      reader.hash(entry).then(
        () => null,
        (error) => findingOf(error, path),
      ),
    ),
  )
  return found.filter((one) => one !== null)
}

async function refuses(reader: ArchiveReader, name: string | undefined, out: string): Promise<void> {
  for (const entry of reader.entries.filter((other) => other.name === name)) {
    await assert.rejects(reader.extract(entry, `${out}/x`, { root: out }), (error: unknown) =>
      isPulihError(error, 'archive.damaged'),
    )
  }
  if (existsSync(out)) assert.deepEqual(readdirSync(out), [])
}

const unreadable: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
  'an empty file': [Buffer.alloc(0), /no end/],
  'a text file': [Buffer.from('hello '.repeat(1000)), /no end/],
  'several disks': [legacy([good], { end: u16(4, 1) }), /several disks/],
  'entry counts that differ': [legacy([good], { end: u16(8, 7) }), /counts/],
  'a directory outside the file': [legacy([good], { end: u32(16, 1e9) }), /outside/],
  'a directory too short for its entries': [
    legacy([good], { end: (end) => u16(8, 9999)(u16(10, 9999)(end)) }),
    /too short/,
  ],
  'a broken directory record': [legacy([evil('code/a', { central: u32(0, 1) })]), /record 1 of 2/],
  'a directory record that runs over': [legacy([evil('code/a', { central: u16(30, 0xffff) })]), /cut off/],
}

for (const [title, [zip, reason]] of Object.entries(unreadable)) {
  test(`${title} is not an archive at all`, async () => {
    using folder = tempFolder()
    writeFileSync(folder.join('a.zip'), zip)
    await assert.rejects(
      openArchive(folder.join('a.zip')),
      (error: unknown) => isPulihError(error, 'archive.unreadable') && reason.test(error.facts.reason),
    )
  })
}

test('a folder, a missing file and a pipe are refused without waiting', async () => {
  using folder = tempFolder()
  spawnSync('mkfifo', [folder.join('pipe.zip')])
  await assert.rejects(openArchive(folder.join('pipe.zip')), { code: 'archive.unreadable' })
  await assert.rejects(openArchive(folder.path), { code: 'archive.unreadable' })
  await assert.rejects(openArchive(folder.join('none.zip')), { code: 'disk.failed' })
})

test('a directory larger than any honest one is refused before memory is taken for it', async () => {
  using folder = tempFolder()
  const places = [
    { entries: 200_001, bytes: 200_001 * 46, offset: 0 },
    { entries: 2, bytes: 65 * 2 ** 20, offset: 0 },
  ]
  for (const place of places) {
    writeFileSync(folder.join('a.zip'), '')
    truncateSync(folder.join('a.zip'), place.bytes)
    appendFileSync(folder.join('a.zip'), encodeEnd(place, ''))
    await assert.rejects(
      openArchive(folder.join('a.zip')),
      (error: unknown) => isPulihError(error, 'archive.unreadable') && /200000|too large/.test(error.facts.reason),
    )
  }
})

test('one reader serves many at once', async () => {
  using folder = tempFolder()
  const entries = Array.from({ length: 40 }, (_, n) => evil(`code/f${n}`, { data: `${n}`.repeat(n * 5000), method: 8 }))
  writeFileSync(folder.join('a.zip'), ours(entries))
  await using reader = await openArchive(folder.join('a.zip'))
  const all = [reader.readBack(), reader.readBack(), ...reader.items.map(({ entry }) => reader.hash(entry))]
  const [first, second] = await Promise.all(all)
  assert.deepEqual([first, second], [[], []])
})

test('case twins that the manifest holds both of are fine', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('a.zip'), ours([evil('code/ReadMe.md'), evil('code/README.md')]))
  await using reader = await openArchive(folder.join('a.zip'))
  assert.deepEqual(reader.findings, [])
  assert.equal(reader.items.length, 2)
})

test('entries not in the manifest do not stop the others from coming back', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('a.zip'), ours([good, evil('a.txt')], [good]))
  await using reader = await openArchive(folder.join('a.zip'))
  assert.deepEqual(
    reader.items.map(({ path }) => path),
    ['a.txt'],
  )
  await reader.extract(reader.items[0]!.entry, folder.join('out', 'a.txt'), { root: folder.join('out') })
})

test('links planted at the target are refused and what they point to is untouched', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('a.zip'), ours([evil('code/sub/a.txt')]))
  await using reader = await openArchive(folder.join('a.zip'))
  const [item] = reader.items
  mkdirSync(folder.join('elsewhere'))
  mkdirSync(folder.join('out'))
  symlinkSync(folder.join('elsewhere'), folder.join('out', 'sub'))
  const refused = (problem: string) => (error: unknown) =>
    isPulihError(error, 'archive.target') && error.facts.problem === problem
  const extract = (target: string, root?: string) =>
    reader.extract(item!.entry, target, root === undefined ? {} : { root })
  await assert.rejects(extract(folder.join('out', 'sub', 'a.txt'), folder.join('out')), refused('symlink'))
  symlinkSync(folder.join('elsewhere', 'b.txt'), folder.join('out', 'b.txt'))
  await assert.rejects(extract(folder.join('out', 'b.txt'), folder.join('out')), refused('symlink'))
  writeFileSync(folder.join('out', 'c.txt'), 'mine')
  await assert.rejects(extract(folder.join('out', 'c.txt'), folder.join('out')), refused('exists'))
  await assert.rejects(extract(folder.join('out', 'c.txt', 'd'), folder.join('out')), refused('not-a-folder'))
  await assert.rejects(extract(folder.join('x.txt'), folder.join('out')), refused('outside'))
  assert.deepEqual(readdirSync(folder.join('elsewhere')), [])
})

function badUtf8(at: number): (header: Buffer) => Buffer {
  return (header) => {
    header[at + 5] = 0xff
    return header
  }
}

/** Adds to the extras of a central header, which stand at its end. */
function grow(header: Buffer, extra: Buffer): Buffer {
  const grown = Buffer.concat([header, extra])
  grown.writeUInt16LE(header.readUInt16LE(30) + extra.length, 30)
  return grown
}

function withUnicodePath(name: string, other: string): (header: Buffer) => Buffer {
  return (header) => {
    const field = Buffer.alloc(9)
    field.writeUInt16LE(0x7075, 0)
    field.writeUInt16LE(5 + other.length, 2)
    field.writeUInt8(1, 4)
    field.writeUInt32LE(crc32(name), 5)
    return grow(header, Buffer.concat([field, Buffer.from(other)]))
  }
}

function rename(header: Buffer, name: string): Buffer {
  header.write(name, 30)
  return header
}

/** The comment holds a second directory and end record, which end with the file as well as the first one does. */
function withInnerEnd(): Buffer {
  const honest = legacy([good], { comment: '' })
  const other = forgeZip([evil('code/other')], { comment: '' })
  const directory = other.subarray(other.indexOf('PK\x01\x02', 0, 'latin1'), other.length - 22)
  const inner = encodeEnd({ entries: 1, bytes: directory.length, offset: honest.length }, '')
  const outer = u16(20, directory.length + inner.length)(Buffer.from(honest.subarray(honest.length - 22)))
  return Buffer.concat([honest.subarray(0, honest.length - 22), outer, directory, inner])
}
