import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { beginAct } from '../catalogue/history.ts'
import { logLine } from '../catalogue/log.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { makeFolder } from '../disk/draft.ts'
import { tryExclusive } from '../disk/exclusive.ts'
import { PulihError } from '../error.ts'
import { say } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { openVault, type VaultAccess, vaultAccess } from '../vault/open.ts'
import { type SyncItem, type SyncResult, syncArchives } from '../vault/sync.ts'
import { writeVaultCopies } from './vault-copies.ts'

/**
 * Saves every proven backup that the vault does not hold: an act with its own record, one at a time over all processes.
 * Never founds a vault. Throws lock.busy while another one runs, vault.* and backend.* errors; archives that could not be
 * read are in the answer.
 */
export async function syncVault(app: App, work: Work = {}, access?: VaultAccess): Promise<SyncResult> {
  const wanted = access ?? (await vaultAccess(app))
  using _alone = await takeTurn(app)
  await using act = await beginAct(app, 'sync', { repository: placeOnly(wanted.repository) })
  try {
    await using repository = await openVault(wanted, work.signal)
    const items = itemsOf(await listBackups(app))
    const at = isoWithOffset(app.clock.now(), app.zone)
    const result = await syncArchives(repository, items, app.folders.app, { ...work, clock: app.clock })
    await writeVaultCopies(app, { repository: placeOnly(wanted.repository), at, copies: result.held })
    await act.finish({ backup: result.saved[0]?.name ?? null, facts: factsOf(result) })
    tell(app, result)
    return result
  } catch (error) {
    await act.fail(error)
    throw error
  }
}

async function takeTurn(app: App): Promise<Disposable> {
  await makeFolder(app.folders.state)
  const held = tryExclusive(join(app.folders.state, 'vault-sync.lock'))
  if (held === null) throw new PulihError('lock.busy', { act: 'vault sync', pid: null, waitedSeconds: 0 })
  return { [Symbol.dispose]: () => held.close() }
}

/** Only what was proven goes off site, each archive once. */
export function itemsOf(backups: readonly BackupEntry[]): readonly SyncItem[] {
  const items = new Map<string, SyncItem>()
  for (const { name, path, state, proof, createdMs } of backups) {
    if (state !== 'proven' || proof === null) continue
    const item = { name, path, manifestSha256: proof.manifestSha256, createdMs }
    if (!items.has(`${name} ${proof.manifestSha256}`)) items.set(`${name} ${proof.manifestSha256}`, item)
  }
  return [...items.values()]
}

function factsOf({ saved, failed, alreadyThere }: SyncResult): Record<string, unknown> {
  return {
    saved: saved.map(({ name, id }) => ({ name, id })),
    failed: failed.map(({ name }) => name),
    alreadyThere,
    storedBytes: saved.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
  }
}

function tell(app: App, { saved, failed }: SyncResult): void {
  for (const { name, id } of saved) logLine(app, 'INFO', say(app.language, 'log.synced', { name, id: id.slice(0, 8) }))
  for (const { name, error } of failed)
    logLine(app, 'WARNING', say(app.language, 'log.sync-skipped', { name, reason: error.words(app.language)[0] }))
}

/** Without a password that stands in a URL. */
export function placeOnly(repository: string): string {
  return repository.replace(/:\/\/[^/]*@/, '://••••@')
}
