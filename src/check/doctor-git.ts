import { readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { missingIgnoreLine } from '../app/init.ts'
import { note } from '../message/phrases.ts'
import { git, trackedFiles, workTreeOf } from '../source/discover-git.ts'
import { type Advice, critical, type Patient, quoted, warning } from './doctor.ts'

/** What git knows and should not: backups, settings with secrets, tokens in code. */
export async function lookAtGit(patient: Patient): Promise<Advice[]> {
  const { app, signal } = patient
  const folder = app.folders.app
  if (workTreeOf(folder) === null) return []
  if ((await git('/', ['--version'], signal)) === null)
    return [warning(note('doctor.git-missing'), 'sudo apt-get install git')]
  const tracked = await trackedFiles(folder, signal)
  if (tracked === null) return [warning(note('doctor.git-refuses', { folder }), `git -C ${quoted(folder)} status`)]
  const line = await missingIgnoreLine(folder, app.folders.backups, signal)
  const add = `echo ${quoted(line ?? '')} >> ${quoted(join(folder, '.gitignore'))}`
  return [
    ...aboutTracked(patient, tracked),
    ...(line === null ? [] : [warning(note('doctor.git-exposed', { folder: app.folders.backups }), add)]),
    ...(await aboutTokens(folder, tracked)),
  ]
}

function aboutTracked({ app }: Patient, tracked: ReadonlySet<string>): Advice[] {
  const backups = relative(app.folders.app, app.folders.backups)
  const kept = [...tracked].filter((path) => path.startsWith(`${backups}/`))
  const secrets = [...tracked].filter((path) => /^\.env(\.(?!example|sample|template|dist).*)?$/.test(basename(path)))
  const remove = (path: string) => `git -C ${quoted(app.folders.app)} rm -r --cached ${quoted(path)}`
  return [
    ...(kept.length === 0
      ? []
      : [critical(note('doctor.git-holds-backups', { count: kept.length, folder: backups }), remove(backups))]),
    ...secrets.map((path) => warning(note('doctor.env-tracked', { path }), remove(path))),
  ]
}

/** Shapes that are hardly ever anything else. */
const shapes: readonly (readonly [kind: string, shape: RegExp])[] = [
  ['telegram', /(?<![\w:])\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])/],
  ['aws', /(?<!\w)AKIA[0-9A-Z]{16}(?!\w)/],
  ['private-key', /-----BEGIN (?:RSA |EC |OPENSSH |DSA )?PRIVATE KEY-----/],
]

const mostFiles = 2000
const largestFile = 512 * 1024

async function aboutTokens(folder: string, tracked: ReadonlySet<string>): Promise<Advice[]> {
  const advice: Advice[] = []
  for (const path of [...tracked].slice(0, mostFiles)) {
    const text = await textOf(join(folder, path))
    for (const [kind, shape] of shapes) {
      const at = text === null ? -1 : text.search(shape)
      if (text === null || at < 0) continue
      const line = text.slice(0, at).split('\n').length
      advice.push(
        warning(
          note('doctor.token-in-code', { path, line, kind }),
          `\${EDITOR:-vi} +${line} ${quoted(join(folder, path))}`,
        ),
      )
    }
  }
  return advice
}

/** Null for what is too large, not text, not a file, or a live database's business. */
async function textOf(path: string): Promise<string | null> {
  if (/\.(db|sqlite|sqlite3|db3)(-\w+)?$/i.test(path)) return null
  try {
    const { lstat } = await import('node:fs/promises')
    const stat = await lstat(path)
    if (!stat.isFile() || stat.size > largestFile) return null
    const text = await readFile(path, 'utf8')
    return text.includes('\0') ? null : text
  } catch {
    return null // deleted or unreadable: then it tells no secret either
  }
}
