import type { DirectoryEntry } from '../format/zip/decode.ts'

/** The two entries that speak about the archive itself; all others are content. */
export const manifestEntry = 'backup_info.json'
export const restoreTextEntry = 'RESTORE.txt'

export const databasePrefix = 'databases/'
export const codePrefix = 'code/'

/** One entry, with where its bytes lie in the file. */
export interface ArchiveEntry extends DirectoryEntry {
  /** First stored byte; null when its local header cannot be read. */
  readonly dataOffset: number | null
  /** First byte behind it. */
  readonly endOffset: number
}
