import { limit } from './layout.ts'

/**
 * Why a relative path must not be written below a folder, or null when it is safe: non-empty segments divided by `/`,
 * no `.` or `..`, not absolute, no drive letter, no backslash, no NUL, at most 4096 bytes.
 */
export function unsafePath(path: string): string | null {
  if (path === '') return 'empty name'
  if (path.includes('\0')) return 'NUL in name'
  if (path.includes('\\')) return 'backslash in name'
  if (path.startsWith('/')) return 'absolute path'
  if (/^[A-Za-z]:/.test(path)) return 'drive letter'
  if (!path.isWellFormed() || path.includes('\ufffd')) return 'name is not Unicode'
  if (Buffer.byteLength(path) > limit.nameBytes) return 'name too long'
  for (const segment of path.split('/')) {
    if (segment === '') return 'empty segment in name'
    if (segment === '.' || segment === '..') return `'${segment}' in name`
  }
  return null
}

/** Equal for two paths that some file system holds to be one: they differ only in case or in Unicode form. */
export function foldPath(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}
