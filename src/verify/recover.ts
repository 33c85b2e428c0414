import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { ArchiveEntry, ArchiveReader } from '../archive/read.ts'
import { isPulihError } from '../error.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord, FileRecord, Manifest } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'

/** Recovers one database of an archive to `target` (kept when it is right) and compares it with its record. */
export async function recoverDatabase(
  reader: ArchiveReader,
  record: DatabaseRecord,
  target: string,
  work: Work,
): Promise<Finding[]> {
  const entry = reader.find(`databases/${record.path}`)
  if (entry === null) return [{ code: 'entry-missing', path: record.path, detail: '' }]
  return await looking(record.path, async () => {
    const { sha256 } = await reader.extract(entry, target, { ...work, sync: false })
    if (sha256 === record.sha256) return []
    await rm(target, { force: true })
    return [{ code: 'recovered-hash', path: record.path, detail: '' }]
  })
}

/** Reads every code file of an archive to its last byte and compares it with its record. */
export async function rereadFiles(reader: ArchiveReader, manifest: Manifest, work: Work): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const record of manifest.files) {
    work.signal?.throwIfAborted()
    const entry = reader.find(`code/${record.path}`)
    if (entry === null) findings.push({ code: 'entry-missing', path: record.path, detail: '' })
    else findings.push(...(await rereadFile(reader, entry, record)))
  }
  return findings
}

async function rereadFile(reader: ArchiveReader, entry: ArchiveEntry, record: FileRecord): Promise<Finding[]> {
  return await looking(record.path, async () => {
    const hash = createHash('sha256')
    for await (const piece of reader.read(entry)) hash.update(piece)
    return hash.digest('hex') === record.sha256 ? [] : [{ code: 'recovered-hash', path: record.path, detail: '' }]
  })
}

/** Looking never throws for what it looks at: damage becomes a finding; cancelling and our own disk trouble still throw. */
async function looking(path: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    if (isPulihError(error, 'archive.damaged')) return [{ code: error.facts.kind, path, detail: error.facts.reason }]
    throw error
  }
}
