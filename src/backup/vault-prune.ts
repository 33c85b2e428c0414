import { hostname } from 'node:os'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { beginAct } from '../catalogue/history.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { namedByPlans } from '../retention/open-plans.ts'
import { planRetention } from '../retention/plan.ts'
import { policyOf } from '../retention/policy.ts'
import type { Work } from '../snapshot/progress.ts'
import { openVault, type VaultAccess, vaultAccess } from '../vault/open.ts'
import { type PruneResult, pruneVault } from '../vault/prune.ts'
import { readSnapshots, type VaultSnapshot } from '../vault/snapshots.ts'

/**
 * Applies the app's retention to its own snapshots in the vault and removes what none needs any more. Snapshots of other
 * machines, of other apps and those restic made stay. An act with its own record, but for a dry run.
 */
export async function pruneVaultOf(
  app: App,
  options: Work & { readonly dryRun?: boolean } = {},
  access?: VaultAccess,
): Promise<PruneResult> {
  const wanted = access ?? (await vaultAccess(app))
  const prune = async () => {
    await using repository = await openVault(wanted, options.signal)
    const forget = await chooser(app, await readSnapshots(repository, options.signal))
    return await pruneVault(repository, { ...options, clock: app.clock, forget })
  }
  if (options.dryRun === true) return prune()
  await using act = await beginAct(app, 'vault-prune')
  try {
    const result = await prune()
    const { forgotten, removedPacks, repackedPacks, freedBytes } = result
    const names = forgotten.map(({ ours }) => ours?.name ?? '')
    await act.finish({ facts: { forgotten: names, removedPacks, repackedPacks, freedBytes } })
    return result
  } catch (error) {
    await act.fail(error)
    throw error
  }
}

/** Retention as on this machine: pinned here and named by open plans here stay there too. */
async function chooser(
  app: App,
  seen: readonly VaultSnapshot[],
): Promise<(snapshots: readonly VaultSnapshot[]) => readonly VaultSnapshot[]> {
  const local = await listBackups(app)
  const pinned = new Set(local.filter(({ pinned: isPinned }) => isPinned).map(({ name }) => name))
  const names = seen.flatMap(({ ours }) => (ours === null ? [] : [ours.name]))
  const named = await namedByPlans([app.folders.backups, join(app.folders.state, 'restores')], names)
  return (snapshots) => {
    const own = snapshots.filter((one) => isOwn(app, one))
    const plan = planRetention(
      own.map((one) => entryOf(one, pinned)),
      policyOf(app.config),
      { nowMs: app.clock.now(), zone: app.zone, namedByPlans: named, archiveFolder: null },
    )
    const removed = new Set(plan.removed.map(({ path }) => path))
    return own.filter(({ id }) => removed.has(id))
  }
}

function isOwn(app: App, { ours, snapshot }: VaultSnapshot): boolean {
  return ours !== null && snapshot.hostname === hostname() && snapshot.paths[0] === app.folders.app
}

/** A snapshot as retention sees backups: what went into the vault was proven. Its id stands where a path would. */
function entryOf({ id, timeMs, snapshot, ours }: VaultSnapshot, pinned: ReadonlySet<string>): BackupEntry {
  const name = ours?.name ?? id
  return {
    name,
    type: ours?.type ?? 'manual',
    label: null,
    reason: null,
    trigger: '',
    state: 'proven',
    findings: [],
    created: snapshot.time,
    createdMs: timeMs,
    sequence: ours?.sequence ?? 0,
    bytes: 0,
    path: id,
    pinned: pinned.has(name),
    pinReason: null,
    legacy: false,
    sameContentAs: null,
    proof: null,
    databases: [],
    files: 0,
  }
}
