import { foldPath, unsafePath } from '../format/zip/name.ts'
import type { Finding } from '../snapshot/finding.ts'
import { type ArchiveEntry, codePrefix, databasePrefix } from './entry.ts'

/** Why a content entry must not be written anywhere, or null. Looks at the name and at what it becomes without prefix. */
export function unsafeName(name: string): string | null {
  const inner = [databasePrefix, codePrefix].find((prefix) => name.startsWith(prefix))
  return unsafePath(name) ?? (inner === undefined ? null : unsafePath(name.slice(inner.length)))
}

/** Findings about names and kinds, each taken alone: nothing here may reach a file system. */
export function nameFindings(entries: readonly ArchiveEntry[]): Finding[] {
  return entries.flatMap((entry): Finding[] => {
    const finding = (detail: string): Finding => ({ code: 'entry-unsafe-name', path: entry.name, detail })
    const bare = entry.kind === 'folder' ? entry.name.replace(/\/$/, '') : entry.name
    const reason = unsafeName(bare)
    return [
      ...entry.problems.filter(({ code }) => code === 'entry-unsafe-name').map(({ detail }) => finding(detail)),
      ...(reason === null ? [] : [finding(reason)]),
      ...(entry.kind === 'symlink' ? [finding('symbolic link')] : []),
      ...(entry.kind === 'special' ? [finding('device, pipe or socket')] : []),
    ]
  })
}

/**
 * Findings about names together: one twice, one that is a folder of another, two that some file system holds to be one
 * (unless `listed` has both).
 */
export function collisionFindings(entries: readonly ArchiveEntry[], listed: ReadonlySet<string>): Finding[] {
  const content = entries.filter(({ kind }) => kind !== 'folder')
  const names = new Set(content.map(({ name }) => name))
  return [...twice(content), ...fileAsFolder(content, names), ...twins(names, listed)]
}

function twice(entries: readonly ArchiveEntry[]): Finding[] {
  const seen = new Set<string>()
  return entries.flatMap(({ name }): Finding[] => {
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    return [{ code: 'entry-unsafe-name', path: name, detail: 'twice in the archive' }]
  })
}

function fileAsFolder(entries: readonly ArchiveEntry[], names: ReadonlySet<string>): Finding[] {
  return entries.flatMap(({ name }): Finding[] => {
    for (let slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      const folder = name.slice(0, slash)
      if (names.has(folder)) return [{ code: 'entry-unsafe-name', path: name, detail: `${folder} is a file` }]
    }
    return []
  })
}

function twins(names: ReadonlySet<string>, listed: ReadonlySet<string>): Finding[] {
  const groups = Map.groupBy(names, foldPath)
  return [...groups.values()].flatMap((group): Finding[] => {
    if (group.length < 2 || group.every((name) => listed.has(name))) return []
    return group
      .filter((name) => !listed.has(name))
      .map((name) => ({
        code: 'entry-unsafe-name',
        path: name,
        detail: `differs from ${group.find((other) => other !== name)} only in case or Unicode form`,
      }))
  })
}
