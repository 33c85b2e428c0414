import type { Invariant } from '../app/config.ts'
import type { Inspection } from '../source/sqlite/inspection.ts'
import { type SqliteChild, spawnSqlite } from '../source/sqlite/parent.ts'

/** Above this size the full check of one copy is shared by two processes, one per core of a small machine. */
const shareAboveBytes = 24e6

export interface CopyCheckRequest {
  readonly bytes: number
  readonly invariants: readonly Invariant[]
  /** The second process starts only after this (the archive is stored): until then the core is compressing. */
  readonly after?: Promise<unknown> | undefined
  readonly signal?: AbortSignal | undefined
}

export interface CopyCheck {
  /** Header facts, `quick_check`, foreign keys, row counts, invariants. */
  readonly quick: Promise<Inspection>
  /** Every line of the full `integrity_check`; empty when the copy is sound. */
  readonly integrity: Promise<readonly string[]>
}

/**
 * Checks one of our own copies in child processes: `quick` first, then the full integrity check. Table by table on two
 * connections it is the same check: the whole-file `quick_check` has covered page structure and freelist, and
 * `integrity_check(t)` compares every index of t with its rows.
 */
export function startCheck(child: SqliteChild, file: string, request: CopyCheckRequest): CopyCheck {
  const quick = child.inspect(file, {
    quick: true,
    foreignKeys: true,
    tables: true,
    invariants: [...request.invariants],
  })
  const integrity = quick.then((seen) => checkIntegrity(child, file, seen, request))
  // Whoever awaits gets the error; until then an early one must not count as unhandled.
  integrity.catch(() => undefined)
  return { quick, integrity }
}

async function checkIntegrity(
  child: SqliteChild,
  file: string,
  seen: Inspection,
  request: CopyCheckRequest,
): Promise<readonly string[]> {
  if ((seen.quickCheck ?? []).length > 0) return []
  if (request.bytes < shareAboveBytes || seen.tableNames.length < 2) {
    return (await child.inspect(file, { integrity: true })).integrity ?? []
  }
  const queue = heaviestFirst(seen)
  const results = await Promise.all([drain(child, file, queue), help(file, queue, request)])
  return results.flat()
}

function heaviestFirst(seen: Inspection): string[] {
  const rows = (table: string): number => seen.tables?.[table]?.rows ?? 0
  return [...seen.tableNames].sort((a, b) => rows(b) - rows(a))
}

async function help(file: string, queue: string[], request: CopyCheckRequest): Promise<string[]> {
  await request.after
  if (queue.length === 0) return []
  await using child = spawnSqlite(request.signal)
  return await drain(child, file, queue)
}

/** Takes tables from the shared queue until it is empty. */
async function drain(child: SqliteChild, file: string, queue: string[]): Promise<string[]> {
  const lines: string[] = []
  for (let table = queue.shift(); table !== undefined; table = queue.shift()) {
    const seen = await child.inspect(file, { integrity: { tables: [table] } })
    lines.push(...(seen.integrity ?? []))
  }
  return lines
}
