import type { App } from '../app/app.ts'
import { stageFiles } from '../source/files/files.ts'
import { lookAtAll } from './round.ts'
import { isUnchanged, type Signatures, signatureOf } from './signatures.ts'

/**
 * True when every source looks exactly as when `previous` was taken, and there are neither more nor fewer of them. Only
 * looks at the files' states: milliseconds, no copy, no process. Throws source.* for a database that is missing.
 */
export function isAllUnchanged(
  app: App,
  sources: { readonly databases: readonly string[]; readonly files: readonly string[] },
  previous: Signatures,
): boolean {
  const paths = [...sources.databases, ...sources.files]
  if (paths.length !== Object.keys(previous).length) return false
  const databases = lookAtAll({ app, paths: sources.databases })
  if (!databases.every((look) => isUnchanged(previous, look.path, signatureOf(look)))) return false
  const seen = stageFiles(app.folders.app, sources.files, (path, signature) => isUnchanged(previous, path, signature))
  return seen.files.length === sources.files.length && seen.files.every((one) => one.unchanged)
}
