import { invalid } from './fault.ts'
import { type Id, parseId } from './id.ts'
import { goString, quoteName, unquoteName } from './name.ts'
import { countField, fieldsOf, textField } from './unpacked.ts'

export const nodeTypes = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular', ''] as const
export type NodeType = (typeof nodeTypes)[number]

/** One entry of a directory listing. Times are kept as text: they must come out as they went in. */
export interface TreeNode {
  /** Raw bytes, not necessarily UTF-8. */
  readonly name: Uint8Array
  readonly type: NodeType
  /** Go's file mode bits: see `mode.ts`. */
  readonly mode: number
  readonly mtime: string
  readonly atime: string
  readonly ctime: string
  readonly uid: number
  readonly gid: number
  readonly user: string
  readonly group: string
  readonly inode: bigint
  readonly deviceId: bigint
  readonly size: number
  readonly links: number
  readonly linkTarget: string
  /** base64, when the target is no UTF-8; then it overrides `linkTarget`. */
  readonly linkTargetRaw: string
  /** JSON as found. */
  readonly extendedAttributes: string
  readonly genericAttributes: string
  readonly device: bigint
  /** Data blobs in order for files, null for everything else. */
  readonly content: readonly Id[] | null
  readonly subtree: Id | null
  readonly error: string
}

/** Nodes in raw byte order of their names, restic's exact encoding: identical directories give identical blobs. */
export function writeTree(nodes: readonly TreeNode[]): Buffer {
  const sorted = nodes.toSorted((a, b) => Buffer.compare(a.name, b.name))
  return Buffer.from(`{"nodes":[${sorted.map(nodeText).join(',')}]}\n`)
}

function nodeText(node: TreeNode): string {
  const fields = [`"name":${goString(quoteName(node.name))}`, `"type":${goString(node.type)}`]
  const put = (name: string, value: string | number | bigint) => fields.push(`"${name}":${value}`)
  const putIf = (name: string, value: string | number | bigint) => {
    if (value !== '' && value !== 0 && value !== 0n) put(name, value)
  }
  const putText = (name: string, value: string) => putIf(name, value === '' ? '' : goString(value))
  putIf('mode', node.mode)
  for (const name of ['mtime', 'atime', 'ctime'] as const) put(name, goString(node[name]))
  put('uid', node.uid)
  put('gid', node.gid)
  putText('user', node.user)
  putText('group', node.group)
  putIf('inode', node.inode)
  putIf('device_id', node.deviceId)
  putIf('size', node.size)
  putIf('links', node.links)
  putText('linktarget', node.linkTarget)
  putText('linktarget_raw', node.linkTargetRaw)
  putIf('extended_attributes', node.extendedAttributes)
  putIf('generic_attributes', node.genericAttributes)
  putIf('device', node.device)
  put('content', node.content === null ? 'null' : node.content.length === 0 ? '[]' : `["${node.content.join('","')}"]`)
  putIf('subtree', node.subtree === null ? '' : `"${node.subtree}"`)
  putText('error', node.error)
  return `{${fields.join(',')}}`
}

/** Throws RepositoryFault for anything `restic check` would call an error, and for duplicate names. */
export function readTree(blob: Uint8Array): readonly TreeNode[] {
  const nodes = fieldsOf(parseExactly(Buffer.from(blob.buffer, blob.byteOffset, blob.length).toString()), 'tree').nodes
  if (nodes === null || nodes === undefined) return []
  if (!Array.isArray(nodes)) throw invalid('nodes is not a list')
  const read = nodes.map((node) => readNode(fieldsOf(node, 'node')))
  const names = new Set(read.map((node) => Buffer.from(node.name).toString('latin1')))
  if (names.size !== read.length) throw invalid('two entries of one directory have the same name')
  return read
}

/** 64-bit numbers do not fit a double: where one stands, the digits are kept as text. */
function parseExactly(text: string): unknown {
  if (!/"(?:inode|device_id|device)":\d{16,}/.test(text)) return parse(text)
  const keepDigits = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    bigNames.has(key) && typeof value === 'number' ? (context?.source ?? String(value)) : value
  return parse(text, keepDigits as (key: string, value: unknown) => unknown)
}

const bigNames = new Set(['inode', 'device_id', 'device'])

function parse(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch (error) {
    throw invalid(`a tree is not JSON: ${(error as Error).message}`, error)
  }
}

type Fields = Readonly<Record<string, unknown>>

function readNode(fields: Fields): TreeNode {
  const name = unquoteName(textField(fields, 'name'))
  if (name.length === 0) throw invalid('a node without a name')
  const type = textField(fields, 'type') as NodeType
  if (!nodeTypes.includes(type)) throw invalid(`unknown node type ${JSON.stringify(type)}`)
  return {
    name,
    type,
    ...readMeta(fields),
    linkTarget: textField(fields, 'linktarget'),
    linkTargetRaw: textField(fields, 'linktarget_raw'),
    extendedAttributes: rawField(fields, 'extended_attributes'),
    genericAttributes: rawField(fields, 'generic_attributes'),
    device: bigField(fields, 'device'),
    content: readContent(fields.content, type),
    subtree: readSubtree(fields.subtree, type),
    error: textField(fields, 'error'),
  }
}

function readMeta(fields: Fields) {
  return {
    mode: countField(fields, 'mode'),
    mtime: textField(fields, 'mtime'),
    atime: textField(fields, 'atime'),
    ctime: textField(fields, 'ctime'),
    uid: countField(fields, 'uid'),
    gid: countField(fields, 'gid'),
    user: textField(fields, 'user'),
    group: textField(fields, 'group'),
    inode: bigField(fields, 'inode'),
    deviceId: bigField(fields, 'device_id'),
    size: countField(fields, 'size'),
    links: countField(fields, 'links'),
  }
}

function bigField(fields: Fields, name: string): bigint {
  const value = fields[name] ?? 0
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value)
  if (Number.isSafeInteger(value) && (value as number) >= 0) return BigInt(value as number)
  throw invalid(`${name} is not a whole number`)
}

function rawField(fields: Fields, name: string): string {
  const value = fields[name]
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

function readContent(content: unknown, type: NodeType): readonly Id[] | null {
  if (type !== 'file') return null
  if (!Array.isArray(content)) throw invalid('a file without a content list')
  return content.map(parseId)
}

function readSubtree(subtree: unknown, type: NodeType): Id | null {
  if (type === 'dir') return parseId(subtree)
  return null
}
