import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { openArchive } from '../archive/read.ts'
import { ArchiveWriter, type WrittenEntry } from '../archive/write.ts'
import { changeMark, findBackup } from '../catalogue/catalogue.ts'
import { beginAct } from '../catalogue/history.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { Draft } from '../disk/draft.ts'
import { acquireLock } from '../disk/lock.ts'
import { makeScratch } from '../disk/scratch.ts'
import { requireSpace } from '../disk/space.ts'
import { PulihError } from '../error.ts'
import { say } from '../message/phrases.ts'
import type { DatabaseRecord, FileRecord, Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { BlobIndex } from '../vault/blobs.ts'
import { VaultLock } from '../vault/lock.ts'
import { openVault, type VaultAccess } from '../vault/open.ts'
import { restoreSnapshot } from '../vault/restore.ts'
import { findSnapshot, readSnapshots } from '../vault/snapshots.ts'
import { readManifest } from '../vault/sync.ts'
import { verifyBackups } from './verify.ts'

/**
 * Brings one of our snapshots back as an archive beside the others, pinned and proven, so that restore, show, export and
 * drill treat it like any. Its manifest is the old one but for how the bytes are stored, and for the name when that is
 * taken. Throws vault.* and backend.* errors, vault.not-ours, lock.busy, disk.*; then no archive was added.
 */
export async function fetchToArchive(app: App, wanted: string, work: Work, access: VaultAccess): Promise<BackupEntry> {
  const { signal } = work
  await using _lock = await acquireLock(app.folders.state, 'vault fetch', { waitMs: 30_000, signal, clock: app.clock })
  await using act = await beginAct(app, 'fetch', { wanted })
  try {
    await using scratch = await makeScratch(app.folders, 'fetch')
    const folder = join(scratch.path, 'app')
    const manifest = await layOut(app, wanted, folder, { ...work, access })
    const name = freeName(app, manifest.name)
    await writeArchive(app, { ...manifest, name }, folder, work)
    const fetched = await findBackup(app, name)
    const pinned = { at: isoWithOffset(app.clock.now(), app.zone), reason: say(app.language, 'vault.fetch.pin') }
    await changeMark(fetched.path, (mark) => ({ ...mark, pinned }))
    await verifyBackups(app, [fetched], work)
    const entry = await findBackup(app, name)
    await act.finish({ backup: name })
    return entry
  } catch (error) {
    await act.fail(error)
    throw error
  }
}

async function layOut(
  app: App,
  wanted: string,
  folder: string,
  { access, signal: stop, progress }: Work & { readonly access: VaultAccess },
): Promise<Manifest> {
  await using repository = await openVault(access, stop)
  await using lock = await VaultLock.acquire(repository, { exclusive: false, clock: app.clock, signal: stop })
  const { signal } = lock
  const snapshot = findSnapshot(await readSnapshots(repository, signal), wanted)
  const index = await BlobIndex.load(repository, signal)
  const manifest = snapshot.ours === null ? null : await readManifest(repository, index, snapshot, signal)
  if (manifest === null) throw new PulihError('vault.not-ours', { id: snapshot.id.slice(0, 8) })
  await restoreSnapshot(repository, index, snapshot, folder, { signal, progress })
  return manifest
}

/** One that is damaged here keeps its name, and the good copy stands beside it. */
function freeName({ folders }: App, name: string): string {
  const isTaken = (one: string) => [folders.backups, folders.archives].some((at) => existsSync(join(at, `${one}.zip`)))
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`
    if (!isTaken(free)) return free
  }
}

/** Nothing is visible before every byte of it was read back. */
async function writeArchive(app: App, manifest: Manifest, folder: string, work: Work): Promise<void> {
  const bytes = [...manifest.databases, ...manifest.files].reduce((sum, one) => sum + one.bytes, 0)
  await requireSpace(app.folders.backups, bytes)
  await using draft = await Draft.open(app.folders.drafts, `${manifest.name}.zip`)
  await using writer = await ArchiveWriter.create(draft, work)
  const databases: DatabaseRecord[] = []
  const files: FileRecord[] = []
  const mtimeMs = Date.parse(manifest.capture.to)
  for (const one of manifest.databases) {
    const from = join(folder, one.path)
    const written = await writer.addDatabase(`databases/${one.path}`, from, { mtimeMs, mode: 0o600 }, null)
    databases.push({ ...one, ...storedAs(written), blocks: written.blocks ?? one.blocks })
  }
  for (const one of manifest.files) {
    const { mode, mtimeMs: changed } = one
    const written = await writer.addFile(`code/${one.path}`, join(folder, one.path), { mode, mtimeMs: changed })
    files.push({ ...one, ...storedAs(written) })
  }
  await writer.finish({ ...manifest, databases, files })
  await draft.handle.sync()
  await using reader = await openArchive(draft.path)
  const [finding] = [...reader.findings, ...(await reader.readBack(work))]
  if (finding !== undefined)
    throw new PulihError('backup.read-back', { path: finding.path ?? draft.path, detail: finding.code })
  await draft.commit(join(app.folders.backups, `${manifest.name}.zip`))
}

function storedAs({ bytes, sha256, stored }: WrittenEntry) {
  return { bytes, sha256, stored }
}
