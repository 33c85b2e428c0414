/**
 * Where files are cut into blobs. Measured on a 200 MB finance database through 30 working days (1,902 of 49,132 pages
 * change on a day): fixed pieces of 64 KiB grow to 632 MB, of 16 KiB to 354, of 4 KiB to 222 with 82 MB at the first
 * save. What changes scattered are the pages of indexes; rows are mostly added at the end. So index and inner pages are
 * pieces of their own, and runs of other pages are kept together up to 32 KiB: 65 MB at first, 174 MB after 30 days.
 */
const runBytes = 32 << 10
/** Pages smaller than this are taken together. */
const leastBytes = 4 << 10
/** Other files: logs and exports grow at their end. */
const filePieceBytes = 512 << 10

const magic = Buffer.from('SQLite format 3\0', 'latin1')
const headerBytes = 18

/**
 * Cuts a stream into pieces; one that begins as a SQLite database at page boundaries. The cut depends on the bytes alone,
 * so equal content is found again whoever saves it and whatever was saved before. Pieces may share memory with the
 * stream's chunks.
 */
export async function* cutPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const { head, rest } = await peek(bytes)
  const pageSize = pageSizeOf(head)
  if (pageSize === null) yield* inUnits(rest, filePieceBytes)
  else yield* inRuns(rest, pageSize)
}

async function* inRuns(bytes: AsyncIterable<Uint8Array>, pageSize: number): AsyncGenerator<Uint8Array, void, void> {
  const unit = Math.max(pageSize, leastBytes)
  const longest = Math.max(1, Math.floor(runBytes / unit))
  let run: Uint8Array[] = []
  // The first page holds counters that change at every commit.
  let alone = true
  for await (const block of inUnits(bytes, unit)) {
    const hot = isHot(block, pageSize)
    if (run.length > 0 && (alone || hot || run.length >= longest)) {
      yield joined(run)
      alone = false
      run = []
    }
    run.push(block)
    if (hot) alone = true
  }
  if (run.length > 0) yield joined(run)
}

function joined(run: readonly Uint8Array[]): Uint8Array {
  return run.length === 1 ? (run[0] as Uint8Array) : Buffer.concat(run)
}

/** Index leaf (10), index inner (2) and table inner (5) pages by their first byte; one in a block makes it hot. */
function isHot(block: Uint8Array, pageSize: number): boolean {
  for (let at = 0; at < block.length; at += pageSize) {
    const kind = block[at]
    if (kind === 10 || kind === 2 || kind === 5) return true
  }
  return false
}

/** Null when it does not begin as a SQLite database. */
function pageSizeOf(head: Uint8Array): number | null {
  if (head.length < headerBytes || !magic.equals(head.subarray(0, magic.length))) return null
  const size = ((head[16] as number) << 8) | (head[17] as number)
  if (size === 1) return 65_536
  return size >= 512 && size <= 32_768 && (size & (size - 1)) === 0 ? size : null
}

/** The first bytes, and the whole stream again. */
async function peek(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly rest: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < headerBytes) {
    const next = await iterator.next()
    if (next.done === true) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  const rest = async function* (): AsyncGenerator<Uint8Array, void, void> {
    if (head.length > 0) yield head
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { head, rest: rest() }
}

/** The stream in blocks of exactly `unit` bytes (the last may be shorter). Blocks are views where they can be. */
async function* inUnits(bytes: AsyncIterable<Uint8Array>, unit: number): AsyncGenerator<Uint8Array, void, void> {
  let parts: Uint8Array[] = []
  let kept = 0
  for await (const chunk of bytes) {
    if (kept + chunk.length < unit) {
      parts.push(chunk)
      kept += chunk.length
      continue
    }
    let data = kept === 0 ? chunk : Buffer.concat([...parts, chunk])
    for (; data.length >= unit; data = data.subarray(unit)) yield data.subarray(0, unit)
    parts = data.length === 0 ? [] : [data]
    kept = data.length
  }
  if (kept > 0) yield joined(parts)
}
