import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { failpoint } from '../disk/failpoint.ts'
import { requireSpace } from '../disk/space.ts'
import { assemble, type Ready } from './assemble.ts'
import { contentsOf, select } from './content.ts'
import { type Decision, decide } from './decide.ts'
import { fetchContent, syncFiles } from './fetch.ts'
import { sha256Of } from './hash.ts'
import { findHolders, type LiveDatabase } from './holders.ts'
import { type Opened, openChosen } from './opened.ts'
import type { Prepared } from './plan.ts'
import type { RestorePlan, RestoreResult } from './plan-types.ts'
import { pruneQuarantine } from './quarantine.ts'
import { quarantineOf, type RestoreRecord } from './record.ts'
import { checkOf, nowOf } from './resume.ts'
import { asAct, type Running, type RunOptions } from './running.ts'
import { takeSafety } from './safety.ts'
import { heldError } from './service.ts'
import { withAppStopped } from './stopped.ts'
import { goBack, swapAll } from './transaction.ts'

export type { RunOptions } from './running.ts'

/**
 * Brings the app back to the backup of a plan: stop the app if it must be and may be, take a safety snapshot, check the new
 * files, swap them in all or nothing, check again, start the app again whatever happened. A killed earlier run is settled
 * first. The replaced files are kept; `restore --undo` reverses it. Recorded in the history, also when it fails.
 * Throws restore.*, archive.*, disk.*, lock.busy, cancelled; the app's files are as before then.
 */
export async function runRestore(app: App, prepared: Prepared, options: RunOptions): Promise<RestoreResult> {
  const { plan } = prepared
  const facts = { from: plan.from, target: plan.target, only: plan.only }
  return await asAct(app, 'restore', { ...options, facts }, async (running) => {
    await using opened = await openChosen(app, { name: plan.archive ?? plan.from, only: plan.only })
    return await attempt(app, prepared, opened, running)
  })
}

async function attempt(app: App, prepared: Prepared, opened: Opened, running: Running): Promise<RestoreResult> {
  const { plan } = prepared
  const contents = select(contentsOf(opened.reader), plan.only)
  const first = await decide(app, opened.reader, contents)
  if (first.search.holders.length > 0 && plan.stop === null) throw heldError(first.search.holders)
  await requireSpace(app.folders.backups, plan.space.needBytes)
  const files = new Map(prepared.recovered)
  await fetchMissing(opened, first.decisions, { files, prepared, running })
  const watched = contents.flatMap(({ path, kind }, n): LiveDatabase[] =>
    kind === 'database' ? [{ path, absolute: first.decisions[n]!.target.absolute }] : [],
  )
  return await withAppStopped(app, plan, watched, running, async (record) => {
    const { decisions } = await decide(app, opened.reader, contents)
    const changing = decisions.filter(({ action }) => action !== 'same')
    if (changing.length === 0) return nothingDone(plan)
    await fetchMissing(opened, decisions, { files, prepared, running })
    const safety = await takeSafety(app, { reason: `restore ${plan.from}`, lock: running.lock, ...running.work })
    const ready = await Promise.all(changing.map((decision) => readyFrom(decision, files)))
    const done = await swapReady(app, { ...record, safety: safety.name }, ready, running)
    await pruneQuarantine(app)
    return { ...resultOf(plan, done, quarantineOf(app.folders, done.id)), warnings: safety.warnings }
  })
}

interface Fetching {
  readonly files: Map<string, string>
  readonly prepared: Prepared
  readonly running: Running
}

/** Recovers what changes and is not in scratch space yet, checked; all of it durable afterwards. */
async function fetchMissing(opened: Opened, decisions: readonly Decision[], at: Fetching): Promise<void> {
  const { files, prepared, running } = at
  const { signal, progress } = running.work
  const wanted = decisions.filter(({ action, content }) => action !== 'same' && !files.has(content.path))
  if (wanted.length > 0) {
    const folder = await mkdtemp(join(prepared.scratch.path, 'files-'))
    for (const [n, { content }] of wanted.entries()) {
      const file = join(folder, String(n))
      const options = { proven: opened.state === 'proven', child: running.child(), signal, progress }
      await fetchContent(opened.reader, content, file, options)
      files.set(content.path, file)
      progress?.({ step: 'fetch', subject: content.path, done: n + 1, total: wanted.length, unit: 'items' })
    }
  }
  await syncFiles([...files.values()], signal)
  failpoint('restore-fetched')
}

async function readyFrom({ content, target }: Decision, files: ReadonlyMap<string, string>): Promise<Ready> {
  const { path, kind } = content
  const file = files.get(path) as string
  const sha256 = content.sha256 ?? (await sha256Of(file))
  return { path, kind, target, parts: [{ suffix: '', file, sha256, from: 'scratch' }] }
}

/** Swaps what waits into its place, all or nothing, after one more look for somebody at the databases. */
export async function swapReady(
  app: App,
  record: RestoreRecord,
  ready: readonly Ready[],
  { child }: Running,
): Promise<RestoreRecord> {
  const now = (): string => nowOf(app)
  const assembled = await assemble(app.folders, record, ready, now)
  const { holders } = findHolders(record.watched)
  if (holders.length > 0) {
    await goBack(app.folders, assembled, now())
    throw heldError(holders)
  }
  return await swapAll(app.folders, assembled, { check: checkOf(child), now })
}

export function resultOf(plan: RestorePlan, done: RestoreRecord, quarantine: string): RestoreResult {
  const replaced = done.items.some(({ olds }) => olds.length > 0)
  return {
    ...nothingDone(plan),
    restored: done.items.filter(({ news }) => news.length > 0).map(({ path }) => path),
    removed: done.items.filter(({ news }) => news.length === 0).map(({ path }) => path),
    safety: done.safety,
    id: done.id,
    quarantine: replaced ? quarantine : null,
  }
}

export function nothingDone(plan: RestorePlan): RestoreResult {
  const { from, loss, target, inPlace, paths } = plan
  return {
    ...{ restored: [], removed: [], safety: null, id: null, quarantine: null, resumed: null, warnings: [] },
    ...{ from, loss, target, inPlace, verified: true },
    same: paths.filter(({ action }) => action === 'same').map(({ path }) => path),
    service: { stopped: false, started: false },
  }
}
