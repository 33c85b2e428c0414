import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readTreePage } from '../format/sqlite/btree.ts'
import { headerBytes, readHeader } from '../format/sqlite/header.ts'

/** Rowids from `above` (exclusive) to `upTo` (inclusive); null: open. */
export interface RowidRange {
  readonly above: bigint | null
  readonly upTo: bigint | null
}

/** Where the rows of one table may differ: nowhere, anywhere, or only in these ranges. */
export type Suspects = 'none' | 'all' | readonly RowidRange[]

const chunkBytes = 1 << 20
/** From this share of changed leaves on, one pass over everything is faster than many ranges. */
const largestShare = 0.25

/**
 * Two files of one database, page for page: both are exact copies, so rows on equal pages are equal rows. Null when their
 * pages cannot be set side by side.
 */
export class ChangedPages implements Disposable {
  readonly #files: readonly [number, number]
  readonly #pageSize: number
  readonly #usable: number
  readonly #changed: Uint8Array
  /** A changed page may belong to a long row whose own page is the same. */
  readonly #overflowChanged: boolean

  private constructor(files: readonly [number, number], pageSize: number, reserved: number) {
    this.#files = files
    this.#pageSize = pageSize
    this.#usable = pageSize - reserved
    const pages = files.map((fd) => Math.floor(fstatSync(fd).size / pageSize))
    this.#changed = new Uint8Array(Math.max(...pages) + 1)
    this.#overflowChanged = this.#compare(Math.min(...pages))
  }

  static open(from: string, to: string): ChangedPages | null {
    const files = [openSync(from, 'r'), openSync(to, 'r')] as const
    const [one, other] = files.map(shapeOf)
    const fits = one != null && other != null && one.pageSize === other.pageSize && one.reserved === other.reserved
    if (fits) return new ChangedPages(files, one.pageSize, one.reserved)
    for (const fd of files) closeSync(fd)
    return null
  }

