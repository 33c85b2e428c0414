import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { runModule } from '../../test/fixture/child.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { foldersOf } from '../app/folders.ts'
import { Draft } from './draft.ts'
import { makeScratch, sweep } from './scratch.ts'

const foldersIn = (app: string) => foldersOf(app, `${app}/backups`, `${app}/backups/archives`)

test('a scratch folder is private and gone afterwards', async () => {
  using app = tempFolder()
  let path: string
  {
    await using scratch = await makeScratch(foldersIn(app.path), 'prove')
    path = scratch.path
    assert.equal(statSync(path).mode & 0o777, 0o700)
    writeFileSync(`${path}/copy.db`, 'x')
  }
  assert.ok(!existsSync(path))
})

test('sweeping removes what a killed process left and leaves running work alone', async () => {
  using app = tempFolder()
  const folders = foldersIn(app.path)
  {
    await using child = runModule(`
      const { makeScratch } = await import('${import.meta.resolve('./scratch.ts')}')
      const { Draft } = await import('${import.meta.resolve('./draft.ts')}')
      const folders = ${JSON.stringify(folders)}
      const scratch = await makeScratch(folders, 'prove')
      const draft = await Draft.open(folders.drafts, 'left.zip')
      console.log('made')
      setInterval(() => {}, 1000)
    `)
    await child.says('made')
  }
  await using scratch = await makeScratch(folders, 'prove')
  await using draft = await Draft.open(folders.drafts, 'running.zip')
  assert.equal(readdirSync(folders.scratch).length, 2)
  assert.equal(readdirSync(folders.drafts).length, 2)
  await sweep(folders)
  assert.deepEqual(
    [...readdirSync(folders.scratch), ...readdirSync(folders.drafts)].map((name) => name.split('.')[0]),
    ['prove', 'running'],
  )
  assert.ok(existsSync(scratch.path) && existsSync(draft.path))
})

test('sweeping touches no archive, no plan and nobody else’s file', async () => {
  using app = tempFolder()
  const folders = foldersIn(app.path)
  mkdirSync(folders.backups)
  const kept = ['backup_manual_20250802_120000.zip', 'rollback_v2.json', '.hidden', 'notes.draft']
  for (const name of kept) writeFileSync(`${folders.backups}/${name}`, 'x')
  const left = `${folders.backups}/.backup_x.mark.json.999999999-1-aabbccdd.draft`
  writeFileSync(left, 'x')
  utimesSync(left, 1, 1)
  await sweep(folders)
  assert.deepEqual(readdirSync(folders.backups).sort(), [...kept].sort())
})
