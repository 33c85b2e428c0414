import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { invalid } from './fault.ts'

// One-shot and on this thread: for pieces of a few KB the thread pool costs ten times the compression itself, and
// zstd's own workers are broken in Node (streams and one-shot alike).

/** One frame, no dictionary, window under 8 MiB at every level used here. */
export function compress(plain: Uint8Array, level = 3): Buffer {
  const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_windowLog]: 21 }
  return zstdCompressSync(plain, { params, chunkSize: Math.max(64, plain.length + (plain.length >> 7) + 128) })
}

/** Exactly `length` bytes or a RepositoryFault; a bomb is stopped at that size. */
export function decompressExactly(packed: Uint8Array, length: number): Buffer {
  const plain = decompressBounded(packed, length)
  if (plain.length !== length) throw invalid(`decompresses to ${plain.length} bytes, not the ${length} it states`)
  return plain
}

/** At most `limit` bytes. */
export function decompressBounded(packed: Uint8Array, limit: number): Buffer {
  try {
    const chunkSize = Math.min(Math.max(64, limit + 64), 4 << 20)
    return zstdDecompressSync(packed, { maxOutputLength: Math.max(1, limit), chunkSize })
  } catch (error) {
    throw invalid(`does not decompress: ${(error as Error).message}`, error)
  }
}
