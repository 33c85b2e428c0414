import { hash } from 'node:crypto'
import { basename } from 'node:path'
import { isPulihError } from '../error.ts'
import { headerBytes, readHeader } from '../format/sqlite/header.ts'
import type { Finding } from '../snapshot/finding.ts'
import type { DatabaseRecord, FileRecord, Manifest } from '../snapshot/manifest.ts'
import { damaged, findingOf } from './damage.ts'
import type { Directory } from './directory.ts'
import { type ArchiveEntry, manifestEntry } from './entry.ts'
import { inflate, type Readable } from './inflate.ts'
import { isLegacyInfo, type LegacyInfo, readLegacy } from './legacy.ts'
import { isOwnManifest, parseManifest } from './manifest.ts'
import { entryFindings, listedEntries, missingFindings } from './match.ts'
import { collisionFindings, nameFindings } from './names.ts'
import type { Source } from './range.ts'
import { isObject } from './rule.ts'

/** What an archive turns out to hold. Exactly one of `manifest` and `legacy` is set, or none when findings say why. */
export interface Description {
  readonly manifest: Manifest | null
  readonly legacy: LegacyInfo | null
  /** Of the raw bytes of `backup_info.json`; of nothing when there is none. */
  readonly manifestSha256: string
  readonly findings: readonly Finding[]
  /** Entry name -> a finding that speaks against using it. */
  readonly against: ReadonlyMap<string, Finding>
  /** Entry name -> its record in the manifest. */
  readonly listed: ReadonlyMap<string, DatabaseRecord | FileRecord>
}

/** A manifest of many large databases is a few MB. */
const longestManifest = 64 * 1024 * 1024
const longestMetadata = 4 * 1024 * 1024

/** Reads the manifest, ours or the predecessor's, and holds the directory against it. Throws only for a failing disk. */
export async function describe(source: Source, directory: Directory): Promise<Description> {
  const { entries } = directory
  const info = await readInfo(source, directory)
  const { manifest = null, legacy = null, findings } = await interpret(source, directory, info)
  const listed = manifest === null ? new Map<string, never>() : listedEntries(manifest)
  const aboutEntries = [...nameFindings(entries), ...collisionFindings(entries, new Set(listed.keys()))]
  const contradictions =
    manifest === null ? [] : entries.map((one) => [one.name, entryFindings(one, listed.get(one.name))] as const)
  const matched = contradictions.flatMap(([, found]) => found)
  const byName = [...directory.findings, ...aboutEntries].flatMap((one) =>
    one.path === null ? [] : [[one.path, one] as const],
  )
  return {
    manifest,
    legacy,
    manifestSha256: hash('sha256', info.raw, 'hex'),
    listed,
    findings: [
      ...[...directory.findings, ...aboutEntries, ...info.findings, ...findings, ...matched],
      ...(manifest === null ? [] : missingFindings(entries, listed)),
    ],
    against: new Map([
      ...byName,
      ...contradictions.flatMap(([name, [first]]) => (first ? [[name, first] as const] : [])),
    ]),
  }
}

type Interpretation = Partial<Pick<Description, 'manifest' | 'legacy'>> & Pick<Description, 'findings'>

/** Ours when it says so, then it must be so to the byte; otherwise the predecessor's, or a bare zip with databases. */
async function interpret(source: Source, directory: Directory, info: Info): Promise<Interpretation> {
  const { value } = info
  if (isOwnManifest(value)) {
    const foreign = directory.foreign.slice(0, 20).map(asRewritten)
    const { manifest, findings } = parseManifest(value)
    return { manifest, findings: [...foreign, ...findings] }
  }
  if (info.findings.length > 0) return { findings: [] }
  if (value !== undefined && !isLegacyInfo(value))
    return { findings: [invalid('neither of pulih nor of its predecessor')] }
  const { legacy, findings } = await readLegacy(legacySource(source, directory), info.folder, value ?? null)
  return legacy === null ? { findings: [{ code: 'manifest-missing', path: null, detail: '' }] } : { legacy, findings }
}

function asRewritten(detail: string): Finding {
  return { code: 'archive-rewritten', path: null, detail }
}

function invalid(detail: string): Finding {
  return { code: 'manifest-invalid', path: null, detail }
}

