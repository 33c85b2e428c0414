import { createHash } from 'node:crypto'
import { isPulihError, PulihError } from '../error.ts'
import { type DirectoryEntry, decodeDirectory, decodeLocal, descriptorBytes } from '../format/zip/decode.ts'
import { decodeEnd, type End, longestEnd } from '../format/zip/decode-end.ts'
import { encodeEnd, encodeLocal } from '../format/zip/encode.ts'
import { flag, size } from '../format/zip/layout.ts'
import { ZipError } from '../format/zip/problem.ts'
import type { Finding } from '../snapshot/finding.ts'
import { commentFor } from './comment.ts'
import { type ArchiveEntry, restoreTextEntry } from './entry.ts'
import { pieces, readExactly, type Source } from './range.ts'
import { Window } from './window.ts'

/** Everything a zip file says about itself, before anybody looks at what the entries hold. */
export interface Directory {
  readonly fileBytes: number
  readonly end: End
  /** In the order of the directory. */
  readonly entries: readonly ArchiveEntry[]
  readonly findings: readonly Finding[]
  /** In what it differs from an archive as pulih writes it: matters only when it claims to be one. */
  readonly foreign: readonly string[]
}

/** Reads end, central directory and every local header. Throws archive.unreadable, disk.failed. */
export async function readDirectory(source: Source, fileBytes: number): Promise<Directory> {
  try {
    return await read(source, fileBytes)
  } catch (error) {
    if (!(error instanceof ZipError)) throw error
    const cut = error.kind === 'truncated' || (error.kind === 'endless' && (await startsAsZip(source)))
    const kind = cut ? 'archive-truncated' : 'archive-unreadable'
    throw new PulihError('archive.unreadable', { path: source.path, kind, reason: error.message }, { cause: error })
  }
}

async function read(source: Source, fileBytes: number): Promise<Directory> {
  const tail = Buffer.alloc(Math.min(fileBytes, longestEnd))
  await readExactly(source, tail, fileBytes - tail.length)
  const end = decodeEnd(tail, fileBytes)
  const directory = Buffer.alloc(end.directory.bytes)
  await readExactly(source, directory, end.directory.offset)
  const told = decodeDirectory(directory, end.directory.entries)
  const { entries, findings, foreign } = await readLocals(source, told, end)
  const afterDirectory = tail.subarray(tail.length - (fileBytes - end.directory.offset - directory.length))
  return {
    fileBytes,
    end,
    entries,
    findings: [...end.problems.map((problem) => ({ ...problem, path: null })), ...findings],
    foreign: [...foreign, ...(await foreignTail(source, entries, end, afterDirectory))],
  }
}

/** A zip that begins like one but has no end was cut off; anything else is not a zip. */
async function startsAsZip(source: Source): Promise<boolean> {
  const first = Buffer.alloc(4)
  try {
    await readExactly(source, first, 0)
  } catch (error) {
    if (isPulihError(error, 'archive.unreadable')) return false
    throw error
  }
  return first.toString('latin1') === 'PK\x03\x04'
}

interface Locals {
  readonly entries: readonly ArchiveEntry[]
  readonly findings: readonly Finding[]
  readonly foreign: readonly string[]
}

async function readLocals(source: Source, told: readonly DirectoryEntry[], end: End): Promise<Locals> {
  const window = new Window(source, 64 * 1024)
  const entries: ArchiveEntry[] = []
  const findings: Finding[] = []
  const foreign: string[] = []
  for (const one of told) {
    const entry = { ...one, offset: one.offset + end.prefixBytes }
    const seen = await readLocal(window, entry)
    const details = [...entry.problems.filter(({ code }) => code === 'entry-damaged'), ...seen.problems]
    findings.push(...details.map(({ detail }): Finding => ({ code: 'entry-damaged', path: entry.name, detail })))
    if (!seen.own) foreign.push(`${entry.name}: its header is not as it was written`)
    entries.push({ ...entry, dataOffset: seen.dataOffset, endOffset: seen.endOffset })
  }
  return { entries, findings: [...findings, ...placeFindings(entries, end)], foreign }
}

interface Local {
  readonly dataOffset: number | null
  readonly endOffset: number
  readonly problems: readonly { readonly detail: string }[]
  /** Byte for byte the header pulih would write for this entry. */
  readonly own: boolean
}

async function readLocal(window: Window, entry: DirectoryEntry): Promise<Local> {
  const none = { dataOffset: null, endOffset: entry.offset + size.local, own: false }
  const fixed = await window.at(entry.offset, size.local)
  if (fixed.length < size.local) return { ...none, problems: [{ detail: 'lies outside the file' }] }
  const length = size.local + fixed.readUInt16LE(26) + fixed.readUInt16LE(28)
  const bytes = await window.at(entry.offset, length)
  const local = decodeLocal(bytes, entry)
  if (local === null) return { ...none, problems: [{ detail: 'no local header where the directory says' }] }
  const own = bytes.equals(encodeLocal(entry))
  const dataOffset = entry.offset + local.bytes
  const dataEnd = dataOffset + entry.storedBytes
  const problems = local.differences.map((detail) => ({ detail }))
  if (!(entry.flags & flag.descriptor)) return { dataOffset, endOffset: dataEnd, problems, own }
  const after = descriptorBytes(await window.at(dataEnd, 24), entry)
  if (after === null) problems.push({ detail: 'its data descriptor is wrong' })
  return { dataOffset, endOffset: dataEnd + (after ?? 0), problems, own: false }
}

/** Entries must lie one behind the other from the first byte to the directory: no overlap, nothing between. */
function placeFindings(entries: readonly ArchiveEntry[], end: End): Finding[] {
  const findings: Finding[] = []
  let free = end.prefixBytes
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < free)
      findings.push({ code: 'entry-damaged', path: entry.name, detail: 'overlaps another entry' })
    if (entry.offset > free) findings.push(between(entry.offset - free))
    free = Math.max(free, entry.endOffset)
  }
  if (free > end.directory.offset) {
    findings.push({ code: 'entry-damaged', path: null, detail: 'an entry reaches into the directory' })
  }
  if (free < end.directory.offset) findings.push(between(end.directory.offset - free))
  return findings
}

function between(bytes: number): Finding {
  return { code: 'archive-unreadable', path: null, detail: `${bytes} bytes belong to no entry` }
}

/** Our last part is hashed in the comment, and everything behind the directory follows from it: any change shows. */
async function foreignTail(
  source: Source,
  entries: readonly ArchiveEntry[],
  end: End,
  afterDirectory: Buffer,
): Promise<string[]> {
  const restoreText = entries.find(({ name }) => name === restoreTextEntry)
  if (restoreText === undefined) return [`${restoreTextEntry} is missing`]
  const lastPart = end.directory.offset + end.directory.bytes - restoreText.offset
  if (lastPart < 0 || lastPart > longestLastPart) return [`${restoreTextEntry} is not near the end`]
  const hash = createHash('sha256')
  for await (const piece of pieces(source, restoreText.offset, lastPart)) hash.update(piece)
  const expected = encodeEnd(end.directory, commentFor(hash.digest('hex')))
  return afterDirectory.equals(expected) ? [] : ['its last part is not as it was written']
}

/** Far more than any manifest and directory need; a stranger's file shall not make us read gigabytes to open it. */
const longestLastPart = 256 * 1024 * 1024
