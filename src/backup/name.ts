import { localStamp } from '../time/zone.ts'

/**
 * `backup_<type>[_<label>]_<YYYYMMDD_HHMMSS>` in the app's local time; `-2`, `-3` … when that name is taken (two in one
 * second, or the hour that comes twice). Names that differ only in case count as taken. Nothing ever parses a name.
 */
export function backupName(
  parts: { readonly type: string; readonly label: string | null },
  at: { readonly ms: number; readonly zone: string },
  taken: Iterable<string>,
): string {
  const label = parts.label === null ? '' : `_${parts.label}`
  const base = `backup_${parts.type}${label}_${localStamp(at.ms, at.zone)}`
  const used = new Set([...taken].map((name) => name.toLowerCase()))
  let name = base
  for (let n = 2; used.has(name.toLowerCase()); n++) name = `${base}-${n}`
  return name
}
