import type { App } from '../app/app.ts'
import { isPulihError } from '../error.ts'
import { type Note, note } from '../message/phrases.ts'
import type { Work } from '../snapshot/progress.ts'

/**
 * Brings every proven backup that the vault lacks to it, when one is configured. The backup before it is done and safe
 * whatever happens here: what went wrong is on record and comes back as warnings. Throws nothing of its own.
 */
export async function copyOffSite(app: App, work: Work): Promise<readonly Note[]> {
  if (app.config.vault === null) return []
  // Loaded now: most apps have no vault.
  const { syncVault } = await import('../backup/vault-sync.ts')
  try {
    const { failed } = await syncVault(app, work)
    return failed.map(({ name, error }) =>
      note('warning.vault-skipped', { name, en: error.words('en')[0], id: error.words('id')[0] }),
    )
  } catch (error) {
    if (!isPulihError(error)) throw error
    return [note('warning.vault-failed', { en: error.words('en')[0], id: error.words('id')[0] })]
  }
}
