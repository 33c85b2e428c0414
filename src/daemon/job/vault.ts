import type { App } from '../../app/app.ts'
import { syncVault } from '../../backup/vault-sync.ts'
import { listBackups } from '../../catalogue/catalogue.ts'
import { history } from '../../catalogue/history.ts'
import { logLine } from '../../catalogue/log.ts'
import type { Act, BackupEntry } from '../../catalogue/types.ts'
import { isPulihError } from '../../error.ts'
import { say } from '../../message/phrases.ts'
import { Backoff } from '../backoff.ts'
import type { Job } from '../jobs.ts'

const lookMs = 60_000
const hourMs = 3_600_000

/**
 * Carries new proven backups to the vault within a minute, and whatever is missing there when it can be reached again.
 * Its failures are on record and an alert of the `vault` check; here they only make the pauses grow.
 */
export function vaultJob(): Job {
  let lookedMs: number | null = null
  const backoff = new Backoff()
  return {
    name: 'vault',
    limitMs: 12 * hourMs,
    async due(app, nowMs) {
      if (app.config.vault === null) return false
      if (lookedMs !== null && nowMs >= lookedMs && nowMs - lookedMs < lookMs) return false
      lookedMs = nowMs
      const [backups, acts] = await Promise.all([listBackups(app), history(app)])
      return isSyncDue(backups, acts)
    },
    async run(app, work) {
      await backoff.attempt(
        app.clock,
        async () => void (await syncVault(app, work)),
        async (error) => told(app, error),
      )
    },
  }
}

/** Pure: a proven backup was made after the last sync that was done began. */
export function isSyncDue(backups: readonly BackupEntry[], acts: readonly Act[]): boolean {
  const done = acts.find((one) => one.act === 'sync' && one.outcome === 'done')
  const doneMs = done === undefined ? Number.NEGATIVE_INFINITY : Date.parse(done.started)
  return backups.some((one) => one.state === 'proven' && !one.legacy && provenMs(one) > doneMs)
}

/** A backup is ready for the vault with its proof, which may come later than the backup. */
function provenMs({ proof, createdMs }: BackupEntry): number {
  return proof === null ? createdMs : Math.max(createdMs, Date.parse(proof.at))
}

/** What is no failure of the vault (a bug) goes on to the loop. */
function told(app: App, error: unknown): void {
  if (!isPulihError(error)) throw error
  if (error.exit === 130) return
  logLine(app, 'ERROR', say(app.language, 'log.daemon-failed', { what: 'vault', reason: error.words(app.language)[0] }))
}
