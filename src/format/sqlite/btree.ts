import { readVarint } from './varint.ts'

/**
 * One page of a b-tree, as in "Database File Format" of SQLite. At 0 (100 on page 1):
 *
 *     0  1  kind: 2 index interior, 5 table interior, 10 index leaf, 13 table leaf
 *     1  2  first freeblock      3  2  cells      5  2  start of content, 0 = 65536      7  1  fragments
 *     8  4  right-most child (interior only), then two bytes of position per cell
 *
 *     cell: interior 4 bytes child · all but table interior: varint payload length · table: varint rowid · payload ·
 *           4 bytes first overflow page when it does not fit
 */
export interface TreePage {
  readonly kind: PageKind
  readonly cells: readonly Cell[]
  /** Interior only; 0 on leaves. */
  readonly rightChild: number
  /** What is impossible about it; cells that make no sense are left out of `cells`. */
  readonly faults: readonly string[]
}

export type PageKind = 'table-leaf' | 'table-interior' | 'index-leaf' | 'index-interior'

export interface Cell {
  /** Interior only; 0 on leaves. */
  readonly child: number
  /** Tables only. */
  readonly rowid: number | bigint
  readonly payloadBytes: number
  /** The part of the payload on this page. */
  readonly local: Buffer
  /** First overflow page; 0: everything is local. */
  readonly overflow: number
}

const kinds: Readonly<Record<number, PageKind>> = {
  2: 'index-interior',
  5: 'table-interior',
  10: 'index-leaf',
  13: 'table-leaf',
}

/** Null: no b-tree page at all. `usable` is the page size without its reserved bytes. Never throws. */
export function readTreePage(page: Buffer, number: number, usable: number): TreePage | null {
  const head = number === 1 ? 100 : 0
  const kind = kinds[page[head] as number]
  if (kind === undefined) return null
  const isLeaf = kind.endsWith('leaf')
  const pointers = head + (isLeaf ? 8 : 12)
  const count = page.readUInt16BE(head + 3)
  if (pointers + 2 * count > usable) return { kind, cells: [], rightChild: 0, faults: [`${count} cells`] }
  const faults: string[] = []
  const cells: Cell[] = []
  const spans: [number, number][] = []
  for (let i = 0; i < count; i++) {
    const at = page.readUInt16BE(pointers + 2 * i)
    const read = at < pointers + 2 * count ? null : readCell(page, at, kind, usable)
    if (read === null) faults.push(`cell ${i} is out of bounds`)
    else {
      cells.push(read.cell)
      spans.push([at, read.end])
    }
  }
  if (overlap(spans)) faults.push('cells overlap')
  else if (faults.length === 0 && !addsUp(page, head, usable, spans)) faults.push('its space does not add up')
  return { kind, cells, rightChild: isLeaf ? 0 : page.readUInt32BE(head + 8), faults }
}

/** Cells, free blocks and fragments fill the content area exactly: a cell the count leaves out shows as a hole. */
function addsUp(page: Buffer, head: number, usable: number, spans: readonly [number, number][]): boolean {
  const start = page.readUInt16BE(head + 5) || 65536
  let filled = page[head + 7] as number
  for (const [at, end] of spans) filled += end - at
  let block = page.readUInt16BE(head + 1)
  while (block !== 0) {
    if (block + 4 > usable) return false
    filled += page.readUInt16BE(block + 2)
    const next = page.readUInt16BE(block)
    // They stand in their order, so a circle cannot be followed.
    if (next !== 0 && next <= block) return false
    block = next
  }
  return start + filled === usable
}

function overlap(spans: [number, number][]): boolean {
  spans.sort((a, b) => a[0] - b[0])
  return spans.some(([, end], i) => i + 1 < spans.length && end > (spans[i + 1] as [number, number])[0])
}

function readCell(page: Buffer, at: number, kind: PageKind, usable: number): { cell: Cell; end: number } | null {
  const isTable = kind.startsWith('table')
  const isLeaf = kind.endsWith('leaf')
  if (!isLeaf && at + 4 > usable) return null
  const child = isLeaf ? 0 : page.readUInt32BE(at)
  const start = isLeaf ? at : at + 4
  if (kind === 'table-interior') {
    const key = readVarint(page, start)
    if (key === null || key.end > usable) return null
    return { cell: { child, rowid: key.value, payloadBytes: 0, local: nothing, overflow: 0 }, end: key.end }
  }
  const size = readVarint(page, start)
  if (size === null || typeof size.value === 'bigint' || size.value > maxPayload) return null
  const rowid = isTable ? readVarint(page, size.end) : { value: 0, end: size.end }
  if (rowid === null) return null
  const localBytes = localSize(size.value, isTable, usable)
  const end = rowid.end + localBytes
  const isWhole = localBytes === size.value
  if (end + (isWhole ? 0 : 4) > usable) return null
  const local = page.subarray(rowid.end, end)
  const overflow = isWhole ? 0 : page.readUInt32BE(end)
  const last = isWhole ? end : end + 4
  return { cell: { child, rowid: rowid.value, payloadBytes: size.value, local, overflow }, end: Math.max(last, at + 4) }
}

const nothing = Buffer.alloc(0)
/** SQLite's own limit of a row is 2^31 - 1; what claims more is damage. */
const maxPayload = 2 ** 31 - 1

function localSize(payload: number, isTable: boolean, usable: number): number {
  const most = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23
  if (payload <= most) return payload
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const fitting = least + ((payload - least) % (usable - 4))
  return fitting <= most ? fitting : least
}
