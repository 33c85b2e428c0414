import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { findingOf } from '../archive/damage.ts'
import type { ArchiveEntry, ArchiveReader } from '../archive/read.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord, FileRecord } from '../snapshot/manifest.ts'
import type { Work } from '../snapshot/progress.ts'

/**
 * Recovers one database of an archive to `target` (kept when it is right) and compares it with its record. Null: the
 * archive does not hold it, which is among the reader's findings.
 */
export async function recoverDatabase(
  reader: ArchiveReader,
  record: DatabaseRecord,
  target: string,
  work: Work,
): Promise<Finding[] | null> {
  const entry = reader.find(`databases/${record.path}`)
  // Missing, or with something known against it: the reader's own findings say which.
  if (entry === null) return null
  return await looking(record.path, async () => {
    const { sha256 } = await reader.extract(entry, target, { ...work, sync: false })
    if (sha256 === record.sha256) return []
    await rm(target, { force: true })
    return [{ code: 'recovered-hash', path: record.path, detail: '' }]
  })
}

/** Reads every code file of an archive to its last byte and compares it with its record. */
export async function rereadFiles(reader: ArchiveReader, files: readonly FileRecord[], work: Work): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const record of files) {
    work.signal?.throwIfAborted()
    const entry = reader.find(`code/${record.path}`)
    if (entry !== null) findings.push(...(await rereadFile(reader, entry, record)))
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
    const finding = findingOf(error, path)
    if (finding === null) throw error
    return [finding]
  }
}
