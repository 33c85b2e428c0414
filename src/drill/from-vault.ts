import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { isPulihError, PulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord, Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { spawnSqlite } from '../source/sqlite/parent.ts'
import { BlobIndex } from '../vault/blobs.ts'
import { VaultLock } from '../vault/lock.ts'
import { openVault, vaultAccess } from '../vault/open.ts'
import type { Repository } from '../vault/repository.ts'
import { restoreSnapshot } from '../vault/restore.ts'
import { findSnapshot, nameOf, readSnapshots, type VaultSnapshot } from '../vault/snapshots.ts'
import { readManifest } from '../vault/sync.ts'
import { startCheck } from '../verify/check-copy.ts'
import { damage, foreignKeyFindings, invariantFindings } from '../verify/compare.ts'
import type { Course } from './course.ts'
import { findingsNote } from './from-archive.ts'
import { disarm } from './safe-env.ts'

/**
 * From the off-site vault alone, nothing of this machine but the configuration. Throws vault.not-configured and what
 * opening the vault throws, vault.snapshot-unknown, backup.none-proven when it holds nothing of ours.
 */
export async function fromVault(
  app: App,
  request: Work & { readonly name?: string | undefined; readonly older?: boolean },
): Promise<Course> {
  const repository = await openVault(await vaultAccess(app), request.signal)
  try {
    const snapshot = chooseSnapshot(app, await readSnapshots(repository, request.signal), request)
    return {
      name: nameOf(snapshot),
      from: 'vault',
      recover: async (scratch, watch, work) => {
        const folder = join(scratch, 'app')
        try {
          const manifest = await watch.time('fetch', () => fetch(app, repository, snapshot, folder, work))
          const findings = await watch.time('verify', () => check(app, manifest, folder, work))
          for (const { path, secret } of manifest?.files ?? []) if (secret) await disarm(folder, path)
          return { findings, reason: findings.length === 0 ? null : findingsNote(findings) }
        } catch (error) {
          const ours = isPulihError(error) && (error.code.startsWith('vault.') || error.code.startsWith('backend.'))
          if (!ours) throw error
          return { findings: [], reason: note('drill.reason.findings', { count: 1, first: error.message }) }
        }
      },
      [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
    }
  } catch (error) {
    await repository[Symbol.asyncDispose]()
    throw error
  }
}

/** By name or id; else the newest of this app, or (`older`) any before it; on another machine the newest that is ours. */
function chooseSnapshot(
  app: App,
  all: readonly VaultSnapshot[],
  { name, older = false }: { readonly name?: string | undefined; readonly older?: boolean },
): VaultSnapshot {
  if (name !== undefined && name !== 'latest') return findSnapshot(all, name)
  const ours = all.filter((one) => one.ours !== null)
  const own = ours.filter(({ snapshot }) => snapshot.paths[0] === app.folders.app)
  const usable = own.length > 0 ? own : ours
  const chosen = older && usable.length > 1 ? usable[randomInt(1, usable.length)] : usable[0]
  if (chosen === undefined) throw new PulihError('backup.none-proven', { count: all.length })
  return chosen
}

/** Every piece is compared with its id, every file with the manifest. */
async function fetch(app: App, repository: Repository, snapshot: VaultSnapshot, folder: string, work: Work) {
  await using lock = await VaultLock.acquire(repository, { exclusive: false, clock: app.clock, signal: work.signal })
  const signal = lock.signal
  const index = await BlobIndex.load(repository, signal)
  await restoreSnapshot(repository, index, snapshot, folder, { signal, progress: work.progress })
  return await readManifest(repository, index, snapshot, signal)
}

async function check(app: App, manifest: Manifest | null, folder: string, work: Work): Promise<readonly Finding[]> {
  const databases = manifest?.databases ?? []
  if (databases.length === 0) return [{ code: 'nothing-checked', path: null, detail: '' }]
  const findings: Finding[] = []
  for (const record of databases) findings.push(...(await checkOne(app, record, folder, work)))
  return findings
}

async function checkOne(app: App, record: DatabaseRecord, folder: string, { signal }: Work): Promise<Finding[]> {
  await using child = spawnSqlite(signal)
  const { path, bytes } = record
  const invariants = app.config.invariants.filter((rule) => rule.database === path)
  const running = startCheck(child, join(folder, path), { bytes, invariants, signal })
  const seen = { ...(await running.quick), integrity: await running.integrity }
  return [
    ...damage(path, seen),
    ...foreignKeyFindings(path, record.foreignKeys, seen),
    ...invariantFindings(path, record.invariants, seen),
  ]
}
