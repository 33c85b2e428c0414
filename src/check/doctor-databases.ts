import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { App } from '../app/app.ts'
import { expectedDatabases } from '../catalogue/catalogue.ts'
import { errnoOf, isPulihError } from '../error.ts'
import { note } from '../message/phrases.ts'
import { lookAt } from '../source/discover-tree.ts'
import { type Advice, critical, editing, info, type Patient, quoted, warning } from './doctor.ts'

/** Whether what should be kept safe is there, is a database, and lies where SQLite can keep its promises. */
export async function lookAtDatabases(patient: Patient): Promise<Advice[]> {
  const { app, found } = patient
  const expected = app.config.databases === null ? await remembered(app) : []
  const databases = [...new Set([...found.databases, ...expected])].sort()
  if (databases.length === 0) {
    return [critical(note('doctor.database-none', { app: app.folders.app }), 'pulih --dir PATH doctor')]
  }
  const edit = editing(app.configPath)
  const network = await onNetwork(databases.map((path) => dirname(join(app.folders.app, path))))
  return [
    ...databases.flatMap((path) => aboutDatabase(app.folders.app, path)),
    ...found.doubtful.map((one) =>
      warning(note('doctor.database-doubtful', one), `file ${quoted(join(app.folders.app, one.path))}`),
    ),
    ...found.unlisted.map((path) => warning(note('doctor.database-unlisted', { path }), edit)),
    ...network.map(({ folder, kind }) =>
      warning(note('doctor.database-network', { folder, kind }), `df -hT ${quoted(folder)}`),
    ),
    ...found.warnings.flatMap((one) =>
      one.code === 'discover.critical-missing' ? [warning(note('doctor.critical-missing', one.facts), edit)] : [],
    ),
    ...found.leftOut.flatMap(({ path, reason, detail }) => {
      const place = join(app.folders.app, path)
      return reason === 'unreadable'
        ? [warning(note('doctor.unreadable', { path, detail }), `ls -ld ${quoted(place)}`)]
        : []
    }),
    info(note('doctor.found', { databases: databases.length, files: found.files.length, git: found.gitTracked })),
  ]
}

/** None where the backup folder cannot be read: that is an advice of its own. */
async function remembered(app: App): Promise<readonly string[]> {
  try {
    return await expectedDatabases(app)
  } catch (error) {
    if (!isPulihError(error)) throw error
    return []
  }
}

function aboutDatabase(app: string, path: string): Advice[] {
  if (!existsSync(join(app, path))) {
    return [critical(note('doctor.database-missing', { path }), 'pulih scenario corruption')]
  }
  const seen = lookAt(app, path)
  const list = `ls -l ${quoted(join(app, path))}`
  if (!('kind' in seen))
    return [critical(note('doctor.database-odd', { path, detail: seen.detail ?? seen.reason }), list)]
  if (seen.kind === 'database') return []
  const detail = seen.bytes === 0 ? 'empty' : 'not SQLite'
  return [critical(note('doctor.database-odd', { path, detail }), 'pulih scenario corruption')]
}

/** File systems on which locks and shared memory are not what SQLite needs. */
const networkKinds: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  1702057286: 'FUSE',
  16914839: '9p',
  12805120: 'Ceph',
  1397113167: 'AFS',
}

export async function onNetwork(folders: readonly string[]): Promise<{ folder: string; kind: string }[]> {
  const found: { folder: string; kind: string }[] = []
  for (const folder of new Set(folders)) {
    const kind = networkKinds[(await fileSystemOf(folder)) ?? 0]
    if (kind !== undefined) found.push({ folder, kind })
  }
  return found
}

/** The kernel's number of the file system that holds `path` (or its nearest existing parent); null when it is not told. */
export async function fileSystemOf(path: string): Promise<number | null> {
  try {
    return (await statfs(path)).type >>> 0
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && path !== dirname(path)) return fileSystemOf(dirname(path))
    if (errnoOf(error) === undefined) throw error
    return null // the kernel keeps it to itself: nothing to warn of
  }
}
