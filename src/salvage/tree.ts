import { type Cell, readTreePage, type TreePage } from '../format/sqlite/btree.ts'
import { readRecord, type Value } from '../format/sqlite/record.ts'
import type { Pages } from './pages.ts'

export interface Fault {
  readonly page: number
  readonly detail: string
}

export interface Row {
  /** 0 for entries of an index or a WITHOUT ROWID table. */
  readonly rowid: number | bigint
  readonly values: readonly Value[]
  /** Nothing on its page is out of order. A doubtful row may never have existed like this. */
  readonly sound: boolean
}

type Key = number | bigint | null

interface Visit {
  readonly page: number
  /** Exclusive below, inclusive above; null: open. */
  readonly above: Key
  readonly upTo: Key
  /** An entry that stands between two children (index interiors). */
  readonly entry?: Cell
}

/** Who uses each page: what is used twice is damage in both, and neither can be trusted there. */
export class Claims {
  /** Pages that were taken more than once. */
  readonly shared = new Set<number>()
  readonly #owners = new Map<number, string>()

  /** The earlier owner, or null when the page was free until now. */
  take(page: number, owner: string): string | null {
    const before = this.#owners.get(page)
    if (before === undefined) this.#owners.set(page, owner)
    else this.shared.add(page)
    return before ?? null
  }
}

export interface Walking {
  readonly isTable: boolean
  /** Grows while rows are taken. */
  readonly faults: Fault[]
  /** Told of every page as often as the tree uses it. */
  readonly onPage?: (page: number) => void
  /** Pages something else uses too: no row on them, or continued there, is trusted. */
  readonly shared?: ReadonlySet<number>
}

/**
 * Every row of one b-tree that can be read, in its order, and what is wrong with the tree. Follows no page twice, so it ends whatever the pages say.
 */
export function* walkTree(pages: Pages, root: number, walking: Walking): Generator<Row, void, void> {
  const { isTable, faults, shared = none } = walking
  const seen = new Set<number>()
  const visits: Visit[] = [{ page: root, above: null, upTo: null }]
  while (visits.length > 0) {
    const visit = visits.pop() as Visit
    if (visit.entry !== undefined) {
      const row = rowOf(pages, visit.entry, { ...walking, page: visit.page, sound: !shared.has(visit.page), seen })
      if (row !== null) yield row
      continue
    }
    const page = takePage(pages, visit.page, { ...walking, seen })
    if (page === null) continue
    if (page.kind.endsWith('leaf')) {
      const sound =
        page.faults.length === 0 && !shared.has(visit.page) && (!isTable || isOrdered(page.cells, visit, faults))
      for (const cell of page.cells) {
        const row = rowOf(pages, cell, { ...walking, page: visit.page, sound, seen })
        if (row !== null) yield row
      }
    } else visits.push(...childrenOf(page, visit, isTable).reverse())
  }
}

const none: ReadonlySet<number> = new Set()

interface Taking extends Walking {
  readonly seen: Set<number>
}

function takePage(pages: Pages, number: number, { isTable, seen, faults, onPage }: Taking): TreePage | null {
  onPage?.(number)
  if (seen.has(number)) {
    faults.push({ page: number, detail: 'is used twice' })
    return null
  }
  seen.add(number)
  const bytes = pages.read(number)
  const page = bytes === null ? null : readTreePage(bytes, number, pages.usable)
  if (page === null || page.kind.startsWith('table') !== isTable) {
    const detail = bytes === null ? 'is not in the file' : 'is not a page of this tree'
    faults.push({ page: number, detail })
    return null
  }
  for (const detail of page.faults) faults.push({ page: number, detail })
  return page
}

function childrenOf(page: TreePage, visit: Visit, isTable: boolean): Visit[] {
  const children: Visit[] = []
  let above = visit.above
  for (const cell of page.cells) {
    const key = isTable ? cell.rowid : null
    children.push({ page: cell.child, above, upTo: key })
    if (!isTable) children.push({ page: visit.page, above: null, upTo: null, entry: cell })
    above = key
  }
  children.push({ page: page.rightChild, above, upTo: visit.upTo })
  return children
}

function isOrdered(cells: readonly Cell[], visit: Visit, faults: Fault[]): boolean {
  let last = visit.above
  for (const { rowid } of cells) {
    const fits = (last === null || rowid > last) && (visit.upTo === null || rowid <= visit.upTo)
    if (!fits) {
      faults.push({ page: visit.page, detail: `rowid ${rowid} is out of order` })
      return false
    }
    last = rowid
  }
  return true
}

interface Reading extends Taking {
  readonly page: number
  readonly sound: boolean
}

function rowOf(pages: Pages, cell: Cell, reading: Reading): Row | null {
  const { page, sound, faults } = reading
  const payload = wholePayload(pages, cell, reading)
  const values = payload === null ? null : readRecord(payload, pages.shape.encoding)
  if (values === null) {
    const detail =
      payload === null ? `overflow pages of row ${cell.rowid} are broken` : `row ${cell.rowid} is unreadable`
    faults.push({ page, detail })
    return null
  }
  return { rowid: cell.rowid, values, sound }
}

/** Null when the chain of overflow pages is broken: too short, leaving the file, or shared with something else. */
function wholePayload(pages: Pages, cell: Cell, { seen, onPage, shared = none }: Reading): Buffer | null {
  if (cell.overflow === 0) return cell.local
  const parts = [cell.local]
  let left = cell.payloadBytes - cell.local.length
  // A row cannot be longer than the file.
  if (left > pages.count * pages.usable) return null
  for (let next = cell.overflow; left > 0; ) {
    onPage?.(next)
    if (seen.has(next) || shared.has(next)) return null
    seen.add(next)
    const page = pages.read(next)
    if (page === null || isBlank(page)) return null
    next = page.readUInt32BE(0)
    const bytes = Math.min(left, pages.usable - 4)
    parts.push(page.subarray(4, 4 + bytes))
    left -= bytes
    if (left === 0 && next !== 0) return null
  }
  return Buffer.concat(parts)
}

/** A zeroed overflow page would read as text of NULs. */
function isBlank(page: Buffer): boolean {
  return page.every((byte) => byte === 0)
}
