import { hostname } from 'node:os'
import type { ArchiveItem, ArchiveReader } from '../archive/read.ts'
import { PulihError } from '../error.ts'
import { goTime } from '../format/restic/time.ts'
import type { SnapshotSource, SourceFile } from './save.ts'
import { shortHash, writeTags } from './snapshots.ts'
import { manifestPath, type Owner } from './tree-build.ts'

/**
 * An archive as the snapshot it shall become: the app's files where they belong, and the manifest as
 * `.pulih/backup_info.json`. Throws archive.damaged when the archive has findings: only whole ones go off site.
 */
export async function archiveSource(reader: ArchiveReader, app: string, owner: Owner): Promise<SnapshotSource> {
  const [finding] = reader.findings
  if (finding !== undefined)
    throw new PulihError('vault.damaged', { file: finding.path ?? reader.path, detail: finding.detail || finding.code })
  const { manifest, legacy } = reader
  const databases = reader.items.filter(({ kind }) => kind === 'database').length
  const tags = writeTags({
    name: manifest?.name ?? legacy?.name ?? '',
    type: manifest?.type ?? legacy?.type ?? 'manual',
    sequence: manifest?.sequence ?? 0,
    manifest: shortHash(reader.manifestSha256),
    databases,
    files: reader.items.length - databases,
  })
  const described = await manifestFile(reader)
  return {
    time: manifest?.capture.to ?? goTime(legacy?.createdMs ?? 0),
    host: manifest?.host || hostname(),
    paths: [app],
    tags,
    owner,
    files: [...reader.items.map((item) => itemFile(reader, item)), ...(described === null ? [] : [described])],
  }
}

function itemFile(reader: ArchiveReader, item: ArchiveItem): SourceFile {
  const { path, entry, record } = item
  const recorded = record !== null && 'mtimeMs' in record ? record.mtimeMs : entry.mtimeMs
  return {
    path,
    bytes: entry.bytes,
    mode: entry.mode || 0o600,
    mtimeMs: recorded,
    sha256: record?.sha256 ?? null,
    read: () => reader.read(entry),
  }
}

/** The bytes as they are in the archive: their hash is what the mark's proof speaks of. */
async function manifestFile(reader: ArchiveReader): Promise<SourceFile | null> {
  const entry = reader.find('backup_info.json')
  if (entry === null) return null
  const bytes = Buffer.concat(await Array.fromAsync(reader.read(entry)))
  return {
    path: manifestPath,
    bytes: bytes.length,
    mode: 0o600,
    mtimeMs: entry.mtimeMs,
    sha256: reader.manifestSha256,
    read: async function* () {
      yield bytes
    },
  }
}