  #compare(shared: number): boolean {
    const size = this.#pageSize
    const perChunk = Math.max(1, Math.floor(chunkBytes / size))
    const [a, b] = [Buffer.allocUnsafe(perChunk * size), Buffer.allocUnsafe(perChunk * size)]
    let isOverflow = false
    this.#changed.fill(1, shared + 1)
    for (let first = 0; first < shared; first += perChunk) {
      const pages = Math.min(perChunk, shared - first)
      readSync(this.#files[0], a, 0, pages * size, first * size)
      readSync(this.#files[1], b, 0, pages * size, first * size)
      if (a.compare(b, 0, pages * size, 0, pages * size) === 0) continue
      for (let at = 0; at < pages; at++) {
        if (a.compare(b, at * size, (at + 1) * size, at * size, (at + 1) * size) === 0) continue
        this.#changed[first + at + 1] = 1
        // The first byte of a tree page says its kind, 2 and more; that of an overflow page begins a page number.
        isOverflow ||= (a[at * size] as number) < 2 && (b[at * size] as number) < 2
      }
    }
    return isOverflow
  }

  /** For a table that begins on these pages; `isTable` false for WITHOUT ROWID: its pages are equal, or it is compared whole. */
  suspects(fromRoot: number, toRoot: number, isTable: boolean): Suspects {
    if (fromRoot !== toRoot) return 'all'
    // A page counts as equal only if it belongs to this table on both sides.
    const owned = new Uint8Array(this.#changed.length)
    const ranges: RowidRange[] = []
    let leaves = 0
    const mark = (side: 0 | 1) => (page: number) => {
      owned[page] = (owned[page] as number) | (side + 1)
      leaves++
    }
    const judge = (side: 0 | 1) => (page: number, range: RowidRange) => {
      if (owned[page] !== 3 || this.#isSuspect(side, page)) ranges.push(range)
    }
    const sides = [0, 1] as const
    const isWalked = sides.every((side) => this.#walk(side, fromRoot, mark(side)))
    if (!isWalked || !sides.every((side) => this.#walk(side, fromRoot, judge(side)))) return 'all'
    if (ranges.length === 0) return 'none'
    return !isTable || ranges.length > largestShare * leaves ? 'all' : merged(ranges)
  }

  /** Calls `onPage` for every page that holds rows or entries. False: it is no tree that can be walked. */
  #walk(side: 0 | 1, root: number, onPage: (page: number, range: RowidRange) => void): boolean {
    const visit = (page: number, level: number, range: RowidRange): boolean => {
      if (level === 0) {
        onPage(page, range)
        return true
      }
      const tree = readTreePage(this.#read(side, page), page, this.#usable)
      if (tree === null || !tree.kind.endsWith('interior') || tree.faults.length > 0) return false
      // Entries of an index stand on interior pages too.
      if (tree.kind === 'index-interior') onPage(page, range)
      let above = range.above
      for (const { child, rowid } of tree.cells) {
        if (!visit(child, level - 1, { above, upTo: BigInt(rowid) })) return false
        above = BigInt(rowid)
      }
      return visit(tree.rightChild, level - 1, { above, upTo: range.upTo })
    }
    const depth = this.#depth(side, root)
    return depth !== null && visit(root, depth, { above: null, upTo: null })
  }

  /** Every leaf is as deep as any other. */
  #depth(side: 0 | 1, root: number): number | null {
    let page = root
    for (let depth = 0; depth < 20; depth++) {
      const tree = readTreePage(this.#read(side, page), page, this.#usable)
      if (tree === null) return null
      if (tree.kind.endsWith('leaf')) return depth
      page = tree.rightChild
    }
    return null
  }

  #isSuspect(side: 0 | 1, page: number): boolean {
    if (this.#changed[page] !== 0) return true
    return this.#overflowChanged && this.#hasChangedOverflow(side, page)
  }

  #hasChangedOverflow(side: 0 | 1, page: number): boolean {
    const tree = readTreePage(this.#read(side, page), page, this.#usable)
    if (tree === null) return true
    for (const { overflow, payloadBytes, local } of tree.cells) {
      let left = payloadBytes - local.length
      for (let next = overflow; next !== 0 && left > 0; left -= this.#usable - 4) {
        if (this.#changed[next] !== 0) return true
        next = this.#read(side, next).readUInt32BE(0)
      }
    }
    return false
  }

  #read(side: 0 | 1, page: number): Buffer {
    const bytes = Buffer.alloc(this.#pageSize)
    readSync(this.#files[side], bytes, 0, this.#pageSize, (page - 1) * this.#pageSize)
    return bytes
  }

  [Symbol.dispose](): void {
    for (const fd of this.#files) closeSync(fd)
  }
}

function shapeOf(fd: number): { pageSize: number; reserved: number } | null {
  const start = Buffer.alloc(headerBytes)
  readSync(fd, start, 0, headerBytes, 0)
  const reading = readHeader(start, fstatSync(fd).size)
  if (reading.kind !== 'sqlite') return null
  return { pageSize: reading.header.pageSize, reserved: reading.header.reservedBytes }
}

/** Ranges that touch become one, so that no row is looked at twice. */
function merged(ranges: RowidRange[]): RowidRange[] {
  const lowest = ({ above }: RowidRange): bigint => above ?? smallest
  ranges.sort((a, b) => (lowest(a) < lowest(b) ? -1 : lowest(a) > lowest(b) ? 1 : 0))
  const out: RowidRange[] = []
  for (const range of ranges) {
    const last = out.at(-1)
    if (last === undefined || (last.upTo !== null && lowest(range) > last.upTo)) out.push(range)
    else if (last.upTo !== null && (range.upTo === null || range.upTo > last.upTo)) {
      out[out.length - 1] = { above: last.above, upTo: range.upTo }
    }
  }
  return out
}

const smallest = -(2n ** 63n) - 1n
