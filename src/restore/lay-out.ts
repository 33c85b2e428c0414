import { resolve } from 'node:path'
import type { App } from '../app/app.ts'
import { beginAct } from '../catalogue/history.ts'
import { failpoint } from '../disk/failpoint.ts'
import { freeSpace, requireSpace } from '../disk/space.ts'
import { PulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import { systemClock } from '../time/clock.ts'
import { isoWithOffset, systemZone } from '../time/zone.ts'
import { type Content, contentsOf, select } from './content.ts'
import { fetchContent, syncFiles } from './fetch.ts'
import { sha256Of } from './hash.ts'
import { lookAt } from './identity.ts'
import { lossOf } from './loss.ts'
import { type Opened, openChosen } from './opened.ts'
import type { PlannedPath, RestorePlan, RestoreRequest, RestoreResult } from './plan-types.ts'
import { asWarning, step } from './plan-words.ts'
import type { RunOptions } from './running.ts'
import { sidecars } from './sidecar.ts'
import { type Destination, openStage, requireDestination } from './stage.ts'
import { targetFor } from './target.ts'
import { requireNoTwins } from './twins.ts'

/**
 * Plans to lay a backup out in a folder as the app was. The folder is absent or empty, or `into` is set; nothing that is
 * there is ever overwritten. Needs no app. Changes nothing. Throws restore.not-empty, restore.exists, restore.link,
 * restore.in-the-way, restore.twins, and what choosing and opening throw.
 */
export async function planLayOut(app: App | null, request: RestoreRequest): Promise<RestorePlan> {
  await using opened = await openChosen(app, request)
  return await planFor(app, opened, request)
}

async function planFor(app: App | null, opened: Opened, request: RestoreRequest): Promise<RestorePlan> {
  const { chosen, reader, state, capturedMs } = opened
  const clock = app?.clock ?? systemClock
  const target = resolve(request.to ?? '.')
  const into = request.into ?? false
  const destination = await requireDestination(target, into)
  const contents = select(contentsOf(reader), request.only ?? [])
  await requireNoTwins(
    contents.map(({ path }) => path),
    target,
  )
  const paths = await Promise.all(contents.map((content) => plannedPath(content, destination)))
  const needBytes = paths.reduce((sum, { action, bytes }) => sum + (action === 'create' ? (bytes ?? 0) : 0), 4e6)
  const { name } = chosen
  const unlisted = reader.findings.filter(({ code }) => code === 'entry-unlisted')
  const warnings = [
    ...(reader.legacy !== null ? [note('restore.warn.legacy', { name })] : []),
    ...(reader.legacy === null && state !== 'proven' ? [note('restore.warn.unproven', { name })] : []),
    ...unlisted.map(({ path }) => note('restore.warn.unlisted', { path: path ?? '' })),
  ]
  return {
    plan: 'restore',
    version: 1,
    created: isoWithOffset(clock.now(), app?.zone ?? systemZone()),
    from: name,
    archive: chosen.path,
    state,
    target,
    inPlace: false,
    into,
    only: request.only ?? [],
    paths,
    loss: lossOf([], capturedMs, clock.now()),
    holders: [],
    stop: null,
    start: null,
    safety: false,
    space: { needBytes, freeBytes: (await freeSpace(target)).freeBytes },
    warnings: warnings.map(asWarning),
    steps: [step('lay-out', note('restore.step.lay-out', { target }))],
  }
}

async function plannedPath(content: Content, { root }: Destination): Promise<PlannedPath> {
  const { path, kind, bytes, secret } = content
  const planned = { path, kind, bytes, secret }
  if (root === null) return { ...planned, action: 'create', currentBytes: null }
  const { absolute } = await targetFor(root, path, kind)
  const there = await lookAt(absolute)
  if (kind === 'database') await requireNoSidecars(absolute, there !== null)
  if (there === null) return { ...planned, action: 'create', currentBytes: null }
  const isSame =
    Number(there.size) === bytes && content.sha256 !== null && (await sha256Of(absolute)) === content.sha256
  if (!isSame) throw new PulihError('restore.exists', { path: absolute })
  return { ...planned, action: 'same', currentBytes: bytes }
}

/** SQLite would replay it into the recovered database. */
async function requireNoSidecars(path: string, exists: boolean): Promise<void> {
  for (const suffix of sidecars) {
    if ((await lookAt(path + suffix)) === null) continue
    throw new PulihError('restore.exists', { path: exists ? path : path + suffix })
  }
}

/** Runs it: everything is recovered and checked under a hidden name first, then gets its own. All of it or nothing. */
export async function runLayOut(app: App | null, plan: RestorePlan, options: RunOptions): Promise<RestoreResult> {
  if (app === null) return await layOut(app, plan, options)
  await using act = await beginAct(app, 'restore', { from: plan.from, target: plan.target, only: plan.only })
  try {
    const result = await layOut(app, plan, options)
    await act.finish({ backup: result.from, facts: { restored: result.restored.length, target: plan.target } })
    return result
  } catch (error) {
    await act.fail(error)
    throw error
  }
}

async function layOut(app: App | null, plan: RestorePlan, { signal, progress }: RunOptions): Promise<RestoreResult> {
  const { archive, target, into, only } = plan
  await using opened = await openChosen(app, { name: archive ?? plan.from, only })
  const now = await planFor(app, opened, { to: target, into, only })
  await requireSpace(target, now.space.needBytes)
  const coming = new Set(now.paths.filter(({ action }) => action === 'create').map(({ path }) => path))
  const contents = contentsOf(opened.reader).filter(({ path }) => coming.has(path))
  await using stage = await openStage(target)
  await using child = spawnSqlite(signal)
  for (const [n, content] of contents.entries()) {
    const proven = opened.state === 'proven'
    await fetchContent(opened.reader, content, stage.pathOf(content.path), {
      proven,
      child,
      signal,
      progress,
      root: stage.root,
    })
    progress?.({ step: 'fetch', subject: content.path, done: n + 1, total: contents.length, unit: 'items' })
  }
  await syncFiles(
    contents.map(({ path }) => stage.pathOf(path)),
    signal,
  )
  failpoint('restore-staged')
  await stage.place(contents)
  failpoint('restore-laid-out')
  return {
    restored: contents.map(({ path }) => path),
    from: plan.from,
    safety: null,
    verified: true,
    loss: now.loss,
    target,
    inPlace: false,
    same: now.paths.filter(({ action }) => action === 'same').map(({ path }) => path),
    removed: [],
    quarantine: null,
    id: null,
    resumed: null,
    service: { stopped: false, started: false },
    warnings: [],
  }
}
