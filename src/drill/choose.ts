import type { App } from '../app/app.ts'
import { findBackup, listBackups } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { PulihError } from '../error.ts'

/** By name; else the newest backup that a recovery would use, or (`older`) any of those before it. Throws backup.*. */
export async function chooseForDrill(
  app: App,
  { name, older = false }: { readonly name?: string | undefined; readonly older?: boolean },
  random: () => number = Math.random,
): Promise<BackupEntry> {
  if (name !== undefined) return await findBackup(app, name)
  const backups = await listBackups(app)
  const usable = backups.filter(({ state, legacy }) => state === 'proven' || (legacy && state !== 'damaged'))
  const from = older && usable.length > 1 ? usable.slice(1) : usable.slice(0, 1)
  const chosen = from[Math.floor(random() * from.length)]
  if (chosen === undefined) throw new PulihError('backup.none-proven', { count: backups.length })
  return chosen
}
