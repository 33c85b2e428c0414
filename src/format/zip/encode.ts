import { hasTimestamp, type ZipEntry } from './entry.ts'
import { extra, flag, in64, signature, size, unixKind } from './layout.ts'

/** Made by: unix, version 4.5 of the specification. */
const madeBy = (3 << 8) | 45

/** The local header: 30 fixed bytes, name, extras. Sizes are known when it is written, or patched afterwards. */
export function encodeLocal(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name, 'utf8')
  const extras = Buffer.concat([
    timestamp(entry),
    ...(entry.zip64 ? [zip64([BigInt(entry.bytes), BigInt(entry.storedBytes)])] : []),
  ])
  const out = Buffer.alloc(size.local)
  out.writeUInt32LE(signature.local, 0)
  writeShared(out, 4, entry)
  out.writeUInt16LE(name.length, 26)
  out.writeUInt16LE(extras.length, 28)
  return Buffer.concat([out, name, extras])
}

/** The same entry in the central directory. */
export function encodeCentral(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name, 'utf8')
  const farOffset = entry.offset >= in64.u32
  const wide = [
    ...(entry.zip64 ? [BigInt(entry.bytes), BigInt(entry.storedBytes)] : []),
    ...(farOffset ? [BigInt(entry.offset)] : []),
  ]
  const extras = Buffer.concat([timestamp(entry), ...(wide.length > 0 ? [zip64(wide)] : [])])
  const out = Buffer.alloc(size.central)
  out.writeUInt32LE(signature.central, 0)
  out.writeUInt16LE(madeBy, 4)
  writeShared(out, 6, entry)
  out.writeUInt16LE(farOffset ? 45 : versionNeeded(entry), 6)
  out.writeUInt16LE(name.length, 28)
  out.writeUInt16LE(extras.length, 30)
  out.writeUInt32LE(((unixKind.file | (entry.mode & 0o777)) << 16) >>> 0, 38)
  out.writeUInt32LE(farOffset ? in64.u32 : entry.offset, 42)
  return Buffer.concat([out, name, extras])
}

export interface DirectoryPlace {
  readonly entries: number
  readonly bytes: number
  readonly offset: number
}

/** What stands after the directory: zip64 end record and its locator when needed, end record, comment (ASCII). */
export function encodeEnd(directory: DirectoryPlace, comment: string): Buffer {
  const text = Buffer.from(comment, 'latin1')
  const wide = directory.entries >= in64.u16 || directory.offset >= in64.u32
  const end = Buffer.alloc(size.end)
  const entries = wide ? in64.u16 : directory.entries
  end.writeUInt32LE(signature.end, 0)
  end.writeUInt16LE(entries, 8)
  end.writeUInt16LE(entries, 10)
  end.writeUInt32LE(wide ? in64.u32 : directory.bytes, 12)
  end.writeUInt32LE(wide ? in64.u32 : directory.offset, 16)
  end.writeUInt16LE(text.length, 20)
  return Buffer.concat([...(wide ? [encodeEnd64(directory)] : []), end, text])
}

function encodeEnd64(directory: DirectoryPlace): Buffer {
  const end = Buffer.alloc(size.end64)
  end.writeUInt32LE(signature.end64, 0)
  end.writeBigUInt64LE(BigInt(size.end64 - 12), 4)
  end.writeUInt16LE(madeBy, 12)
  end.writeUInt16LE(45, 14)
  end.writeBigUInt64LE(BigInt(directory.entries), 24)
  end.writeBigUInt64LE(BigInt(directory.entries), 32)
  end.writeBigUInt64LE(BigInt(directory.bytes), 40)
  end.writeBigUInt64LE(BigInt(directory.offset), 48)
  const locator = Buffer.alloc(size.locator64)
  locator.writeUInt32LE(signature.locator64, 0)
  locator.writeBigUInt64LE(BigInt(directory.offset + directory.bytes), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([end, locator])
}

/** The 24 bytes that local and central header have in common, from `version needed` to the uncompressed size. */
function writeShared(out: Buffer, at: number, entry: ZipEntry): void {
  out.writeUInt16LE(versionNeeded(entry), at)
  out.writeUInt16LE(flag.utf8, at + 2)
  out.writeUInt16LE(entry.method, at + 4)
  out.writeUInt32LE(entry.dosTime, at + 6)
  out.writeUInt32LE(entry.crc32, at + 10)
  out.writeUInt32LE(entry.zip64 ? in64.u32 : entry.storedBytes, at + 14)
  out.writeUInt32LE(entry.zip64 ? in64.u32 : entry.bytes, at + 18)
}

function versionNeeded(entry: ZipEntry): number {
  return entry.zip64 ? 45 : 20
}

/** Extended timestamp, modification time only: the same nine bytes in both headers. */
function timestamp(entry: ZipEntry): Buffer {
  if (!hasTimestamp(entry.mtimeMs)) return Buffer.alloc(0)
  const out = Buffer.alloc(9)
  out.writeUInt16LE(extra.timestamp, 0)
  out.writeUInt16LE(5, 2)
  out.writeUInt8(1, 4)
  out.writeInt32LE(Math.floor(entry.mtimeMs / 1000), 5)
  return out
}

function zip64(values: readonly bigint[]): Buffer {
  const out = Buffer.alloc(4 + 8 * values.length)
  out.writeUInt16LE(extra.zip64, 0)
  out.writeUInt16LE(8 * values.length, 2)
  for (const [index, value] of values.entries()) out.writeBigUInt64LE(value, 4 + 8 * index)
  return out
}
