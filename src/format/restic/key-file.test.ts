import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RepositoryFault } from './fault.ts'
import { newMasterKeys, openKeyFile, parseKeyFile, writeKeyFile } from './key-file.ts'
import { exampleKeys, range } from './vectors/example.ts'

const who = { created: '2026-01-02T03:04:05Z', username: 'u', hostname: 'h' }
const cheap = { N: 1024, r: 8, p: 1 }

test('a key file has the known bytes for known keys, salt and nonce', async () => {
  const text = await writeKeyFile(exampleKeys, 'pass word', who, cheap, { salt: range(0, 64), nonce: range(0x40, 16) })
  const { data } = JSON.parse(text) as { data: string }
  assert.equal(
    data,
    'QEFCQ0RFRkdISUpLTE1OT9j5N5gKbazKzQbtBV83c7Q4K39//rZw9LWTMsvBoLz9iP1xWf225Pw5/lNVpGdlwnEyFIFCmWA1Lpv8OJ6/TH37ZipOC005CQim5zQHgLsFd8iLIayZR9dD0LgNUgLjvVBfHYr/zIA3DYf9FZig2IuPbvBc3YcvpvhNhSQAoR6lEq170c2hFzEbGgmh2hTcMw==',
  )
})

test('the right password gives back the master keys, another one is a sealed fault', async () => {
  const keys = newMasterKeys()
  const file = parseKeyFile(await writeKeyFile(keys, 'kata sandi ü', who, cheap))
  assert.deepEqual(await openKeyFile(file, 'kata sandi ü'), keys)
  await assert.rejects(openKeyFile(file, 'kata sandi u'), (error: RepositoryFault) => error.kind === 'sealed')
})

test('hostile key files are refused before any work is done', async () => {
  const fields = JSON.parse(await writeKeyFile(exampleKeys, 'x', who, cheap)) as Record<string, unknown>
  const hostile = [
    { N: 2 ** 30 },
    { N: 1000 },
    { N: 1 },
    { r: 2 ** 20 },
    { p: 100_000 },
    { p: 0 },
    { kdf: 'none' },
    { salt: 'AAAA' },
    { data: 7 },
  ]
  for (const change of hostile)
    assert.throws(() => parseKeyFile(JSON.stringify({ ...fields, ...change })), RepositoryFault)
  assert.throws(() => parseKeyFile('{'), RepositoryFault)
  assert.throws(() => parseKeyFile('[]'), RepositoryFault)
})
