import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const pieceBytes = 1 << 20

/** SHA-256 of a file that nobody writes, in hex. Throws what the system says, or the signal's reason. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  await using handle = await open(path, 'r')
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(pieceBytes)
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await handle.read(piece, 0, pieceBytes)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(piece.subarray(0, bytesRead))
  }
}
