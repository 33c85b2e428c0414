import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeArchive, pagesLike } from '../../test/fixture/archive.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import type { Manifest } from '../snapshot/manifest.ts'
import { isOwnManifest, parseManifest } from './manifest.ts'

async function honest(): Promise<Manifest> {
  using folder = tempFolder()
  const made = await makeArchive(folder.path, 'backup_manual_20250802_120000', {
    databases: { 'data/f.db': pagesLike(40, 1) },
    files: { 'src/bot.py': Buffer.from('x') },
  })
  return JSON.parse(JSON.stringify(made.manifest))
}

test('an honest manifest is itself, and keys of later versions are kept', async () => {
  const manifest = { ...(await honest()), later: { any: 1 } }
  const parsed = parseManifest(manifest)
  assert.deepEqual(parsed.findings, [])
  assert.deepEqual(parsed.manifest, manifest)
  assert.ok(isOwnManifest(manifest))
})

type Change = (
  manifest: Record<string, never> & { databases: [Record<string, unknown>]; files: [Record<string, unknown>] },
) => void

const set =
  (key: string, value: unknown): Change =>
  (manifest) =>
    Object.assign(manifest, { [key]: value })
const database =
  (key: string, value: unknown): Change =>
  (manifest) =>
    Object.assign(manifest.databases[0], { [key]: value })
const file =
  (key: string, value: unknown): Change =>
  (manifest) =>
    Object.assign(manifest.files[0], { [key]: value })

const broken: readonly (readonly [string, Change, RegExp])[] = [
  [
    'a missing key',
    (manifest) => Reflect.deleteProperty(manifest, 'host'),
    /manifest\.host: text expected, found nothing/,
  ],
  ['a version that is no number', set('version', 'x'), /version/],
  ['version 0', set('version', 0), /version/],
  ['a newer version', set('version', 2), /newer pulih/],
  ['a name with a slash', set('name', 'a/b'), /name/],
  ['sequence 0', set('sequence', 0), /sequence/],
  ['a time without offset', set('created', '2025-08-02T12:00:00'), /created/],
  ['an impossible time', set('created', '2025-13-02T12:00:00Z'), /created/],
  ['databases that are no list', set('databases', {}), /databases: a list expected/],
  ['a file that is a number', set('files', [7]), /files\[0\]: an object expected, found 7/],
  ['a path that climbs', file('path', '../x'), /files\[0\]\.path: a safe relative path/],
  ['an absolute database', database('path', '/x'), /databases\[0\]\.path/],
  ['a negative size', file('bytes', -1), /bytes/],
  ['a size past 2^53', file('bytes', 2 ** 53), /bytes/],
  ['a hash in capitals', file('sha256', 'A'.repeat(64)), /sha256/],
  ['a mode with setuid', file('mode', 0o4755), /mode/],
  ['a kind that is not a file', file('kind', 'symlink'), /kind/],
  ['a page size of 3000', database('pageSize', 3000), /page size/],
  ['a quick check that failed', database('quickCheck', 'no'), /quickCheck/],
  ['row counts as text', database('tables', { t: { rows: '1', maxRowid: null, newest: null } }), /rows/],
  ['a block table of another size', database('blocks', { sizeBytes: 1, sha256: '', lengths: '' }), /sizeBytes/],
  [
    'a block table that is too short',
    database('blocks', { sizeBytes: 65536, sha256: '', lengths: '' }),
    /does not fit/,
  ],
  ['one path twice', (manifest) => Object.assign(manifest.files[0], { path: manifest.databases[0].path }), /twice/],
]

for (const [title, change, said] of broken) {
  test(`a manifest with ${title} is refused and says where`, async () => {
    const manifest = await honest()
    change(manifest as never)
    const { manifest: parsed, findings } = parseManifest(manifest)
    assert.equal(parsed, null)
    assert.match(findings.map(({ detail }) => detail).join('\n'), said)
    assert.ok(findings.every(({ code }) => code === 'manifest-invalid'))
  })
}

test('what is no object at all is refused without an exception', () => {
  for (const value of [null, undefined, 1, 'x', [], true]) {
    assert.equal(parseManifest(value).manifest, null)
    assert.equal(isOwnManifest(value), false)
  }
})
