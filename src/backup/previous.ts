import type { App } from '../app/app.ts'
import { type ArchiveReader, openArchive } from '../archive/read.ts'
import type { Signatures } from '../capture/signatures.ts'
import { readSignatures } from '../catalogue/catalogue.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { isPulihError } from '../error.ts'
import type { Manifest } from '../snapshot/manifest.ts'

/** The newest own archive that is not damaged: what a new one may copy from instead of reading and compressing again. */
export interface Previous extends AsyncDisposable {
  readonly entry: BackupEntry
  readonly reader: ArchiveReader
  readonly manifest: Manifest
  /** Of the sources when that archive was captured; null when they are not known or belong to another archive. */
  readonly signatures: Signatures | null
}

/** Opens it, or null when there is none that can be read: then everything is captured and compressed anew. */
export async function openPrevious(app: App, backups: readonly BackupEntry[]): Promise<Previous | null> {
  const entry = backups.find((one) => !one.legacy && (one.state === 'proven' || one.state === 'stored'))
  if (entry === undefined) return null
  const reader = await openReadable(entry.path)
  if (reader === null) return null
  const { manifest } = reader
  if (manifest === null || reader.findings.length > 0) {
    await reader[Symbol.asyncDispose]()
    return null
  }
  const known = await readSignatures(app)
  return {
    entry,
    reader,
    manifest,
    signatures: known?.backup === entry.name ? known.signatures : null,
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  }
}

/** An unreadable earlier archive must not stop a new backup; `verify` and `health` speak of it. */
async function openReadable(path: string): Promise<ArchiveReader | null> {
  try {
    return await openArchive(path)
  } catch (error) {
    if (isPulihError(error)) return null
    throw error
  }
}
