import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** One system call that changed a file or a folder, as strace saw it succeed. */
export type Call =
  | {
      readonly kind: 'open'
      readonly fd: string
      readonly path: string
      readonly create: boolean
      readonly truncate: boolean
      readonly append: boolean
    }
  | {
      readonly kind: 'write'
      readonly fd: string
      readonly path: string
      readonly data: Buffer
      readonly at: number | null
    }
  | {
      readonly kind: 'copy'
      readonly from: string
      readonly fromAt: number | null
      readonly fromFd: string
      readonly fd: string
      readonly path: string
      readonly at: number | null
      readonly bytes: number
    }
  | { readonly kind: 'seek'; readonly fd: string; readonly path: string; readonly at: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink' | 'mkdir' | 'rmdir'; readonly path: string }
  /** What the program learned of a file: it may have written the number down. */
  | { readonly kind: 'stat'; readonly path: string; readonly inode: string; readonly mtimeSeconds: number }

const traced = [
  ...[
    'open',
    'openat',
    'creat',
    'write',
    'writev',
    'pwrite64',
    'pwritev',
    'pwritev2',
    'lseek',
    'ftruncate',
    'truncate',
  ],
  ...[
    'copy_file_range',
    'sendfile',
    'rename',
    'renameat',
    'renameat2',
    'link',
    'linkat',
    'symlink',
    'unlink',
    'unlinkat',
  ],
  ...['mkdir', 'mkdirat', 'rmdir', 'fsync', 'fdatasync', 'sync_file_range', 'fallocate', 'statx'],
]

/** Words to put before a command so that `readCalls(log)` can tell what it did. */
export function recording(log: string): readonly string[] {
  return [
    'strace',
    '-f',
    '-y',
    '-xx',
    '-s',
    '100000000',
    '-o',
    log,
    '-e',
    `trace=${traced.join()}`,
    '-e',
    'signal=none',
  ]
}

/** All successful calls on files below `folder`, in the order they ended; paths are absolute. */
export function readCalls(log: string, folder: string): readonly Call[] {
  const begun = new Map<string, string>()
  const calls: Call[] = []
  for (const line of readFileSync(log, 'latin1').split('\n')) {
    const whole = wholeLine(line, begun)
    const call = whole === null ? null : parse(whole)
    if (call !== null && touches(call, folder)) calls.push(call)
  }
  return calls
}

/** Joins a call that strace printed in two halves because another thread's came between. */
function wholeLine(line: string, begun: Map<string, string>): string | null {
  const thread = /^\d+/.exec(line)?.[0] ?? ''
  if (line.endsWith('<unfinished ...>')) {
    begun.set(thread, line.slice(0, -'<unfinished ...>'.length))
    return null
  }
  const rest = /^\d+\s+<\.\.\. \w+ resumed>(.*)$/s.exec(line)?.[1]
  return rest === undefined ? line : `${begun.get(thread) ?? ''}${rest}`
}

function touches(call: Call, folder: string): boolean {
  const paths = 'path' in call ? [call.path] : [call.from, call.to]
  return paths.some((path) => path.startsWith(`${folder}/`) || path === folder)
}

function parse(line: string): Call | null {
  const match = /^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)(.*)$/s.exec(line)
  if (match === null) return null
  const [, thread = '', name = '', text = '', result = '', tail = ''] = match
  if (Number(result) < 0) return null
  if (name === 'statx') return parseStat(text)
  return build(name, splitWords(text), Number(result), pathIn(tail), thread)
}

/** At commas outside of quotes and brackets; strings are all hex, so no quote is inside one. */
function splitWords(text: string): readonly string[] {
  return (
    text
      .match(/"[^"]*"(?:\.\.\.)?|<[^>]*>|\[[^\]]*\]|[^,<"[]+|,/g)
      ?.reduce<string[]>(
        (words, part) => {
          if (part === ',') words.push('')
          else words[words.length - 1] += part
          return words
        },
        [''],
      )
      .map((word) => word.trim()) ?? []
  )
}

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex')
const quoted = (word: string | undefined): Buffer => unhex(/"([^"]*)"/.exec(word ?? '')?.[1] ?? '')
const pathIn = (word: string | undefined): string => unhex(/<([^>]*)>/.exec(word ?? '')?.[1] ?? '').toString()
const fdIn = (word: string | undefined): string => /^\d+/.exec(word ?? '')?.[0] ?? ''
const offset = (word: string | undefined): number | null => (word?.startsWith('[') ? Number(word.slice(1, -1)) : null)

