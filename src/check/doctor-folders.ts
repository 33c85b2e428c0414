import { accessSync, constants, existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readHoldings } from '../catalogue/list.ts'
import { lockHolder } from '../disk/lock.ts'
import { isPulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import { unfinishedRestore } from '../restore/resume.ts'
import { type Advice, critical, info, type Patient, quoted, warning } from './doctor.ts'
import { fileSystemOf, onNetwork } from './doctor-databases.ts'

/** Whether the backup folder can be written to, by us alone, and on what it lies. */
export async function lookAtFolders(patient: Patient): Promise<Advice[]> {
  const { folders } = patient.app
  const denied = [folders.backups, folders.archives].map(nearest).filter((path) => !isWritable(path))
  if (denied.length > 0) {
    return denied.slice(0, 1).map((path) => critical(note('doctor.backups-denied', { path }), `ls -ld ${quoted(path)}`))
  }
  return [
    ...(await aboutUnfinished(patient)),
    ...aboutModes(patient),
    ...(await aboutLeftovers(patient)),
    ...(await aboutPlace(patient)),
    ...(await aboutForeign(patient)),
  ]
}

async function aboutUnfinished({ app }: Patient): Promise<Advice[]> {
  const cut = await unfinishedRestore(app)
  if (cut === null) return []
  return [
    critical(
      note('doctor.restore-unfinished', { started: cut.started, paths: cut.paths.length }),
      'pulih restore --undo',
    ),
  ]
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path))
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return statSync(folder).isDirectory()
  } catch {
    return false // that is the answer
  }
}

function aboutModes({ app: { folders } }: Patient): Advice[] {
  const open = [folders.backups, folders.archives].flatMap((folder) => zipsIn(folder).filter(isOpen))
  const state = existsSync(folders.state) && isOpen(folders.state) ? [folders.state] : []
  return [
    ...(open.length === 0
      ? []
      : [warning(note('doctor.archive-readable', { count: open.length, first: open[0]! }), chmod('600', open))]),
    ...state.map((path) => warning(note('doctor.state-readable', { path }), `chmod 700 ${quoted(path)}`)),
  ]
}

function chmod(mode: string, paths: readonly string[]): string {
  if (paths.length <= 3) return `chmod ${mode} ${paths.map(quoted).join(' ')}`
  return [...new Set(paths.map(dirname))].map((folder) => `chmod ${mode} ${quoted(folder)}/*.zip`).join(' && ')
}

function zipsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.zip'))
    .map((name) => join(folder, name))
}

/** Readable by others than its owner. */
function isOpen(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat !== undefined && !stat.isSymbolicLink() && (stat.mode & 0o077) !== 0
}

async function aboutLeftovers({ app: { folders } }: Patient): Promise<Advice[]> {
  const holder = await lockHolder(folders.state)
  if (holder !== null) {
    const about = note('doctor.lock-held', { act: holder.act, pid: holder.pid, since: holder.since })
    return [info(about, holder.pid > 0 ? `ps -fp ${holder.pid}` : null)]
  }
  const left = [folders.drafts, folders.scratch].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
  return left.length === 0 ? [] : [info(note('doctor.leftovers', { count: left.length }), 'pulih backup')]
}

const memoryKinds = [0x01021994, 0x858458f6]

async function aboutPlace({ app }: Patient): Promise<Advice[]> {
  const { backups } = app.folders
  const network = await onNetwork([nearest(backups)])
  const inMemory = memoryKinds.includes((await fileSystemOf(backups)) ?? 0)
  const sameDisk = statSync(nearest(backups)).dev === statSync(app.folders.app).dev
  const show = `df -hT ${quoted(nearest(backups))}`
  return [
    ...network.map(({ kind }) => warning(note('doctor.backups-network', { folder: backups, kind }), show)),
    ...(inMemory ? [warning(note('doctor.backups-volatile', { folder: backups }), show)] : []),
    ...(sameDisk && app.config.vault === null ? [info(note('doctor.same-disk'), 'pulih vault init')] : []),
  ]
}

async function aboutForeign({ app }: Patient): Promise<Advice[]> {
  try {
    const { foreign } = await readHoldings(app)
    return foreign.map((path) => info(note('doctor.foreign', { path }), `unzip -l ${quoted(path)}`))
  } catch (error) {
    if (!isPulihError(error)) throw error
    return [
      critical(note('doctor.backups-denied', { path: app.folders.backups }), `ls -ld ${quoted(app.folders.backups)}`),
    ]
  }
}
