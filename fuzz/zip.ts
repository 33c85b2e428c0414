/**
 * Feeds damaged, spliced and forged archives to the reader. It must refuse with archive.unreadable or give findings; it
 * must never hang, never give more bytes than declared, never write outside its folder; and when it has nothing against an
 * archive that claims to be ours, every byte of it is as it was written.
 *
 *   node fuzz/zip.ts [--seed N] [--seconds N]      (default: 10 s)
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findingOf } from '../src/archive/damage.ts'
import { type ArchiveReader, openArchive } from '../src/archive/read.ts'
import { isPulihError } from '../src/error.ts'
import type { Finding } from '../src/snapshot/finding.ts'
import { makeArchive, pagesLike } from '../test/fixture/archive.ts'
import { type Forged, forgeZip } from '../test/fixture/forge-zip.ts'

const { values } = parseArgs({ options: { seed: { type: 'string' }, seconds: { type: 'string' } } })
const seed = Number(values.seed ?? 1)
const seconds = Number(values.seconds ?? 10)

/** Random numbers that a seed repeats (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const random = randomFrom(seed)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!

async function samples(folder: string): Promise<readonly Buffer[]> {
  const files = { 'src/bot.py': Buffer.from('print(1)\n'.repeat(30)), '.env': Buffer.from('TOKEN=x') }
  const made = await makeArchive(folder, 'ours', { databases: { 'f.db': pagesLike(20, 1) }, files })
  const large = await makeArchive(folder, 'large', { databases: { 'f.db': pagesLike(700, 2) } })
  const own = [made, large, made].map(({ path }) => readFileSync(path))
  const info = JSON.stringify({ backup_name: 'b', backup_type: 'manual', databases: { 'f.db': true }, success: true })
  const legacy: readonly Forged[] = [
    { name: 'backup_info.json', data: info, method: 8 },
    { name: 'f.db.backup', data: pagesLike(3, 3), method: 8 },
    { name: 'code/a', data: 'a' },
  ]
  return [...own, forgeZip(legacy)]
}

const marks = ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x06\x06', 'PK\x06\x07'].map((mark) =>
  Buffer.from(mark, 'latin1'),
)
const numbers = [0, 1, 8, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, 1 << 20]

/** A place near a record of the format, where damage hurts most, or anywhere. */
function place(bytes: Buffer): number {
  if (random() < 0.3) return below(bytes.length)
  const at = bytes.indexOf(pick(marks), below(bytes.length))
  return Math.min(bytes.length - 1, (at < 0 ? bytes.length - below(400) - 1 : at) + below(50))
}

function disturb(original: Buffer): Buffer {
  const bytes = Buffer.from(original)
  const at = Math.max(0, place(bytes))
  const kind = below(7)
  if (kind === 0) bytes[at]! ^= 1 << below(8)
  else if (kind === 1) bytes.writeUInt16LE(pick(numbers) & 0xffff, Math.min(at, bytes.length - 2))
  else if (kind === 2) bytes.writeUInt32LE(pick(numbers) >>> 0, Math.max(0, Math.min(at, bytes.length - 4)))
  else if (kind === 3) return bytes.subarray(0, Math.max(4, at))
  else if (kind === 4) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(100))])
  else if (kind === 5)
    return Buffer.concat([
      bytes.subarray(0, at),
      bytes.subarray(below(bytes.length)).subarray(0, below(3000)),
      bytes.subarray(at),
    ])
  else bytes.set(Buffer.from(pick(['../', '/', '\\', '\0', 'A', '\xff']), 'latin1').subarray(0, bytes.length - at), at)
  return bytes.length < 4 ? Buffer.from(original) : bytes
}

/** Opens, reads back, reads and extracts everything; answers what was found. Throws what must not happen. */
async function look(path: string, same: boolean): Promise<readonly Finding[]> {
  let reader: ArchiveReader
  try {
    reader = await openArchive(path)
  } catch (error) {
    if (isPulihError(error, 'archive.unreadable')) return [findingOf(error, null)!]
    throw error
  }
  await using _ = reader
  const findings = [...(await reader.readBack())]
  for (const item of reader.items) findings.push(...(await lookAt(reader, item, `${path}.out`)))
  if (findings.length === 0 && reader.manifest !== null && !same) throw new Error('damage was not found')
  return findings
}

async function lookAt(reader: ArchiveReader, item: ArchiveReader['items'][number], out: string): Promise<Finding[]> {
  let bytes = 0
  try {
    for await (const piece of reader.read(item.entry)) bytes += piece.length
    await reader.extract(item.entry, join(out, item.path), { root: out, sync: false })
    return []
  } catch (error) {
    if (bytes > item.entry.bytes) throw new Error(`${bytes} bytes of ${item.entry.bytes}`, { cause: error })
    // Two names may need one place on the disk: refused, which is right.
    if (isPulihError(error, 'archive.target')) return [{ code: 'entry-damaged', path: item.path, detail: 'target' }]
    const finding = findingOf(error, item.path)
    if (finding === null) throw error
    return [finding]
  }
}

const folder = mkdtempSync(join(tmpdir(), 'pulih-fuzz-zip-'))
let runs = 0
let found = 0
try {
  const inside = join(folder, 'in')
  mkdirSync(inside)
  const all = await samples(folder)
  const before = readdirSync(folder).sort().join()
  const end = performance.now() + seconds * 1000
  for (; performance.now() < end; runs++) {
    const sample = pick(all)
    let bytes = disturb(sample)
    for (let more = below(3); more > 0; more--) bytes = disturb(bytes)
    const path = join(inside, 'a.zip')
    writeFileSync(path, bytes)
    const stuck = setTimeout(() => {
      console.error(`seed ${seed}, run ${runs}: hangs`)
      process.exit(1)
    }, 20_000)
    try {
      if ((await look(path, bytes.equals(sample))).length > 0) found++
    } catch (error) {
      writeFileSync('fuzz-zip-failure.zip', bytes)
      throw new Error(`seed ${seed}, run ${runs} (kept as fuzz-zip-failure.zip)`, { cause: error })
    } finally {
      clearTimeout(stuck)
    }
    rmSync(`${path}.out`, { recursive: true, force: true })
    if (readdirSync(folder).sort().join() !== before) throw new Error(`seed ${seed}, run ${runs}: wrote outside`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`zip: ${runs} runs, ${found} with findings, seed ${seed}`)
