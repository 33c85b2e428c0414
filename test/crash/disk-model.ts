import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from './recorded.ts'

/** A file's bytes as programs see them, and as they were at its last fsync (empty before the first). */
interface Inode {
  live: Buffer
  durable: Buffer
  /** As the program saw them; a disk keeps both through a power cut. */
  number: string | null
  mtimeSeconds: number | null
}

/**
 * A folder on a disk that keeps only what it was told to: file contents at their last fsync, names at the last fsync
 * of their folder. Replays recorded calls and lays out what a power cut would leave.
 */
export class DiskModel {
  readonly #root: string
  /** `null` is a folder. */
  readonly #live = new Map<string, Inode | null>()
  readonly #durable = new Map<string, Inode | null>()
  readonly #offsets = new Map<string, number>()
  readonly #appending = new Set<string>()

  /** What is in `root` now counts as durable. */
  constructor(root: string) {
    this.#root = root
    this.#live.set(root, null)
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      this.#live.set(path, entry.isDirectory() ? null : inodeOf(path))
    }
    for (const [path, inode] of this.#live) this.#durable.set(path, inode)
  }

  apply(call: Call): void {
    if (call.kind === 'open') this.#open(call)
    else if (call.kind === 'write') this.#write(call.fd, call.path, call.data, call.at)
    else if (call.kind === 'copy') this.#copy(call)
    else if (call.kind === 'seek') this.#offsets.set(`${call.fd} ${call.path}`, call.at)
    else if (call.kind === 'truncate') this.#resize(call.path, call.bytes)
    else if (call.kind === 'sync') this.#sync(call.path)
    else if (call.kind === 'mkdir') this.#live.set(call.path, null)
    else if (call.kind === 'stat') this.#learn(call)
    else if ('from' in call) this.#name(call.from, call.to, call.kind === 'rename')
    else this.#live.delete(call.path)
  }

  #open(call: Call & { kind: 'open' }): void {
    const key = `${call.fd} ${call.path}`
    this.#offsets.set(key, 0)
    if (call.append) this.#appending.add(key)
    else this.#appending.delete(key)
    if (call.create && !this.#live.has(call.path)) this.#live.set(call.path, emptyInode())
    if (call.truncate) this.#resize(call.path, 0)
  }

  /** The bytes behind a path; null when it was unlinked meanwhile or lies elsewhere. */
  #inode(path: string): Inode | null {
    return this.#live.get(path) ?? null
  }

  #write(fd: string, path: string, data: Buffer, at: number | null): void {
    const inode = this.#inode(path)
    if (inode === null) return
    const key = `${fd} ${path}`
    const from = at ?? (this.#appending.has(key) ? inode.live.length : (this.#offsets.get(key) ?? 0))
    const bytes = Buffer.alloc(Math.max(inode.live.length, from + data.length))
    inode.live.copy(bytes)
    data.copy(bytes, from)
    inode.live = bytes
    if (at === null) this.#offsets.set(key, from + data.length)
  }

  #copy(call: Call & { kind: 'copy' }): void {
    const key = `${call.fromFd} ${call.from}`
    const from = call.fromAt ?? this.#offsets.get(key) ?? 0
    const source = this.#inode(call.from)
    if (source === null) throw new Error(`copied from ${call.from}, which the replay does not hold`)
    if (call.fromAt === null) this.#offsets.set(key, from + call.bytes)
    this.#write(call.fd, call.path, source.live.subarray(from, from + call.bytes), call.at)
  }

  #resize(path: string, bytes: number): void {
    const inode = this.#inode(path)
    if (inode === null) return
    const resized = Buffer.alloc(bytes)
    inode.live.copy(resized)
    inode.live = resized
  }

  #sync(path: string): void {
    const inode = this.#live.get(path)
    if (inode === undefined) return
    if (inode !== null) {
      inode.durable = inode.live
      return
    }
    for (const name of this.#durable.keys()) if (dirname(name) === path) this.#durable.delete(name)
    for (const [name, child] of this.#live) if (dirname(name) === path) this.#durable.set(name, child)
  }

  #name(from: string, to: string, move: boolean): void {
    for (const [path, inode] of [...this.#live]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.#live.set(to + path.slice(from.length), inode)
      if (move) this.#live.delete(path)
    }
  }

  #learn(call: Call & { kind: 'stat' }): void {
    const inode = this.#inode(call.path)
    if (inode === null) return
    inode.number = call.inode
    inode.mtimeSeconds = call.mtimeSeconds
  }

  /**
   * Lays out at `target` what a power cut now would leave. `strict`: names and contents that were fsynced. `eager`: all
   * names, as file systems that write folders early do, but only fsynced contents. Names of one file stay names of one
   * file, and where a file's number was written down, the number it has now stands there.
   */
  layOut(target: string, mode: 'strict' | 'eager'): void {
    const names = mode === 'strict' ? this.#durable : this.#live
    const placed = new Map<Inode, string>()
    for (const [path, inode] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (mode === 'strict' && !this.#reachable(path)) continue
      const place = target + path.slice(this.#root.length)
      mkdirSync(inode === null ? place : dirname(place), { recursive: true })
      const first = inode === null ? undefined : placed.get(inode)
      if (first !== undefined) linkSync(first, place)
      else if (inode !== null) {
        writeFileSync(place, inode.durable, { mode: 0o600 })
        placed.set(inode, place)
      }
    }
    renumber(placed)
  }

  /** Equal for two moments whose power cuts leave the same. */
  fingerprint(mode: 'strict' | 'eager'): string {
    const hash = createHash('sha256')
    for (const [path, inode] of [...(mode === 'strict' ? this.#durable : this.#live)].sort(([a], [b]) =>
      a < b ? -1 : 1,
    ))
      hash.update(`${path}\0${inode === null ? '/' : inode.durable.length}\0`).update(inode?.durable ?? '')
    return hash.digest('hex')
  }

  /** Every folder above it is durable too. */
  #reachable(path: string): boolean {
    return path === this.#root || (this.#durable.has(path) && this.#reachable(dirname(path)))
  }
}

function emptyInode(): Inode {
  return { live: Buffer.alloc(0), durable: Buffer.alloc(0), number: null, mtimeSeconds: null }
}

function inodeOf(path: string): Inode {
  const [bytes, { ino, mtimeMs }] = [readFileSync(path), statSync(path)]
  return { live: bytes, durable: bytes, number: String(ino), mtimeSeconds: mtimeMs / 1000 }
}

/** Gives files the times they had, and records of them the numbers they have here. */
function renumber(placed: ReadonlyMap<Inode, string>): void {
  const numbers = new Map([...placed].map(([{ number }, place]) => [number, String(statSync(place).ino)]))
  for (const [inode, place] of placed) {
    const text = inode.durable.includes('"inode":') ? inode.durable.toString() : null
    const translated = text?.replaceAll(/("inode":\s*")(\d+)/g, (_, key, number) => `${key}${numbers.get(number) ?? 0}`)
    if (translated !== undefined) writeFileSync(place, translated)
    if (inode.mtimeSeconds !== null) utimesSync(place, inode.mtimeSeconds, inode.mtimeSeconds)
  }
}