/** A path word, made absolute with the folder word before it (`AT_FDCWD<…>`) when the call has one. */
function at(folder: string | undefined, word: string | undefined): string {
  const path = quoted(word).toString()
  if (folder === undefined && !path.startsWith('/'))
    throw new Error(`the replay cannot place the relative path ${path}`)
  return resolve(pathIn(folder) || '/', path)
}

function parseStat(text: string): Call | null {
  const path = /^\d+<([^>]*)>, ""/.exec(text)?.[1] ?? /^AT_FDCWD<[^>]*>, "([^"]*)"/.exec(text)?.[1]
  const found = /stx_ino=(?<inode>\d+).*stx_mtime=\{tv_sec=(?<sec>\d+), tv_nsec=(?<nsec>\d+)\}/s.exec(text)?.groups
  if (path === undefined || found === undefined) return null
  const mtimeSeconds = Number(found.sec) + Number(found.nsec) / 1e9
  return { kind: 'stat', path: unhex(path).toString(), inode: found.inode as string, mtimeSeconds }
}

function build(name: string, words: readonly string[], result: number, opened: string, thread: string): Call | null {
  const [first, second, third, fourth] = words
  switch (name) {
    case 'open':
    case 'openat': {
      const flags = words[name === 'open' ? 1 : 2] ?? ''
      const [create, truncate, append] = ['O_CREAT', 'O_TRUNC', 'O_APPEND'].map((flag) => flags.includes(flag)) as [
        boolean,
        boolean,
        boolean,
      ]
      return { kind: 'open', fd: String(result), path: opened, create, truncate, append }
    }
    case 'write':
      return { kind: 'write', fd: fdIn(first), path: pathIn(first), data: quoted(second).subarray(0, result), at: null }
    case 'pwrite64':
      return {
        kind: 'write',
        fd: fdIn(first),
        path: pathIn(first),
        data: quoted(second).subarray(0, result),
        at: Number(fourth),
      }
    case 'writev':
    case 'pwritev':
    case 'pwritev2': {
      const data = Buffer.concat(
        [...(second ?? '').matchAll(/iov_base="([^"]*)"/g)].map((part) => unhex(part[1] as string)),
      )
      const where = name === 'writev' || Number(fourth) < 0 ? null : Number(fourth)
      return { kind: 'write', fd: fdIn(first), path: pathIn(first), data: data.subarray(0, result), at: where }
    }
    case 'copy_file_range':
      return {
        ...{ kind: 'copy', from: pathIn(first), fromFd: fdIn(first), fromAt: offset(second), bytes: result },
        ...{ fd: fdIn(third), path: pathIn(third), at: offset(fourth) },
      }
    case 'sendfile':
      return {
        ...{ kind: 'copy', from: pathIn(second), fromFd: fdIn(second), fromAt: offset(third), bytes: result },
        ...{ fd: fdIn(first), path: pathIn(first), at: null },
      }
    case 'lseek':
      return { kind: 'seek', fd: fdIn(first), path: pathIn(first), at: result }
    case 'ftruncate':
      return { kind: 'truncate', path: pathIn(first), bytes: Number(second) }
    case 'truncate':
      return { kind: 'truncate', path: at(undefined, first), bytes: Number(second) }
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', path: pathIn(first) }
    case 'rename':
    case 'link':
      return { kind: name, from: at(undefined, first), to: at(undefined, second) }
    case 'renameat':
    case 'renameat2':
    case 'linkat':
      return { kind: name === 'linkat' ? 'link' : 'rename', from: at(first, second), to: at(third, fourth) }
    case 'unlink':
    case 'rmdir':
      return { kind: name, path: at(undefined, first) }
    case 'unlinkat':
      return { kind: third?.includes('AT_REMOVEDIR') ? 'rmdir' : 'unlink', path: at(first, second) }
    case 'mkdir':
      return { kind: 'mkdir', path: at(undefined, first) }
    case 'mkdirat':
      return { kind: 'mkdir', path: at(first, second) }
    default:
      // fallocate reserves space and changes no byte that is read; anything else would make the replay a guess.
      if (name === 'fallocate' || name === 'sync_file_range') return null
      throw new Error(`the replay does not know the call ${name} (thread ${thread})`)
  }
}
