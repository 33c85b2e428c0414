import { accessSync, constants, lstatSync } from 'node:fs'
import { basename, join } from 'node:path'
import { errnoOf } from '../../error.ts'
import { type Note, note } from '../../message/phrases.ts'
import type { LeftOut } from '../../snapshot/manifest.ts'
import { untilFileSettledMs } from '../sqlite/look.ts'

/** One file as it will be stored; its bytes are read from `absolute` when the archive is written. */
export interface StagedFile {
  readonly path: string
  readonly absolute: string
  readonly bytes: number
  /** Permission bits only. */
  readonly mode: number
  readonly mtimeMs: number
  /** `.env` and its like: never printed. */
  readonly secret: boolean
  /** Same bytes, mode and time as at the signature before. */
  readonly unchanged: boolean
}

export interface StagedFiles {
  readonly files: readonly StagedFile[]
  readonly leftOut: readonly LeftOut[]
  readonly warnings: readonly Note[]
  /** Per path, what to compare with next time. */
  readonly signatures: ReadonlyMap<string, string>
}

/**
 * Looks at files by their paths below `folder`. Only regular ones are taken: a symbolic link, device, socket or folder is
 * left out as `special`. One that cannot be read, or is not there, is left out too and is a warning: the backup is done,
 * but somebody must look (exit 3).
 */
export function stageFiles(
  folder: string,
  paths: readonly string[],
  isUnchanged: (path: string, signature: string) => boolean,
): StagedFiles {
  const files: StagedFile[] = []
  const leftOut: LeftOut[] = []
  const warnings: Note[] = []
  const signatures = new Map<string, string>()
  for (const path of paths) {
    const seen = stageFile(folder, path)
    if (seen.kind === 'special') leftOut.push({ path, reason: 'special', detail: seen.detail })
    if (seen.kind === 'unreadable') {
      leftOut.push({ path, reason: 'unreadable', detail: seen.detail })
      warnings.push(note('warning.unreadable', { path, reason: seen.detail }))
    }
    if (seen.kind !== 'file') continue
    signatures.set(path, seen.signature)
    files.push({ ...seen.file, unchanged: isUnchanged(path, seen.signature) })
  }
  return { files, leftOut, warnings, signatures }
}

type Seen =
  | { readonly kind: 'file'; readonly file: Omit<StagedFile, 'unchanged'>; readonly signature: string }
  | { readonly kind: 'special' | 'unreadable'; readonly detail: string }

function stageFile(folder: string, path: string): Seen {
  const absolute = join(folder, path)
  try {
    const atNs = BigInt(Date.now()) * 1_000_000n
    const found = lstatSync(absolute, { bigint: true })
    if (!found.isFile()) return { kind: 'special', detail: kindOf(found) }
    accessSync(absolute, constants.R_OK)
    const { dev, ino, size, mode, mtimeNs, ctimeNs } = found
    const state = ['file', dev, ino, size, mode, mtimeNs, ctimeNs].join(':')
    return {
      kind: 'file',
      file: {
        path,
        absolute,
        bytes: Number(size),
        mode: Number(mode & 0o777n),
        mtimeMs: Number(mtimeNs / 1_000_000n),
        secret: isSecret(path),
      },
      signature: untilFileSettledMs({ ctimeNs }, atNs) === 0 ? state : unsettled(state),
    }
  } catch (error) {
    return { kind: 'unreadable', detail: errnoOf(error) ?? String(error) }
  }
}

function kindOf(found: { isSymbolicLink(): boolean; isDirectory(): boolean }): string {
  if (found.isSymbolicLink()) return 'symbolic link'
  return found.isDirectory() ? 'folder' : 'device, socket or pipe'
}

/**
 * Marks a state seen so soon after a change that another change could hide in the same tick of the clock: it never
 * compares equal with what is seen later, for by then it is settled and without the mark.
 */
export function unsettled(state: string): string {
  return `racy ${state}`
}

const secretNames = [
  /^\.env(\..+)?$/,
  /\.(pem|key|p12|pfx|keystore|kdbx)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)$/,
  /^\.(netrc|pgpass|npmrc|pypirc)$/,
  /^(credentials?|secrets?|tokens?|service[-_]account)\b.*\.(json|ya?ml|toml|ini|txt)$/,
]

/** By name: files that hold tokens and passwords. Samples without real values (`.env.example`) are not among them. */
export function isSecret(path: string): boolean {
  const name = basename(path).toLowerCase()
  if (/\.(example|sample|template|dist)$/.test(name)) return false
  return secretNames.some((pattern) => pattern.test(name))
}
