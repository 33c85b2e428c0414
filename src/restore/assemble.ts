import { chmod, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Folders } from '../app/folders.ts'
import { failpoint } from '../disk/failpoint.ts'
import { diskError } from '../disk/failure.ts'
import { giveTo, makeFolders, secondName } from './aside.ts'
import { syncFiles } from './fetch.ts'
import { identityAt, identityOf, lookAt } from './identity.ts'
import { type Item, type New, type Old, quarantineOf, type RestoreRecord, writeRecord } from './record.ts'
import { type Suffix, sidecars } from './sidecar.ts'
import type { Target } from './target.ts'
import { goBack } from './transaction.ts'

/** One path whose new state waits somewhere on this machine, checked and durable. */
export interface Ready {
  readonly path: string
  readonly kind: Item['kind']
  readonly target: Target
  /** The file and what belongs to it; empty: the path is to be absent. */
  readonly parts: readonly Part[]
}

export interface Part {
  readonly suffix: Suffix
  readonly file: string
  /** What it must be in its place; null: whatever it is. */
  readonly sha256: string | null
  /** `scratch`: dressed like what it replaces. `quarantine`: comes back exactly as it is, and stays kept until it is in. */
  readonly from: 'scratch' | 'quarantine'
}

/**
 * From waiting files to items that can be swapped: folders made, each file under a second name beside its target (a durable
 * copy where that is another disk). The record says all of it before it happens; on failure nothing of it is left.
 * Throws disk.*.
 */
export async function assemble(
  folders: Folders,
  record: RestoreRecord,
  ready: readonly Ready[],
  now: () => string,
): Promise<RestoreRecord> {
  const coming = ready.filter(({ parts }) => parts.length > 0)
  const madeFolders = [...new Set(coming.flatMap(({ target }) => target.missing))].sort()
  const drafts = coming.flatMap((one) => one.parts.map((part) => draftFor(one, part, record.id)))
  const preparing: RestoreRecord = { ...record, madeFolders, drafts }
  await writeRecord(folders, preparing)
  failpoint('restore-preparing')
  try {
    await makeFolders(madeFolders)
    const items: Item[] = []
    for (const one of ready) items.push(await itemFor(folders, record.id, one))
    failpoint('restore-prepared')
    return { ...preparing, items }
  } catch (error) {
    await goBack(folders, preparing, now())
    throw diskError(error, 'write', ready[0]?.target.absolute ?? folders.app)
  }
}

function draftFor({ target }: Ready, { suffix }: Part, id: string): string {
  return join(dirname(target.absolute), `.${basename(target.absolute)}${suffix}.restore-${id}`)
}

async function itemFor(folders: Folders, id: string, one: Ready): Promise<Item> {
  const { path, kind, target } = one
  const news: New[] = []
  for (const part of one.parts) news.push(await newFrom(one, part, draftFor(one, part, id)))
  const kept = join(quarantineOf(folders, id), path)
  return { path, kind, target: target.absolute, olds: await oldsAt(target.absolute, kind, kept), news }
}

async function newFrom({ target, kind }: Ready, { suffix, file, sha256, from }: Part, draft: string): Promise<New> {
  await secondName(file, draft)
  if (from === 'scratch') {
    await rm(file, { force: true })
    await dress(draft, target.absolute, kind)
    await syncFiles([draft])
  }
  const identity = identityOf((await lookAt(draft))!)
  return { suffix, draft, identity, sha256, origin: from === 'quarantine' ? file : null }
}

/** The owner of what it replaces, and a database its mode too; where there is nothing yet, the folder's owner. */
async function dress(draft: string, target: string, kind: Item['kind']): Promise<void> {
  const old = await lookAt(target)
  const model = old ?? (await lookAt(dirname(target)))
  if (model !== null) await giveTo(draft, { uid: Number(model.uid), gid: Number(model.gid) })
  if (old !== null && kind === 'database') await chmod(draft, Number(old.mode) & 0o777)
}

/** What is there now, and where it will be kept. */
async function oldsAt(target: string, kind: Item['kind'], kept: string): Promise<Old[]> {
  const olds: Old[] = []
  const suffixes: readonly Suffix[] = kind === 'database' ? ['', ...sidecars] : ['']
  for (const suffix of suffixes) {
    const identity = await identityAt(target + suffix)
    if (identity !== null) olds.push({ suffix, kept: kept + suffix, identity })
  }
  return olds
}