interface Info {
  readonly raw: Buffer
  /** Parsed JSON; undefined when there is no `backup_info.json` or it cannot be read. */
  readonly value: unknown
  /** `''`, or `name/` when every entry lies in that one folder. */
  readonly folder: string
  readonly findings: readonly Finding[]
}

async function readInfo(source: Source, directory: Directory): Promise<Info> {
  const folder = commonFolder(directory.entries)
  const none = { raw: Buffer.alloc(0), value: undefined, folder, findings: [] }
  const found = directory.entries.filter(({ name }) => name === folder + manifestEntry)
  const [entry] = found
  if (entry === undefined) return none
  if (found.length > 1) return { ...none, findings: [invalid('twice in the archive')] }
  try {
    const raw = await readSmall(source, directory, entry, longestManifest)
    return { raw, folder, ...parseJson(raw) }
  } catch (error) {
    const finding = damageIn(error)
    if (finding === null) throw error
    return { ...none, findings: [{ ...finding, code: 'manifest-invalid', path: null }] }
  }
}

function parseJson(raw: Buffer): { value: unknown; findings: Finding[] } {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw)), findings: [] }
  } catch (error) {
    return { value: undefined, findings: [invalid(error instanceof Error ? error.message.slice(0, 200) : '')] }
  }
}

/** The predecessor's archives may hold everything in one folder; ours never do. */
function commonFolder(entries: readonly ArchiveEntry[]): string {
  const first = entries[0]?.name ?? ''
  const folder = first.slice(0, first.indexOf('/') + 1)
  if (folder === '' || !entries.every(({ name }) => name.startsWith(folder))) return ''
  return entries.some(({ name }) => name === folder + manifestEntry) ? folder : ''
}

function legacySource(source: Source, directory: Directory): Parameters<typeof readLegacy>[0] {
  return {
    entries: directory.entries,
    fileName: basename(source.path).replace(/\.zip$/i, ''),
    async isDatabase(entry) {
      const start = await orNull(readStart(source, directory, entry))
      const { kind } = readHeader(start ?? Buffer.alloc(0), entry.bytes)
      return start !== null && (kind === 'sqlite' || kind === 'damaged')
    },
    async json(entry) {
      const raw = await orNull(readSmall(source, directory, entry, longestMetadata))
      const value = raw === null ? undefined : parseJson(raw).value
      return isObject(value) ? value : undefined
    },
  }
}

/** What the archive is to blame for; a disk that cannot read says nothing about the archive. */
function damageIn(error: unknown): Finding | null {
  return isPulihError(error, 'disk.failed') ? null : findingOf(error, manifestEntry)
}

/** Damage becomes null here: reading or verifying the entry itself reports it. */
async function orNull(reading: Promise<Buffer>): Promise<Buffer | null> {
  try {
    return await reading
  } catch (error) {
    if (damageIn(error) !== null) return null
    throw error
  }
}

async function readSmall(source: Source, directory: Directory, entry: ArchiveEntry, most: number): Promise<Buffer> {
  if (entry.bytes > most) throw damaged(source.path, entry.name, 'entry-size', `larger than ${most} bytes`)
  const parts: Buffer[] = []
  for await (const part of inflate(source, readableOf(source, directory.fileBytes, entry), {})) parts.push(part)
  return Buffer.concat(parts)
}

async function readStart(source: Source, directory: Directory, entry: ArchiveEntry): Promise<Buffer> {
  for await (const part of inflate(source, readableOf(source, directory.fileBytes, entry), {})) {
    return part.subarray(0, headerBytes)
  }
  return Buffer.alloc(0)
}

/** An entry whose bytes may be looked at. Throws archive.damaged for every other one. */
export function readableOf(source: Source, fileBytes: number, entry: ArchiveEntry): Readable {
  const refuse = (reason: string): never => {
    throw damaged(source.path, entry.name, 'entry-damaged', reason)
  }
  if (entry.kind !== 'file') refuse('not a regular file')
  const fatal = entry.problems.find(({ code }) => code === 'entry-damaged')
  if (fatal !== undefined) refuse(fatal.detail)
  if (entry.dataOffset === null || entry.dataOffset + entry.storedBytes > fileBytes) refuse('lies outside the file')
  return { entry, dataOffset: entry.dataOffset ?? 0, blocks: null }
}
