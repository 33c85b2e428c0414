/**
 * Feeds damaged bytes to every reader of a repository's parts: sealed files, pack headers, blobs, trees, indexes,
 * snapshots, locks, key files. Each must give a value or throw a RepositoryFault, soon; a tree it accepts must read back
 * the same after writing.
 *
 *   node fuzz/restic.ts [--seed N] [--seconds N]      (default: 10 s)
 */
import { parseArgs } from 'node:util'
import { Dice } from '../bench/dice.ts'
import { readConfig } from '../src/format/restic/config-file.ts'
import { RepositoryFault } from '../src/format/restic/fault.ts'
import { readIndex } from '../src/format/restic/index-file.ts'
import { parseKeyFile } from '../src/format/restic/key-file.ts'
import { readLock } from '../src/format/restic/lock-file.ts'
import { unquoteName } from '../src/format/restic/name.ts'
import { headerLength, readHeader } from '../src/format/restic/pack.ts'
import { Sealer } from '../src/format/restic/seal.ts'
import { readSnapshot } from '../src/format/restic/snapshot-file.ts'
import { readTree, writeTree } from '../src/format/restic/tree.ts'
import { openJson, parseJson } from '../src/format/restic/unpacked.ts'
import { exampleKeys } from '../src/format/restic/vectors/example.ts'
import { decompressBounded } from '../src/format/restic/zstd.ts'

const { values } = parseArgs({ options: { seed: { type: 'string' }, seconds: { type: 'string' } } })
const dice = new Dice(Number(values.seed ?? 1))
const until = performance.now() + Number(values.seconds ?? 10) * 1000
const sealer = new Sealer(exampleKeys)
const id = 'ab'.repeat(32)

const blob = `{"id":"${id}","type":"data","offset":0,"length":99,"uncompressed_length":200}`
const node = `{"name":"a\\\\u003cb","type":"file","mode":420,"mtime":"2026-01-02T03:04:05.5Z","atime":"2026-01-02T03:04:05Z","ctime":"2026-01-02T03:04:05Z","uid":1,"gid":1,"inode":18446744073709551615,"size":5,"links":1,"content":["${id}"]}`
const texts = [
  `{"packs":[{"id":"${id}","blobs":[${blob}]}]}`,
  `{"nodes":[${node}]}\n`,
  `{"time":"2026-01-02T03:04:05Z","tree":"${id}","paths":["/a"],"tags":["x"],"summary":{"data_blobs":3}}`,
  `{"time":"2026-01-02T03:04:05Z","exclusive":true,"hostname":"h","username":"u","pid":7}`,
  `{"created":"","kdf":"scrypt","N":1024,"r":8,"p":1,"salt":"${Buffer.alloc(64).toString('base64')}","data":"AAAA"}`,
  `{"version":2,"id":"${id}","chunker_polynomial":"25b468838dcb75"}`,
]

const number = (below: number): number => Math.floor(dice.next() * below)

/** Flips, cuts, doubles or inserts somewhere. */
function damage(bytes: Buffer): Buffer {
  const at = number(bytes.length)
  const change = number(4)
  if (change === 0) return bytes.subarray(0, at)
  if (change === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(number(bytes.length))])
  const changed = Buffer.from(bytes)
  if (change === 2) changed[at] = number(256)
  else changed.write('9"[{}]:,-e\\u0.'.charAt(number(14)), at, 'latin1')
  return changed
}

function roundTrip(bytes: Buffer): void {
  const nodes = readTree(bytes)
  const again = readTree(writeTree(nodes))
  if (again.length !== nodes.length) throw new Error('a tree reads back with another number of nodes')
}

const readers: readonly ((bytes: Buffer) => unknown)[] = [
  (bytes) => readIndex(parseJson(bytes.toString()), 2),
  roundTrip,
  (bytes) => readSnapshot(parseJson(bytes.toString())),
  (bytes) => readLock(parseJson(bytes.toString())),
  (bytes) => parseKeyFile(bytes.toString()),
  (bytes) => readConfig(sealer, sealer.seal(bytes)),
  (bytes) => openJson(sealer, 2, sealer.seal(bytes)),
  (bytes) => sealer.open(bytes),
  (bytes) => readHeader(sealer, 2, sealer.seal(bytes), number(500)),
  (bytes) => headerLength(Buffer.concat([Buffer.alloc(4), bytes]).subarray(-4), number(1000)),
  (bytes) => decompressBounded(bytes, 1 << 20),
  (bytes) => unquoteName(bytes.toString()),
]

let runs = 0
while (performance.now() < until) {
  let bytes: Buffer = Buffer.from(texts[number(texts.length)] as string)
  for (let times = number(4); times >= 0 && bytes.length > 0; times--) bytes = damage(bytes)
  const reader = readers[number(readers.length)] as (bytes: Buffer) => unknown
  runs++
  try {
    reader(bytes)
  } catch (error) {
    if (error instanceof RepositoryFault) continue
    console.error(`run ${runs}: ${JSON.stringify(bytes.toString())}`)
    throw error
  }
}
console.log(`${runs} runs without a surprise`)
