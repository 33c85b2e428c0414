import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startWriter } from '../fixture/hot-writer.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { archivesOf, contentsOf, copyApp, makeApp, type ScratchApp, workInApp } from '../fixture/scratch-app.ts'

export type ActName = 'backup' | 'prune' | 'restore' | 'undo'

/** An app as it stands before the act that will be broken, and what must hold of it afterwards. */
export interface Scene {
  readonly app: ScratchApp
  readonly act: ActName
  readonly words: readonly string[]
  readonly archives: ReadonlyMap<string, string>
  /** Newest first. */
  readonly names: readonly string[]
  readonly contents: readonly (string | null)[]
  /** What the databases hold once the act is done; as before for acts that do not touch them. */
  readonly wanted: readonly (string | null)[]
  /** How many acts of this kind the history holds already. */
  readonly past: number
}

export const acts: readonly ActName[] = ['backup', 'prune', 'restore', 'undo']

/**
 * Builds one app with proven backups, a day of work after each, and the log of a killed bot beside a database. For each
 * act it sets a scene in a folder of its own.
 */
export async function makeStage(folder: string): Promise<(act: ActName, path: string) => Promise<Scene>> {
  const app = makeApp(join(folder, 'base'))
  const made: { name: string; contents: readonly (string | null)[] }[] = []
  // Of each type three: retention with one to keep archives the oldest of the one and removes the oldest of the other.
  for (const [day, type] of ['pre_deployment', 'manual'].flatMap((one) => [one, one, one]).entries()) {
    workInApp(app, day)
    const { name } = await pulihJson<{ name: string }>(['backup', '--type', type, '--dir', app.path])
    made.unshift({ name, contents: contentsOf(app) })
  }
  await killedBot(join(app.path, 'finance_bot.db'))
  const names = made.map((one) => one.name)
  const [, target] = made
  if (target === undefined) throw new Error('no backup to go back to')
  return async (act, path) => {
    const scene = copyApp(app, path)
    const restore = ['restore', target.name, '--yes', '--dir', path]
    const before = contentsOf(scene)
    if (act === 'prune') keepOne(scene)
    if (act === 'undo') await pulihJson(restore, { exits: [0, 3] })
    const words: Readonly<Record<ActName, readonly string[]>> = {
      backup: ['backup', '--dir', path],
      prune: ['prune', '--yes', '--dir', path],
      restore,
      undo: ['restore', '--undo', '--yes', '--dir', path],
    }
    return {
      ...{ app: scene, act, words: words[act], names, archives: archivesOf(scene), contents: contentsOf(scene) },
      wanted: act === 'restore' ? target.contents : before,
      past: act === 'backup' ? made.length : 0,
    }
  }
}

/** Leaves committed rows in a log beside the database that only the log holds. */
async function killedBot(database: string): Promise<void> {
  await using writer = await startWriter(database)
  while ((await writer.committed()) < 30) await new Promise((resolve) => setTimeout(resolve, 20))
}

function keepOne(app: ScratchApp): void {
  const config = { backup_config: { enabled: true, max_backups: 1, min_backups_required: 1 } }
  writeFileSync(join(app.path, 'config/backup_config.json'), JSON.stringify(config))
}
