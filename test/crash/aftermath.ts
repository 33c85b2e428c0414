import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { archivesOf, contentsOf, type ScratchApp } from '../fixture/scratch-app.ts'
import type { Scene } from './acts.ts'

interface Listed {
  readonly name: string
  readonly path: string
  readonly state: string
}

interface Past {
  readonly act: string
  readonly outcome: string
}

/**
 * All that must hold after an act was broken off at any point, and that the next run mends the rest. `begun: false`: it
 * may have been broken before its line in the history.
 */
export async function checkAftermath(scene: Scene, where: string, { begun = true } = {}): Promise<void> {
  const { app } = scene
  const listed = await listOf(app)
  wholeOrAbsent(scene, listed, where)
  earlierUntouched(scene, where)
  await inHistory(scene, where, begun)
  const contents = contentsOf(app)
  if (scene.act === 'backup' || scene.act === 'prune') assert.deepEqual(contents, scene.contents, `${where}: live data`)
  else oldOrNew(scene, contents, where)
  if (scene.act === 'restore' || scene.act === 'undo') await finishRecovery(scene, where)
  await nextBackup(app, where)
}

export async function listOf(app: ScratchApp): Promise<readonly Listed[]> {
  const { backups } = await pulihJson<{ backups: Listed[] }>(['list', '--dir', app.path])
  return backups
}

/** Everything listed is a complete archive; every archive there is, is listed. */
function wholeOrAbsent(scene: Scene, listed: readonly Listed[], where: string): void {
  for (const { path, state, name } of listed) {
    assert.notEqual(state, 'damaged', `${where}: ${name} ${markOf(path)}`)
    execFileSync('unzip', ['-tqq', path])
  }
  // Between the two names of a move an archive has both; it is one.
  const there = new Set(globSync('{backups,backups/archives}/*.zip', { cwd: scene.app.path }).map(nameOf))
  assert.deepEqual(listed.map(({ name }) => name).sort(), [...there].sort(), `${where}: listed and there`)
}

/** What is remembered of an archive: says why it is taken for damaged. */
function markOf(path: string): string {
  const mark = join(dirname(path), `.${basename(path, '.zip')}.mark.json`)
  return existsSync(mark) ? readFileSync(mark, 'utf8') : 'without a mark'
}

/** Byte for byte; only `prune` may have removed some, and never the two newest. */
function earlierUntouched(scene: Scene, where: string): void {
  const now = archivesOf(scene.app)
  const nowByName = new Map([...now].map(([path, hash]) => [nameOf(path), hash]))
  const mayGo = scene.act === 'prune' ? scene.names.slice(2) : []
  for (const [path, hash] of scene.archives) {
    const name = nameOf(path)
    if (mayGo.includes(name) && !nowByName.has(name)) continue
    assert.equal(nowByName.get(name), hash, `${where}: ${name} is not what it was`)
  }
}

function nameOf(path: string): string {
  return (
    path
      .split('/')
      .at(-1)
      ?.replace(/\.zip$/, '') ?? ''
  )
}

/** The broken act is on record as interrupted; or as done, when it was broken after its end. */
async function inHistory(scene: Scene, where: string, begun: boolean): Promise<void> {
  const { acts } = await pulihJson<{ acts: Past[] }>(['history', '--dir', scene.app.path])
  const same = acts.filter((past) => past.act === scene.act)
  if (!begun && same.length === scene.past) return
  const [newest] = same
  assert.ok(
    newest !== undefined && same.length === scene.past + 1,
    `${where}: ${same.length} of ${scene.act} on record`,
  )
  assert.ok(['interrupted', 'done', 'failed'].includes(newest.outcome), `${where}: history says ${newest.outcome}`)
}

/** Each database is what it was, or what the act makes it, or (between two renames) not there: never a mixture. */
function oldOrNew(scene: Scene, contents: readonly (string | null)[], where: string): void {
  for (const [i, content] of contents.entries()) {
    const allowed = [scene.contents[i], scene.wanted[i], null]
    assert.ok(allowed.includes(content), `${where}: ${scene.app.databases[i]} is neither old nor new`)
  }
}

/** Everything may be in place before the record of it says so; until then no backup is made. */
function isCutOff(app: ScratchApp): boolean {
  const records = globSync('backups/.pulih/restores/*.json', { cwd: app.path })
  return records.some((path) => JSON.parse(readFileSync(join(app.path, path), 'utf8')).phase === 'swapping')
}

/** The same command again brings the databases where it was going. */
async function finishRecovery(scene: Scene, where: string): Promise<void> {
  const contents = contentsOf(scene.app)
  const arrived = contents.every((content, i) => content === scene.wanted[i])
  // An undo that had arrived is over: there is nothing left for a second one to undo but the undo itself.
  if (scene.act === 'undo' && arrived && !isCutOff(scene.app)) return
  const again = await pulih(scene.words)
  assert.ok(again.code === 0 || again.code === 3, `${where}: again: exit ${again.code}\n${again.stdout}${again.stderr}`)
  assert.deepEqual(contentsOf(scene.app), scene.wanted, `${where}: after the second run`)
}

/** Works at once, is proven, and sweeps what the broken run left. */
async function nextBackup(app: ScratchApp, where: string): Promise<void> {
  const made = await pulihJson<{ state: string }>(['backup', '--dir', app.path], { exits: [0, 3] })
  assert.equal(made.state, 'proven', `${where}: the next backup`)
  for (const place of ['drafts', 'scratch']) {
    const left = globSync(`backups/.pulih/${place}`, { cwd: app.path }).flatMap((path) =>
      readdirSync(join(app.path, path)),
    )
    assert.deepEqual(left, [], `${where}: left in ${place}`)
  }
}
