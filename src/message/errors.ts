/** Every error code, its facts and its words. One file per area in `errors/`; each area is listed here once. */
import { alertErrors } from './errors/alert.ts'
import { archiveErrors } from './errors/archive.ts'
import { backupErrors } from './errors/backup.ts'
import { catalogueErrors } from './errors/catalogue.ts'
import { configErrors } from './errors/config.ts'
import { corruptionErrors } from './errors/corruption.ts'
import { daemonErrors } from './errors/daemon.ts'
import { diskErrors } from './errors/disk.ts'
import { drillErrors } from './errors/drill.ts'
import { exportErrors } from './errors/export.ts'
import { generalErrors } from './errors/general.ts'
import { hostErrors } from './errors/host.ts'
import { initErrors } from './errors/init.ts'
import { restoreErrors } from './errors/restore.ts'
import { runErrors } from './errors/run.ts'
import { scenarioErrors } from './errors/scenario.ts'
import { serviceErrors } from './errors/service.ts'
import { sourceErrors } from './errors/source.ts'
import { usageErrors } from './errors/usage.ts'
import { vaultErrors } from './errors/vault.ts'

export const errors = {
  ...alertErrors,
  ...archiveErrors,
  ...backupErrors,
  ...configErrors,
  ...catalogueErrors,
  ...corruptionErrors,
  ...daemonErrors,
  ...diskErrors,
  ...drillErrors,
  ...exportErrors,
  ...generalErrors,
  ...hostErrors,
  ...initErrors,
  ...restoreErrors,
  ...scenarioErrors,
  ...runErrors,
  ...serviceErrors,
  ...usageErrors,
  ...vaultErrors,
  ...sourceErrors,
}

export type ErrorCode = keyof typeof errors
export type ErrorFacts<C extends ErrorCode> = Parameters<(typeof errors)[C]['en']>[0]
