import { readFileSync } from 'node:fs'
import type { Keys } from '../seal.ts'

/** `length` bytes that count up from `first`. */
export function range(first: number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (first + at) % 256))
}

/** The master keys of the worked examples; this macR is not clamped. */
export const exampleKeys: Keys = { encrypt: range(0, 32), macK: range(0x20, 16), macR: range(0x30, 16) }

export interface StockRepository {
  readonly password: string
  readonly files: ReadonlyMap<string, Buffer>
}

/** A whole small repository that restic 0.14 wrote: odd names, links, a fifo. */
export function stockRepository(version: 1 | 2): StockRepository {
  const url = new URL(`./stock-v${version}.json`, import.meta.url)
  const { password, files } = JSON.parse(readFileSync(url, 'utf8')) as {
    password: string
    files: Record<string, string>
  }
  const decoded = Object.entries(files).map(([path, text]) => [path, Buffer.from(text, 'base64')] as const)
  return { password, files: new Map(decoded) }
}

/** The files of one kind, by name. */
export function stockFiles(repository: StockRepository, folder: string): readonly (readonly [string, Buffer])[] {
  return [...repository.files]
    .filter(([path]) => path.startsWith(`${folder}/`))
    .map(([path, bytes]) => [path.split('/').at(-1) as string, bytes] as const)
}
