import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { runModule } from '../../test/fixture/child.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { Draft, moveNew, writeDurably } from './draft.ts'

test('a durable write replaces the file as a whole, is 0600 and leaves nothing beside it', async () => {
  using folder = tempFolder()
  const path = folder.join('state', 'mark.json')
  await writeDurably(path, 'first')
  await writeDurably(path, 'second')
  assert.equal(readFileSync(path, 'utf8'), 'second')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(statSync(folder.join('state')).mode & 0o777, 0o700)
  assert.deepEqual(readdirSync(folder.join('state')), ['mark.json'])
})

test('a durable write that fails says so and leaves no draft', async () => {
  using folder = tempFolder()
  mkdirSync(folder.join('taken'))
  await assert.rejects(writeDurably(folder.join('taken'), 'x'), { code: 'disk.failed' })
  assert.deepEqual(readdirSync(folder.path), ['taken'])
})

test('a draft is invisible until committed, and gone when it is not', async () => {
  using folder = tempFolder()
  const target = folder.join('a.zip')
  {
    await using draft = await Draft.open(folder.join('drafts'), 'a.zip')
    await draft.handle.write('half')
  }
  assert.deepEqual(readdirSync(folder.join('drafts')), [])
  {
    await using draft = await Draft.open(folder.join('drafts'), 'a.zip')
    await draft.handle.write('whole')
    assert.equal(statSync(draft.path).mode & 0o777, 0o600)
    await draft.commit(target)
  }
  assert.equal(readFileSync(target, 'utf8'), 'whole')
  assert.deepEqual(readdirSync(folder.join('drafts')), [])
})

test('a commit never replaces a file that is there', async () => {
  using folder = tempFolder()
  const target = folder.join('a.zip')
  writeFileSync(target, 'old')
  await assert.rejects(async () => {
    await using draft = await Draft.open(folder.join('drafts'), 'a.zip')
    await draft.handle.write('new')
    await draft.commit(target)
  }, /EEXIST|exists/)
  assert.equal(readFileSync(target, 'utf8'), 'old')
  assert.deepEqual(readdirSync(folder.join('drafts')), [])
})

test('moving to a name that is taken moves nothing', async () => {
  using folder = tempFolder()
  writeFileSync(folder.join('from'), 'from')
  writeFileSync(folder.join('to'), 'to')
  await assert.rejects(moveNew(folder.join('from'), folder.join('to')), { code: 'EEXIST' })
  assert.equal(readFileSync(folder.join('from'), 'utf8'), 'from')
  assert.equal(readFileSync(folder.join('to'), 'utf8'), 'to')
})

test('a full device is reported as no space', async () => {
  using folder = tempFolder()
  // A file-size limit of one 512-byte block stands for a full disk: every write past it fails with EFBIG.
  await using child = runModule(`
    process.on('SIGXFSZ', () => {})
    const { writeDurably } = await import('${import.meta.resolve('./draft.ts')}')
    const { readdirSync } = await import('node:fs')
    const { spawnSync } = await import('node:child_process')
    spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=512:512'])
    const code = await writeDurably('${folder.join('big')}', new Uint8Array(4096)).catch((error) => error.code)
    console.log(code, readdirSync('${folder.path}').length)
  `)
  const { stdout, stderr } = await child.end()
  assert.equal(stdout.trim(), 'disk.full 0', stderr)
})
