import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { App } from '../app/app.ts'
import { placeOnly } from '../backup/vault-sync.ts'
import { listBackups, readMark } from '../catalogue/catalogue.ts'
import { lookAt, summarize } from '../catalogue/summary.ts'
import { diskError } from '../disk/failure.ts'
import { makeScratch } from '../disk/scratch.ts'
import { errnoOf, isPulihError } from '../error.ts'
import type { Work } from '../snapshot/progress.ts'
import { isoWithOffset } from '../time/zone.ts'
import { openVault, vaultAccess } from '../vault/open.ts'
import { readSnapshots } from '../vault/snapshots.ts'
import { verifyArchive } from '../verify/verify-archive.ts'

/** One copy the app could be rebuilt from. */
export interface Candidate {
  readonly name: string
  readonly place: 'archive' | 'folder' | 'vault'
  /** Of the zip file; null in a vault. */
  readonly path: string | null
  /** Of the snapshot in a vault. */
  readonly snapshot: string | null
  readonly created: string
  readonly createdMs: number
  readonly bytes: number | null
  /** `unknown`: not looked into yet (a vault). */
  readonly state: 'proven' | 'stored' | 'damaged' | 'unknown'
  readonly recoveryMs: number | null
}

export interface Search {
  readonly candidates: readonly Candidate[]
  readonly looked: readonly { readonly place: string; readonly found: number; readonly problem: string | null }[]
}

/**
 * Every copy within sight, newest first: the app's archives, zips in `from` (a folder of them, one of ours with its
 * `archives/`, or one zip file) and beside the app, and the vault when one is configured. Damaged ones are among them.
 */
export async function findCandidates(app: App, from: string | null, work: Work): Promise<Search> {
  const own = (await listBackups(app)).map(
    ({ name, path, created, createdMs, bytes, state, proof }): Candidate => ({
      ...{ name, place: 'archive', path, snapshot: null, created, createdMs, bytes },
      ...{ state: state === 'captured' ? 'stored' : state, recoveryMs: proof?.recoveryMs ?? null },
    }),
  )
  const folders =
    from === null
      ? [app.folders.app]
      : [from, join(from, 'archives'), join(from, 'backups'), join(from, 'backups/archives')]
  const loose = await zipsIn(app, folders)
  const vault = await vaultCandidates(app, work)
  const known = new Set(own.map(({ path }) => path))
  const candidates = [...own, ...loose.filter(({ path }) => !known.has(path)), ...vault.candidates]
  candidates.sort((a, b) => b.createdMs - a.createdMs || placeOrder(a) - placeOrder(b))
  return {
    candidates,
    looked: [
      { place: app.folders.backups, found: own.length, problem: null },
      { place: from ?? app.folders.app, found: loose.length, problem: null },
      ...(vault.place === null ? [] : [{ place: vault.place, found: vault.candidates.length, problem: vault.problem }]),
    ],
  }
}

function placeOrder({ place }: Candidate): number {
  return ['archive', 'folder', 'vault'].indexOf(place)
}

async function zipsIn(app: App, folders: readonly string[]): Promise<Candidate[]> {
  const paths = (await Promise.all(folders.map(zipPaths))).flat()
  const found = await Promise.all([...new Set(paths)].map((path) => candidateAt(app, path)))
  return found.filter((one) => one !== null)
}

async function zipPaths(folder: string): Promise<string[]> {
  try {
    if ((await stat(folder)).isFile()) return [folder]
    const names = await readdir(folder)
    return names.filter((name) => name.endsWith('.zip') && !name.startsWith('.')).map((name) => join(folder, name))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
    throw diskError(error, 'read', folder)
  }
}

/** Null for a zip that is no backup. */
async function candidateAt(app: App, path: string): Promise<Candidate | null> {
  const found = await lookAt(path)
  if (found === null) return null
  const { summary } = await summarize(found, app.zone)
  if (summary.kind === 'unreadable' && !basename(path).startsWith('backup_')) return null
  const { created, createdMs, findings } = summary
  const { proof, damage } = await readMark(path)
  const isDamaged =
    damage !== null || summary.kind === 'unreadable' || findings.some(({ code }) => code !== 'entry-unlisted')
  const isProven = proof?.archiveBytes === found.bytes && proof.manifestSha256 === summary.manifestSha256
  return {
    ...{ name: basename(path, '.zip'), place: 'folder', path, snapshot: null, created, createdMs, bytes: found.bytes },
    ...{
      state: isDamaged ? 'damaged' : isProven ? 'proven' : 'stored',
      recoveryMs: isProven ? proof.recoveryMs : null,
    },
  }
}

interface VaultSearch {
  readonly place: string | null
  readonly candidates: readonly Candidate[]
  readonly problem: string | null
}

/** A vault that cannot be reached is told, not thrown: there may be other copies. */
async function vaultCandidates(app: App, { signal }: Work): Promise<VaultSearch> {
  if (app.config.vault === null) return { place: null, candidates: [], problem: null }
  const place = placeOnly(app.config.vault.repository)
  try {
    await using repository = await openVault(await vaultAccess(app), signal)
    const snapshots = await readSnapshots(repository, signal)
    const candidates = snapshots.map(({ id, timeMs, ours }): Candidate => {
      const created = isoWithOffset(timeMs, app.zone)
      const known = { name: ours?.name ?? id.slice(0, 8), snapshot: id, created, createdMs: timeMs }
      return { ...known, place: 'vault', path: null, bytes: null, state: 'unknown', recoveryMs: null }
    })
    return { place, candidates, problem: null }
  } catch (error) {
    if (!isPulihError(error) || error.code === 'cancelled') throw error
    return { place, candidates: [], problem: error.message }
  }
}

/**
 * The newest copy that passes a complete recovery into scratch space now, whatever an older proof says. Safety snapshots
 * come last: they hold what somebody wanted to get away from. Null: none does. A vault's copy is proven when it is laid out.
 */
export async function bestOf(app: App, { candidates }: Search, work: Work): Promise<Candidate | null> {
  const isSafety = ({ name }: Candidate): number => (name.startsWith('backup_safety') ? 1 : 0)
  const order = candidates.filter(({ state }) => state !== 'damaged').toSorted((a, b) => isSafety(a) - isSafety(b))
  for (const candidate of order) {
    if (candidate.path === null) return candidate
    const started = app.clock.steady()
    await using scratch = await makeScratch(app.folders, 'disaster')
    const { clock, zone, config } = app
    const request = { scratch: scratch.path, invariants: config.invariants, clock, zone, ...work }
    const { findings } = await verifyArchive(candidate.path, request)
    const recoveryMs = Math.round(app.clock.steady() - started)
    if (findings.length === 0) return { ...candidate, state: 'proven', recoveryMs }
  }
  return null
}
