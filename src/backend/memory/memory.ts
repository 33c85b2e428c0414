import { PulihError } from '../../error.ts'
import {
  type Backend,
  type FileKind,
  type FileName,
  isListedName,
  type Listed,
  layoutPath,
  type PutOptions,
  type Range,
  shortFile,
  shortName,
} from '../backend.ts'

/** For tests: keeps everything in memory; `files` may be looked at and damaged. */
export class MemoryBackend implements Backend {
  readonly place = 'memory'
  readonly connections = 4
  readonly verifiesUploads = false
  readonly files: Map<string, Buffer>

  constructor(files: ReadonlyMap<string, Buffer> = new Map()) {
    this.files = new Map(files)
  }

  async create(): Promise<void> {
    // There is nothing to make.
  }

  async *list(kind: FileKind, signal?: AbortSignal): AsyncIterable<Listed> {
    for (const [path, bytes] of [...this.files]) {
      signal?.throwIfAborted()
      const name = path.split('/').at(-1) as string
      if (path.startsWith(`${kind}/`) && isListedName(name)) yield { name, bytes: bytes.length }
    }
  }

  async size(file: FileName): Promise<number> {
    return this.#find(file).length
  }

  async read(file: FileName, range: Range | null, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted()
    const bytes = this.#find(file)
    const { offset, length } = range ?? { offset: 0, length: bytes.length }
    if (offset + length <= bytes.length) return Buffer.from(bytes.subarray(offset, offset + length))
    throw shortFile(this.place, file, bytes.length, offset + length)
  }

  async put(file: FileName, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    options.signal?.throwIfAborted()
    if (options.exclusive === true && this.files.has(layoutPath(file)))
      throw new PulihError('backend.exists', { place: this.place, name: shortName(file) })
    this.files.set(layoutPath(file), Buffer.from(bytes))
  }

  async remove(file: FileName): Promise<void> {
    this.files.delete(layoutPath(file))
  }

  async sweep(): Promise<void> {
    // Nothing half-made is ever left here.
  }
  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held open.
  }

  #find(file: FileName): Buffer {
    const bytes = this.files.get(layoutPath(file))
    if (bytes === undefined) throw new PulihError('backend.missing', { place: this.place, name: shortName(file) })
    return bytes
  }
}
